"""One suite for both flavours of the SDK, against a local endpoint or any other one."""

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.eventhubs.clients import Hubs, Sdk, endpoint

OPTION = "--eventhubs-connection"


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "run against this namespace, which has the hubs of infra/eventhubs.json, instead of a local endpoint"
    parser.getgroup("eventhubs").addoption(OPTION, help=help_text)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The SDK (5.15.1) does not close the sockets of connections that broke."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


@pytest.fixture(autouse=True)
def left_sockets() -> Iterator[None]:
    """Are collected here, where nobody minds, and not in a later test of another room."""
    yield
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@pytest.fixture(scope="session")
def hubs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    """The endpoint the cases talk to."""
    connection = request.config.getoption(OPTION, None)
    if connection:
        yield Hubs(connection)
        return
    with endpoint(tmp_path_factory.mktemp("eventhubs") / "log") as (_, local):
        yield local


@pytest.fixture(params=["sync", "asyncio"])
def sdk(request: pytest.FixtureRequest, hubs: Hubs) -> Sdk:
    return Sdk(request.param, hubs)

"""One suite for both flavours of the SDK, against a local endpoint or any other one."""

from collections.abc import Iterator

import pytest

from tests.contracts.eventhubs.clients import Hubs, Sdk, endpoint

OPTION = "--eventhubs-connection"


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "run against this namespace, which has the hubs of infra/eventhubs.json, instead of a local endpoint"
    parser.getgroup("eventhubs").addoption(OPTION, help=help_text)


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

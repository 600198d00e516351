"""`python -m ops provision`: what an operator sees and what a pipeline can rely on."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.cosmos import CosmosClient

from shared.cosmos.provision import MODEL
from tests.conftest import Endpoint
from tests.e2e.conftest import app_settings
from tests.e2e.operating import Said, said
from tests.programs import ROOT

DECLARED = json.loads((ROOT / MODEL).read_text())["containers"]


@pytest.fixture
def fresh(cosmos: Endpoint) -> Iterator[dict[str, str]]:
    """An account that nothing has been made on yet."""
    made = app_settings(cosmos, uuid4().hex[:8])
    yield made
    with CosmosClient(cosmos.url, cosmos.key) as client:
        for name in (made["COSMOS_DATABASE"], made["COSMOS_LEASE_DATABASE"]):
            if name in {database["id"] for database in client.list_databases()}:
                client.delete_database(name)


def provisioned(settings: Mapping[str, str], *arguments: str) -> Said:
    return said(settings, "provision", *arguments)


def outcomes(done: Said) -> set[str]:
    return {row["outcome"] for row in json.loads(done.out)}


def edited(folder: Path, **resource: Any) -> Path:  # noqa: ANN401 - any part of a container's definition
    model = json.loads((ROOT / MODEL).read_text())
    model["containers"][0]["resource"] |= resource
    (file := folder / "containers.json").write_text(json.dumps(model))
    return file


def test_a_dry_run_says_what_is_missing_and_makes_nothing(fresh: dict[str, str]) -> None:
    first, second = (provisioned(fresh, "--dry-run") for _ in range(2))

    assert (first.code, outcomes(first)) == (1, {"missing"})
    assert second.out == first.out


def test_every_container_of_the_file_is_made_once(fresh: dict[str, str]) -> None:
    made, again, shown = provisioned(fresh), provisioned(fresh), provisioned(fresh, "--diff")

    assert [(done.code, outcomes(done)) for done in (made, again, shown)] == [
        (0, {"created"}),
        (0, {"as declared"}),
        (0, {"as declared"}),
    ]
    names = {fresh["COSMOS_DATABASE"], fresh["COSMOS_LEASE_DATABASE"]}
    paths = {row["container"] for row in json.loads(made.out)}
    assert {path.split("/")[0] for path in paths} == names
    assert {path.split("/")[1] for path in paths} == {each["name"] for each in DECLARED}


def test_a_difference_is_shown_and_then_applied(fresh: dict[str, str], tmp_path: Path) -> None:
    provisioned(fresh)
    model = str(edited(tmp_path, defaultTtl=3600))

    shown, applied = provisioned(fresh, "--diff", "--model", model), provisioned(fresh, "--model", model)

    (row,) = [row for row in json.loads(shown.out) if row["outcome"] == "differs"]
    assert row["differences"] == [{"setting": "defaultTtl", "live": -1, "declared": 3600, "is_fixed": False}]
    assert (shown.code, applied.code, outcomes(applied)) == (1, 0, {"as declared", "changed"})


def test_another_key_is_refused_by_naming_both(fresh: dict[str, str], tmp_path: Path) -> None:
    provisioned(fresh)
    key = {"paths": ["/customerId"], "kind": "Hash", "version": 2}

    refused = provisioned(fresh, "--model", str(edited(tmp_path, partitionKey=key)))

    assert (refused.code, refused.out) == (1, "")
    assert refused.error.startswith("ops: ")
    assert "/orderId" in refused.error
    assert "/customerId" in refused.error
    assert fresh["COSMOS"].split("AccountKey=")[1].split(";")[0] not in refused.error

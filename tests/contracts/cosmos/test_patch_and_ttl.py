"""Partial updates, times to live, unique keys."""

import pytest
from azure.cosmos import exceptions

from tests.contracts.cosmos.clients import Container, Item, Sdk


async def test_the_six_operations_of_a_patch(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/partial-document-update."""
    await sdk.do(
        container.create_item, {"id": "a", "pk": "x", "n": 1, "old": 1, "from": "here", "list": [1, 3], "in": {"a": 1}}
    )

    after = await sdk.do(
        container.patch_item,
        "a",
        "x",
        [
            {"op": "add", "path": "/list/1", "value": 2},
            {"op": "add", "path": "/list/-", "value": 4},
            {"op": "set", "path": "/in/b", "value": {"c": None}},
            {"op": "replace", "path": "/in/a", "value": 2},
            {"op": "remove", "path": "/old"},
            {"op": "incr", "path": "/n", "value": 41},
            {"op": "incr", "path": "/new", "value": 1.5},
            {"op": "move", "from": "/from", "path": "/to"},
        ],
    )

    assert {name: after[name] for name in after if not name.startswith("_")} == {
        "id": "a",
        "pk": "x",
        "n": 42,
        "new": 1.5,
        "to": "here",
        "list": [1, 2, 3, 4],
        "in": {"a": 2, "b": {"c": None}},
    }


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "remove", "path": "/nothing"},
        {"op": "move", "from": "/nothing", "path": "/x"},
        {"op": "incr", "path": "/text", "value": 1},
        {"op": "add", "path": "/nothing/inside", "value": 1},
        {"op": "set", "path": "/id", "value": "b"},
        {"op": "set", "path": "/pk", "value": "b"},
        {"op": "explode", "path": "/text"},
    ],
)
async def test_a_patch_that_cannot_be_done_changes_nothing(sdk: Sdk, container: Container, operation: Item) -> None:
    """azure-cosmos tests/test_crud.py, patch validations: 400."""
    before = await sdk.do(container.create_item, {"id": "a", "pk": "x", "text": "t"})

    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.patch_item, "a", "x", [{"op": "add", "path": "/first", "value": 1}, operation])

    assert refused.value.status_code == 400
    assert await sdk.do(container.read_item, "a", "x") == before


async def test_a_patch_has_at_most_10_operations(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/partial-document-update-faq."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 0})
    steps = [{"op": "incr", "path": "/n", "value": 1}]

    assert (await sdk.do(container.patch_item, "a", "x", steps * 10))["n"] == 10
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.patch_item, "a", "x", steps * 11)

    assert refused.value.status_code == 400


async def test_a_patch_whose_condition_is_false_is_412(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/partial-document-update: conditional patch."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1})
    step = [{"op": "incr", "path": "/n", "value": 1}]

    await sdk.do(container.patch_item, "a", "x", step, filter_predicate="from c where c.n = 1")
    with pytest.raises(exceptions.CosmosAccessConditionFailedError):
        await sdk.do(container.patch_item, "a", "x", step, filter_predicate="from c where c.n = 1")

    assert (await sdk.do(container.read_item, "a", "x"))["n"] == 2


@pytest.mark.parametrize("ttl", [0, -10, None, 1.5, "5", True])
async def test_a_time_to_live_is_minus_one_or_a_positive_number(sdk: Sdk, container: Container, ttl: object) -> None:
    """azure-cosmos tests/test_ttl.py: 400."""
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.create_item, {"id": "a", "pk": "x", "ttl": ttl})

    assert refused.value.status_code == 400


async def test_a_unique_key_holds_within_a_partition(sdk: Sdk) -> None:
    """learn.microsoft.com/azure/cosmos-db/unique-keys: 409, missing paths count as null."""
    container = await sdk.container(unique_key_policy={"uniqueKeys": [{"paths": ["/email", "/in/b"]}]})
    await sdk.do(container.create_item, {"id": "a", "pk": "x", "email": "m", "in": {"b": 1}})

    await sdk.do(container.create_item, {"id": "b", "pk": "x", "email": "m"})
    await sdk.do(container.create_item, {"id": "a", "pk": "y", "email": "m", "in": {"b": 1}})
    await sdk.do(container.upsert_item, {"id": "a", "pk": "x", "email": "m", "in": {"b": 1}})
    for clash in ({"id": "c", "pk": "x", "email": "m", "in": {"b": 1.0}}, {"id": "c", "pk": "x", "email": "m"}):
        with pytest.raises(exceptions.CosmosResourceExistsError):
            await sdk.do(container.create_item, clash)

"""Items: what each operation answers, in both flavours of the SDK."""

from collections.abc import Callable

import pytest
from azure.core import MatchConditions
from azure.cosmos import exceptions
from azure.cosmos.partition_key import NonePartitionKeyValue

from tests.contracts.cosmos.clients import Container, Item, Sdk


async def test_a_created_item_is_read_back_with_its_system_properties(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/create-a-document, get-a-document."""
    given = {"id": "a", "pk": "x", "text": "héllo 日本", "n": 1.5, "deep": {"list": [1, None, True]}}

    created = await sdk.do(container.create_item, given)
    read = await sdk.do(container.read_item, "a", "x")

    assert read == created
    assert {name: read[name] for name in given} == given
    assert {"_rid", "_self", "_etag", "_attachments", "_ts"} <= set(read)


async def test_an_id_is_taken_once_per_partition_key(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/create-a-document: 409."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    await sdk.do(container.create_item, {"id": "a", "pk": "y"})
    with pytest.raises(exceptions.CosmosResourceExistsError):
        await sdk.do(container.create_item, {"id": "a", "pk": "x"})


async def test_a_missing_item_is_404_with_substatus_0(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/get-a-document: 404."""
    with pytest.raises(exceptions.CosmosResourceNotFoundError) as refused:
        await sdk.do(container.read_item, "nobody", "x")

    assert refused.value.sub_status in {0, None}


async def test_an_upsert_creates_and_then_replaces_and_keeps_the_rid(sdk: Sdk, container: Container) -> None:
    """azure-cosmos tests/test_crud.py, document upsert."""
    first = await sdk.do(container.upsert_item, {"id": "a", "pk": "x", "n": 1})
    second = await sdk.do(container.upsert_item, {"id": "a", "pk": "x", "n": 2})

    assert second["n"] == 2
    assert second["_rid"] == first["_rid"]
    assert second["_etag"] != first["_etag"]


async def test_a_replace_needs_the_item_and_keeps_its_id(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/replace-a-document: 404, 400."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await sdk.do(container.replace_item, "b", {"id": "b", "pk": "x"})
    with pytest.raises(exceptions.CosmosHttpResponseError) as renamed:
        await sdk.do(container.replace_item, "a", {"id": "b", "pk": "x"})

    assert renamed.value.status_code == 400


async def test_a_stale_etag_is_refused_with_412(
    sdk: Sdk, container: Container, unchanged_since: Callable[[Item], Item]
) -> None:
    """learn.microsoft.com/azure/cosmos-db/database-transactions-optimistic-concurrency."""
    old = await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1})
    await sdk.do(container.replace_item, "a", {"id": "a", "pk": "x", "n": 2}, **unchanged_since(old))

    for write in (
        lambda: container.replace_item("a", {"id": "a", "pk": "x", "n": 3}, **unchanged_since(old)),
        lambda: container.upsert_item({"id": "a", "pk": "x", "n": 3}, **unchanged_since(old)),
        lambda: container.delete_item("a", "x", **unchanged_since(old)),
        lambda: container.patch_item("a", "x", [{"op": "set", "path": "/n", "value": 3}], **unchanged_since(old)),
    ):
        with pytest.raises(exceptions.CosmosAccessConditionFailedError):
            await sdk.do(write)

    assert (await sdk.do(container.read_item, "a", "x"))["n"] == 2


async def test_a_read_of_an_unchanged_item_is_304(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/get-a-document: If-None-Match, 304 without a body."""
    item = await sdk.do(container.create_item, {"id": "a", "pk": "x"})
    seen = {}

    unchanged = await sdk.do(
        container.read_item,
        "a",
        "x",
        etag=item["_etag"],
        match_condition=MatchConditions.IfModified,
        response_hook=lambda headers, _: seen.update({name.lower(): value for name, value in headers.items()}),
    )

    assert not unchanged
    assert seen["etag"] == item["_etag"]


async def test_an_upsert_that_must_create_is_412_when_the_item_is_there(sdk: Sdk, container: Container) -> None:
    """If-None-Match `*`: azure-cosmos `MatchConditions.IfMissing`."""
    await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    with pytest.raises(exceptions.CosmosAccessConditionFailedError):
        await sdk.do(container.upsert_item, {"id": "a", "pk": "x"}, match_condition=MatchConditions.IfMissing)


async def test_a_deleted_item_is_gone_and_its_id_free(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/delete-a-document: 204, then 404."""
    first = await sdk.do(container.create_item, {"id": "a", "pk": "x"})
    await sdk.do(container.delete_item, "a", "x")

    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await sdk.do(container.delete_item, "a", "x")
    again = await sdk.do(container.create_item, {"id": "a", "pk": "x"})

    assert again["_rid"] != first["_rid"]


async def test_a_whole_item_may_stand_for_its_id(sdk: Sdk, container: Container) -> None:
    """SDK source `container.py`: a dict's `_self` becomes the path, signed by rid."""
    item = await sdk.do(container.create_item, {"id": "a", "pk": "x", "n": 1})

    read = await sdk.do(container.read_item, item, "x")
    replaced = await sdk.do(container.replace_item, item, {**item, "n": 2})
    await sdk.do(container.delete_item, item, "x")

    assert read == item
    assert replaced["n"] == 2


async def test_no_response_on_write_leaves_the_body_out(sdk: Sdk, container: Container) -> None:
    """azure-cosmos `no_response`: `Prefer: return=minimal`."""
    answer = await sdk.do(container.create_item, {"id": "a", "pk": "x"}, no_response=True)

    assert dict(answer) == {}
    assert (await sdk.do(container.read_item, "a", "x"))["id"] == "a"


@pytest.mark.parametrize("name", [" lead", 'quo"te', "per%cent%41", "日本", "a+b&c=d", "'", "x" * 255])
async def test_an_id_may_hold_nearly_anything(sdk: Sdk, container: Container, name: str) -> None:
    """learn.microsoft.com/azure/cosmos-db/concepts-limits: all characters except `/`, backslash, `?`, `#`."""
    await sdk.do(container.create_item, {"id": name, "pk": name})

    assert (await sdk.do(container.read_item, name, name))["id"] == name
    assert await sdk.all(container.query_items("SELECT VALUE c.id FROM c", partition_key=name)) == [name]
    await sdk.do(container.delete_item, name, name)


async def test_an_id_of_256_characters_is_refused(sdk: Sdk, container: Container) -> None:
    """azure-cosmos tests/test_crud.py, id validation: 400."""
    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.create_item, {"id": "x" * 256, "pk": "x"})

    assert refused.value.status_code == 400


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_an_item_above_2_mb_is_refused_with_413(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/concepts-limits: 2 MB, the length of its UTF-8 JSON."""
    await sdk.do(container.create_item, {"id": "fits", "pk": "x", "text": "x" * 2_000_000})

    with pytest.raises(exceptions.CosmosHttpResponseError) as refused:
        await sdk.do(container.create_item, {"id": "a", "pk": "x", "text": "x" * 2_200_000})

    assert refused.value.status_code == 413


@pytest.mark.parametrize("value", ["1", 1, 1.5, -0.0, True, False, None, "", "日本"])
async def test_a_partition_key_value_is_exact_in_type(sdk: Sdk, container: Container, value: object) -> None:
    """learn.microsoft.com/azure/cosmos-db/partitioning-overview; `"1"`, 1 and true are three keys."""
    await sdk.do(container.create_item, {"id": "a", "pk": value})

    assert (await sdk.do(container.read_item, "a", value))["pk"] == value
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await sdk.do(container.read_item, "a", "another")


async def test_an_item_may_have_no_partition_key_value(sdk: Sdk, container: Container) -> None:
    """azure-cosmos `NonePartitionKeyValue`."""
    await sdk.do(container.create_item, {"id": "a"})

    assert (await sdk.do(container.read_item, "a", NonePartitionKeyValue))["id"] == "a"


async def test_a_hierarchical_key_addresses_points_and_prefixes(sdk: Sdk) -> None:
    """learn.microsoft.com/azure/cosmos-db/hierarchical-partition-keys."""
    container = await sdk.container(["/state", "/city", "/zip"])
    for state, city, code in (("CA", "LA", "1"), ("CA", "LA", "2"), ("CA", "SF", "3"), ("WA", "SE", "4")):
        await sdk.do(container.create_item, {"id": code, "state": state, "city": city, "zip": code})

    assert (await sdk.do(container.read_item, "3", ["CA", "SF", "3"]))["id"] == "3"
    for prefix, expected in ((["CA"], {"1", "2", "3"}), (["CA", "LA"], {"1", "2"}), (["WA", "SE", "4"], {"4"})):
        found = await sdk.all(container.query_items("SELECT VALUE c.id FROM c", partition_key=prefix))
        assert set(found) == expected


async def test_a_batch_holds_items_of_its_own_partition_key_only(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/transactional-batch."""
    with pytest.raises(exceptions.CosmosBatchOperationError) as refused:
        await sdk.do(container.execute_item_batch, [("create", ({"id": "a", "pk": "y"},))], partition_key="x")

    assert refused.value.status_code == 400


async def test_read_items_finds_many_across_partitions(sdk: Sdk, container: Container) -> None:
    """azure-cosmos `read_items`: grouped by range, missing ones left out, order kept."""
    wanted = [(f"i{n}", f"p{n % 7}") for n in range(30)]
    for name, key in wanted:
        await sdk.do(container.create_item, {"id": name, "pk": key})

    found = await sdk.do(container.read_items, [*wanted, ("nobody", "p1")])

    assert [item["id"] for item in found] == [name for name, _ in wanted]


async def test_every_item_of_a_partition_key_is_deleted_at_once(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/how-to-delete-by-partition-key."""
    for n in range(5):
        await sdk.do(container.create_item, {"id": str(n), "pk": "x"})
    await sdk.do(container.create_item, {"id": "other", "pk": "y"})

    await sdk.do(container.delete_all_items_by_partition_key, "x")

    assert [item["id"] for item in await sdk.all(container.read_all_items())] == ["other"]


async def test_a_write_and_a_read_cost_what_the_documentation_says(sdk: Sdk, container: Container) -> None:
    """learn.microsoft.com/azure/cosmos-db/request-units: 1 KB read 1 RU (or 2), written about 5."""
    charges = []
    hook = {"response_hook": lambda headers, _: charges.append(float(headers["x-ms-request-charge"]))}

    await sdk.do(container.create_item, {"id": "a", "pk": "x"}, **hook)
    await sdk.do(container.read_item, "a", "x", **hook)

    assert 5 <= charges[0] <= 7
    assert 1 <= charges[1] <= 2

"""What only shows on the wire: bulk, the change feed's pages, ranges, headers the SDK keeps to itself."""

import json
import time
from typing import Any

import pytest

from tests.contracts.cosmos.clients import Control, Item, Reply, Wire

KEY = '["x"]'


def _create(wire: Wire, docs: str, name: str, key: str = "x", **headers: str) -> Reply:
    body = json.dumps({"id": name, "pk": key}).encode()
    return wire("POST", docs, body, x_ms_documentdb_partitionkey=json.dumps([key]), **headers)


def _ranges(wire: Wire, docs: str) -> Reply:
    return wire("GET", docs.replace("/docs", "/pkranges"))


def _bulk(wire: Wire, docs: str, number: str, rows: list[Item], **headers: str) -> Reply:
    return wire(
        "POST",
        docs,
        json.dumps(rows).encode(),
        x_ms_cosmos_is_batch_request="True",
        x_ms_cosmos_batch_atomic="False",
        x_ms_documentdb_partitionkeyrangeid=number,
        **{"x_ms_cosmos_batch_continue_on_error": "True", **headers},
    )


def test_every_item_answer_names_its_range_session_and_container(wire: Wire, docs: str) -> None:
    """SDK source `_session.py`: without them the client drops its routing map after each answer."""
    created = _create(wire, docs, "a")
    missing = wire("GET", f"{docs}/nobody", x_ms_documentdb_partitionkey=KEY)

    for reply in (created, missing):
        assert reply.headers["x-ms-documentdb-partitionkeyrangeid"].isdecimal()
        assert reply.headers["x-ms-session-token"].startswith(reply.headers["x-ms-documentdb-partitionkeyrangeid"])
        assert f"/{reply.headers['x-ms-alt-content-path']}/docs" == docs
        assert float(reply.headers["x-ms-request-charge"]) >= 1
    assert created.headers["etag"] == created.json["_etag"]


def test_the_activity_id_comes_back(wire: Wire, docs: str) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-response-headers."""
    reply = _create(wire, docs, "a", x_ms_activity_id="0f8fad5b-d9cb-469f-a165-70867728950e")

    assert reply.headers["x-ms-activity-id"] == "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_the_ranges_tile_all_keys_and_end_with_304(wire: Wire, docs: str) -> None:
    """SDK source `routing_map_provider.py`: no gap, no overlap, and a literal 304 for a known etag."""
    first = _ranges(wire, docs)
    again = wire("GET", docs.replace("/docs", "/pkranges"), If_None_Match=first.headers["etag"])

    bounds = [(one["minInclusive"], one["maxExclusive"]) for one in first.json["PartitionKeyRanges"]]
    assert (bounds[0][0], bounds[-1][1]) == ("", "FF")
    assert [low for low, _ in bounds[1:]] == [high for _, high in bounds[:-1]]
    assert (again.status, again.body) == (304, b"")


def test_bulk_rows_stand_for_themselves(wire: Wire, docs: str) -> None:
    """azure-sdk-for-js `ClientContext.bulk`: rows of one range, each with its own status."""
    number = _create(wire, docs, "taken").headers["x-ms-documentdb-partitionkeyrangeid"]
    rows: list[dict[str, Any]] = [
        {"operationType": "Create", "partitionKey": KEY, "resourceBody": {"id": "a", "pk": "x"}},
        {"operationType": "Create", "partitionKey": KEY, "resourceBody": {"id": "taken", "pk": "x"}},
        {"operationType": "Upsert", "partitionKey": KEY, "resourceBody": {"id": "b", "pk": "y"}},
        {
            "operationType": "Replace",
            "partitionKey": KEY,
            "id": "a",
            "ifMatch": '"no"',
            "resourceBody": {"id": "a", "pk": "x"},
        },
        {"operationType": "Read", "partitionKey": KEY, "id": "nobody"},
        {"operationType": "Delete", "partitionKey": KEY, "id": "a"},
    ]

    reply = _bulk(wire, docs, number, rows)

    assert reply.status == 207
    assert [row["statusCode"] for row in reply.json] == [201, 409, 400, 412, 404, 204]
    assert all(row["requestCharge"] > 0 for row in reply.json)


def test_a_bulk_row_of_another_range_is_410(wire: Wire, docs: str) -> None:
    """.NET `BulkExecutionRetryPolicy`: 410/1002 in the row, the client routes it anew."""
    numbers: dict[str, str] = {}
    for key in "abcdefghij":
        numbers.setdefault(_create(wire, docs, "one", key).headers["x-ms-documentdb-partitionkeyrangeid"], key)
    (here, mine), (_, other) = list(numbers.items())[:2]
    rows = [{"operationType": "Read", "partitionKey": json.dumps([key]), "id": "one"} for key in (mine, other)]

    reply = _bulk(wire, docs, here, rows)

    assert [(row["statusCode"], row.get("subStatusCode")) for row in reply.json] == [(200, None), (410, 1002)]
    assert (_bulk(wire, docs, "999", rows).status, _bulk(wire, docs, "999", rows).substatus) == (410, 1002)


def test_without_continue_on_error_the_rest_of_a_bulk_is_424(wire: Wire, docs: str) -> None:
    """.NET `ItemBatchOperation`: continue-on-error off."""
    number = _create(wire, docs, "taken").headers["x-ms-documentdb-partitionkeyrangeid"]
    row = {"operationType": "Create", "partitionKey": KEY, "resourceBody": {"id": "taken", "pk": "x"}}

    reply = _bulk(wire, docs, number, [row, row], x_ms_cosmos_batch_continue_on_error="False")

    assert [one["statusCode"] for one in reply.json] == [409, 424]


def test_a_minimal_bulk_answer_has_no_bodies(wire: Wire, docs: str) -> None:
    """`Prefer: return=minimal`."""
    number = _create(wire, docs, "a").headers["x-ms-documentdb-partitionkeyrangeid"]
    rows: list[dict[str, Any]] = [
        {"operationType": "Upsert", "partitionKey": KEY, "resourceBody": {"id": "a", "pk": "x"}},
        {"operationType": "Read", "partitionKey": KEY, "id": "a"},
    ]

    reply = _bulk(wire, docs, number, rows, Prefer="return=minimal")

    assert ["resourceBody" in row for row in reply.json] == [False, True]


def test_a_mere_delay_refuses_no_operation_of_a_bulk(wire: Wire, docs: str, control: Control) -> None:
    """A fault with `latency_ms` and no status hits the request, and none of its rows."""
    number = _create(wire, docs, "a").headers["x-ms-documentdb-partitionkeyrangeid"]
    control("POST", "faults", latency_ms=1)

    reply = _bulk(wire, docs, number, [{"operationType": "Read", "partitionKey": KEY, "id": "a"}])

    assert [row["statusCode"] for row in reply.json] == [200]


def test_a_bulk_operation_may_ask_for_no_body_by_itself(wire: Wire, docs: str) -> None:
    """Java's `contentResponseOnWriteEnabled=false`."""
    number = _create(wire, docs, "a").headers["x-ms-documentdb-partitionkeyrangeid"]
    upsert = {"operationType": "Upsert", "partitionKey": KEY, "resourceBody": {"id": "a", "pk": "x"}}

    reply = _bulk(wire, docs, number, [upsert | {"minimalReturnPreference": True}, upsert])

    assert ["resourceBody" in row for row in reply.json] == [False, True]


def test_a_page_never_cuts_a_transaction(wire: Wire, docs: str) -> None:
    """A batch has one LSN; a continuation can only stand after all of it."""
    rows = [{"operationType": "Create", "resourceBody": {"id": f"b{n}", "pk": "x"}} for n in range(5)]
    number = _create(wire, docs, "first").headers["x-ms-documentdb-partitionkeyrangeid"]
    wire("POST", docs, json.dumps(rows).encode(), x_ms_cosmos_is_batch_request="True", x_ms_documentdb_partitionkey=KEY)
    _create(wire, docs, "last")

    pages: list[list[str]] = []
    etag: dict[str, str] = {}
    while True:
        page = wire(
            "GET",
            docs,
            A_IM="Incremental Feed",
            x_ms_documentdb_partitionkeyrangeid=number,
            x_ms_max_item_count="2",
            **etag,
        )
        etag = {"If_None_Match": page.headers["etag"]}
        if page.status == 304:
            break
        pages.append([item["id"] for item in page.json["Documents"]])

    assert pages == [["first", "b0", "b1", "b2", "b3", "b4"], ["last"]]


def test_the_feed_since_a_time_begins_there(wire: Wire, docs: str) -> None:
    """If-Modified-Since, whole seconds; a time to come gives nothing."""
    number = _create(wire, docs, "a").headers["x-ms-documentdb-partitionkeyrangeid"]
    options = {"A_IM": "Incremental Feed", "x_ms_documentdb_partitionkeyrangeid": number}

    past = wire("GET", docs, **options, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT")
    to_come = wire("GET", docs, **options, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")

    assert (past.status, to_come.status) == (200, 304)


@pytest.mark.usefixtures("local_only")
def test_all_versions_and_deletes_is_refused_by_name(wire: Wire, docs: str) -> None:
    """Not supported here: the answer says so."""
    reply = wire("GET", docs, A_IM="Full-Fidelity Feed", x_ms_documentdb_partitionkeyrangeid="0")

    assert reply.status == 400
    assert "not supported" in reply.json["message"]


def test_a_container_of_another_rid_is_400_with_substatus_1024(wire: Wire, docs: str) -> None:
    """SDK source `_container_recreate_retry_policy.py`."""
    reply = _create(wire, docs, "a", x_ms_cosmos_intended_collection_rid="AAAAAYAAAAk=")

    assert (reply.status, reply.substatus) == (400, 1024)


def test_an_item_of_a_missing_container_is_404_with_substatus_1003(wire: Wire, database: str) -> None:
    """SDK source `_container_recreate_retry_policy.py`."""
    reply = wire("GET", f"/dbs/{database}/colls/nothing/docs/a", x_ms_documentdb_partitionkey=KEY)

    assert (reply.status, reply.substatus) == (404, 1003)


def test_a_wrong_partition_key_header_is_400_with_substatus_1001(wire: Wire, docs: str) -> None:
    """SDK tests match the text."""
    body = json.dumps({"id": "a", "pk": "y"}).encode()
    reply = wire("POST", docs, body, x_ms_documentdb_partitionkey=KEY)

    assert (reply.status, reply.substatus) == (400, 1001)
    assert reply.json["message"].startswith("Partition key provided either doesn't correspond to definition")


def test_a_session_from_the_future_is_404_with_substatus_1002_after_a_short_wait(wire: Wire, docs: str) -> None:
    """learn.microsoft.com/azure/cosmos-db/consistency-levels: session; a lagging replica may still catch up."""
    number = _create(wire, docs, "a").headers["x-ms-documentdb-partitionkeyrangeid"]
    began = time.monotonic()

    reply = wire("GET", f"{docs}/a", x_ms_documentdb_partitionkey=KEY, x_ms_session_token=f"{number}:0#999999#1=-1")

    assert (reply.status, reply.substatus) == (404, 1002)
    assert time.monotonic() - began < 5


def test_a_query_without_any_scope_is_400(wire: Wire, docs: str) -> None:
    """SDK tests: cross partition query is required but disabled."""
    reply = wire("POST", docs, b'{"query":"SELECT * FROM c"}', x_ms_documentdb_isquery="true")

    assert reply.status == 400
    assert "Cross partition query is required but disabled" in reply.json["message"]


def test_what_needs_a_merge_over_ranges_is_400_with_substatus_1004(wire: Wire, docs: str) -> None:
    """Upon which the SDK asks for the plan."""
    body = b'{"query":"SELECT VALUE COUNT(1) FROM c"}'
    scope = {"x_ms_documentdb_isquery": "true", "x_ms_documentdb_query_enablecrosspartition": "True"}

    reply = wire("POST", docs, body, **scope)
    plan = wire("POST", docs, body, x_ms_cosmos_is_query_plan_request="True")

    assert (reply.status, reply.substatus) == (400, 1004)
    assert plan.json["queryInfo"]["aggregates"] == ["Count"]
    assert plan.json["queryRanges"][0]["max"] == "FF"


def test_a_filter_on_the_partition_key_needs_no_merge(wire: Wire, docs: str) -> None:
    """The gateway routes such a query to its one range."""
    _create(wire, docs, "a")
    body = b'{"query":"SELECT VALUE COUNT(1) FROM c WHERE c.pk = @k","parameters":[{"name":"@k","value":"x"}]}'

    reply = wire("POST", docs, body, x_ms_documentdb_isquery="true", x_ms_documentdb_query_enablecrosspartition="True")

    assert reply.json["Documents"] == [1]

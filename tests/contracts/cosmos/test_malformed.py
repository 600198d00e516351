"""Requests no client should send: each gets a status that says so, and the server goes on."""

import json

import pytest

from tests.contracts.cosmos.clients import Wire

KEY = '["x"]'
QUERY = {"x_ms_documentdb_isquery": "true", "x_ms_documentdb_partitionkey": KEY}
BATCH = {"x_ms_cosmos_is_batch_request": "True", "x_ms_documentdb_partitionkey": KEY}


def nested(depth: int) -> bytes:
    return b'{"id":"a","pk":"x","deep":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        b'{"id":1,"pk":"x"}',
        b'{"id":"","pk":"x"}',
        b'{"id":"a/b","pk":"x"}',
        b'{"id":"a#b","pk":"x"}',
        b'{"id":"a","pk":"x","n":NaN}',
        b'{"id":"a","pk":"x","n":Infinity}',
        b'{"id":"a","pk":"x","s":"\xff"}',
        b'{"id":"a","pk":"x",}',
        nested(200),
        nested(100_000),
    ],
    ids=repr,
)
def test_a_body_that_is_no_item_is_400(wire: Wire, docs: str, body: bytes) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/create-a-document: 400."""
    assert wire("POST", docs, body, x_ms_documentdb_partitionkey=KEY).status == 400


def test_an_item_nests_at_most_128_levels(wire: Wire, docs: str) -> None:
    """learn.microsoft.com/azure/cosmos-db/concepts-limits: maximum level of nesting."""
    assert wire("POST", docs, nested(127), x_ms_documentdb_partitionkey=KEY).status == 201


@pytest.mark.parametrize("key", ["", "x", "[", "{}", '["a","b"]', "[[]]", '[{"a":1}]', "[NaN]"])
def test_a_partition_key_header_that_makes_no_sense_is_400(wire: Wire, docs: str, key: str) -> None:
    reply = wire("POST", docs, b'{"id":"a","pk":"x"}', x_ms_documentdb_partitionkey=key)

    assert reply.status == 400


def test_an_item_without_a_partition_key_header_is_400(wire: Wire, docs: str) -> None:
    assert wire("POST", docs, b'{"id":"a","pk":"x"}').status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"query":1}',
        b'{"query":"SELECT * FROM c","parameters":{}}',
        b'{"query":"SELECT * FROM c","parameters":[1]}',
        b'{"query":"' + b"(" * 5000 + b'"}',
        b'{"query":"SELECT * FROM c WHERE ' + b"NOT " * 5000 + b'true"}',
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_no_query_is_400(wire: Wire, docs: str, body: bytes) -> None:
    assert wire("POST", docs, body, **QUERY).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"x_ms_continuation": "nonsense"},
        {"x_ms_continuation": "bnVsbA=="},
        {"x_ms_continuation": "WyJ6eiIsIiIsMCwwXQ=="},
        {"x_ms_session_token": "0:x#y"},
    ],
    ids=repr,
)
def test_a_token_of_another_make_is_400(wire: Wire, docs: str, headers: dict[str, str]) -> None:
    number = wire("GET", docs.replace("/docs", "/pkranges")).json["PartitionKeyRanges"][0]["id"]
    scope = {"x_ms_documentdb_isquery": "true", "x_ms_documentdb_partitionkeyrangeid": number}

    assert wire("POST", docs, b'{"query":"SELECT * FROM c"}', **scope, **headers).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"x"'},
        {"If_Modified_Since": "yesterday"},
        {"x_ms_start_epk": "zz"},
        {"x_ms_end_epk": "0"},
    ],
    ids=repr,
)
def test_a_feed_position_that_makes_no_sense_is_400(wire: Wire, docs: str, headers: dict[str, str]) -> None:
    number = wire("GET", docs.replace("/docs", "/pkranges")).json["PartitionKeyRanges"][0]["id"]

    reply = wire("GET", docs, A_IM="Incremental Feed", x_ms_documentdb_partitionkeyrangeid=number, **headers)

    assert reply.status == 400


@pytest.mark.parametrize("number", ["", "99", "x", "-1"])
def test_a_range_that_does_not_exist_is_410_with_substatus_1002(wire: Wire, docs: str, number: str) -> None:
    reply = wire("GET", docs, A_IM="Incremental Feed", x_ms_documentdb_partitionkeyrangeid=number)

    assert (reply.status, reply.substatus) == (410, 1002)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[1]",
        b'[{"operationType":"Explode"}]',
        b'[{"operationType":"Create"}]',
        b'[{"operationType":"Create","resourceBody":[]}]',
        b'[{"operationType":"Read","id":7}]',
        b'[{"operationType":"Patch","id":"a","resourceBody":{}}]',
    ],
    ids=repr,
)
def test_a_batch_that_makes_no_sense_is_refused(wire: Wire, docs: str, body: bytes) -> None:
    reply = wire("POST", docs, body, **BATCH)

    assert reply.status == 400 or [row["statusCode"] for row in reply.json] in ([400], [404])


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /nonsense", 404),
        ("GET /dbs/nobody", 404),
        ("POST /dbs/nobody/colls", 404),
        ("PATCH /dbs/{database}", 405),
        ("PUT {docs}", 405),
        ("GET /dbs/{database}/colls/raw/sprocs", 400),
        ("GET /offers/nobody", 404),
    ],
)
def test_a_path_or_method_there_is_not_is_refused(wire: Wire, docs: str, request_line: str, status: int) -> None:
    method, path = request_line.format(docs=docs, database=docs.split("/")[2]).split()

    assert wire(method, path, b"{}").status == status


def test_numbers_in_headers_that_are_none_do_no_harm(wire: Wire, docs: str) -> None:
    reply = wire("POST", docs, b'{"query":"SELECT * FROM c"}', **QUERY, x_ms_max_item_count="many")

    assert reply.status == 200


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 01 Jan 2000 00:00:00 GMT"])
def test_a_request_of_another_day_is_401(wire: Wire, docs: str, date: str) -> None:
    """learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources: 15 minutes."""
    assert wire("GET", docs, x_ms_date=date).status == 401


@pytest.mark.parametrize("token", ["", "type%3Dmaster", "type%3Daad%26ver%3D1.0%26sig%3Dx", "%FF%00"])
def test_a_signature_that_is_none_is_401(wire: Wire, docs: str, token: str) -> None:
    assert wire("GET", docs, authorization=token).status == 401


def test_large_numbers_and_every_unicode_plane_come_back(wire: Wire, docs: str) -> None:
    """JSON numbers are doubles on the service; what fits 64 bits is kept here."""
    document = {"id": "🜂", "pk": "x", "n": 2**53 - 1, "f": 1e308, "s": "\u0000\u2028𝄞", "\ud83d\ude00": 1}
    wire("POST", docs, json.dumps(document).encode(), x_ms_documentdb_partitionkey=KEY)

    read = wire("GET", f"{docs}/%F0%9F%9C%82", x_ms_documentdb_partitionkey=KEY).json

    expected = json.loads(json.dumps(document))
    assert {name: read[name] for name in expected} == expected

"""What a request does, in one word, from its method, path and headers."""

from typing import Final

from local.cosmos.message import Request

_ON_ITEM: Final = {"GET": "Read", "PUT": "Replace", "PATCH": "Patch", "DELETE": "Delete"}


def operation_name(request: Request, names: tuple[str, ...]) -> str:  # noqa: PLR0911 - a table, one row per shape
    """Item operations by their own word, everything else by the resource it is about."""
    match names:
        case ():
            return "Account"
        case ("dbs",) | ("dbs", _):
            return "Databases"
        case ("dbs", _, "colls") | ("dbs", _, "colls", _):
            return "Containers"
        case ("dbs", _, "colls", _, "docs"):
            return _on_documents(request)
        case ("dbs", _, "colls", _, "docs", _):
            return _ON_ITEM.get(request.method, "Unknown")
        case ("dbs", _, "colls", _, "pkranges"):
            return "Ranges"
        case ("dbs", _, "colls", _, "operations", _):
            return "DeletePartition"
        case ("offers", *_):
            return "Offers"
        case _:
            return "Unknown"


def _on_documents(request: Request) -> str:
    if request.method == "GET":
        return "ChangeFeed" if b"a-im" in request.headers else "ReadAll"
    if request.flag(b"x-ms-cosmos-is-query-plan-request"):
        return "QueryPlan"
    if request.flag(b"x-ms-documentdb-isquery"):
        return "Query"
    if request.flag(b"x-ms-cosmos-is-batch-request"):
        atomic = request.headers.get(b"x-ms-cosmos-batch-atomic", b"true").lower() == b"true"
        return "Batch" if atomic else "Bulk"
    return "Upsert" if request.flag(b"x-ms-documentdb-is-upsert") else "Create"

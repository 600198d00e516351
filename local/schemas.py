"""What others read, made from the types: JSON Schemas of events, an AsyncAPI and an OpenAPI document.

`python -m local.schemas` writes docs/schemas, docs/asyncapi.yaml and docs/openapi.json; tests tell when they are old.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from api.openapi import document, doors
from api.routes import ROUTES
from orders.publication import ORDER_PUBLICATION
from shared.pipeline.schemas import data_schema, event_schema, file_of

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
_CONTENT_TYPE: Final = "application/cloudevents+json"
_ABOUT: Final = (
    "Every event of every order, as CloudEvents 1.0 in structured JSON. At least once; the events of one order come in "
    "the order of their `sequence`, from one partition. docs/event-hubs.md says what else is promised."
)


def files() -> Iterator[tuple[Path, str]]:
    """Every file with what has to be in it."""
    for kind in ORDER_PUBLICATION.types:
        schema = json.dumps(data_schema(ORDER_PUBLICATION, kind), indent=2)
        yield DOCS / "schemas" / file_of(ORDER_PUBLICATION, kind), schema + "\n"
    yield DOCS / "asyncapi.yaml", _yaml(asyncapi())
    yield DOCS / "openapi.json", json.dumps(document(doors(ROUTES)), indent=2) + "\n"


def asyncapi() -> Mapping[str, Any]:
    """The document, AsyncAPI 3.0."""
    names = [kind.__name__ for kind in ORDER_PUBLICATION.types]
    channel = "#/channels/orderEvents"
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Orderflow", "version": "1.0.0", "description": _ABOUT},
        "defaultContentType": _CONTENT_TYPE,
        "servers": {
            "namespace": {
                "host": "{namespace}.servicebus.windows.net:5671",
                "protocol": "amqps",
                "description": "The Event Hubs namespace of the environment. Readers sign in with an identity.",
                "variables": {"namespace": {"description": "Its name; `azd env get-values` says it."}},
            }
        },
        "channels": {
            "orderEvents": {
                "address": ORDER_PUBLICATION.hub,
                "title": "Order events",
                "description": "An Event Hub, partitioned by order. Each reader has a consumer group of its own.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {
            "publishOrderEvents": {
                "action": "send",
                "channel": {"$ref": channel},
                "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
            }
        },
        "components": {"messages": {kind.__name__: _message(kind) for kind in ORDER_PUBLICATION.types}},
    }


def _message(kind: type) -> dict[str, Any]:
    return {
        "name": ORDER_PUBLICATION.type_of(kind),
        "title": kind.__name__,
        "contentType": _CONTENT_TYPE,
        "payload": event_schema(ORDER_PUBLICATION, kind),
    }


def _yaml(document: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 1000
    # Parts that are alike are written out each time: a reader looks for one message, not for an anchor.
    writer.representer.ignore_aliases = lambda _: True
    written = StringIO()
    writer.dump(document, written)
    return f"# Written by `python -m local.schemas`; changes belong into the types.\n{written.getvalue()}"


def main() -> int:
    wanted = dict(files())
    for old in set((DOCS / "schemas").glob("*.json")) - wanted.keys():
        # A version that was published once is still read by somebody.
        print(f"schemas: {old.relative_to(ROOT)} is of an earlier version, and stays")
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"schemas: wrote {len(wanted)} files into docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())

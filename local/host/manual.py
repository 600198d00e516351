"""The payload of a function that a person runs by hand: `POST /admin/functions/{name}` with `{"input": "…"}`."""

import json

from local.host import dates
from local.host.bindings import (
    CosmosTrigger,
    EventHubTrigger,
    Function,
    HttpTrigger,
    OtherTrigger,
    TimerTrigger,
    WarmupTrigger,
)
from local.host.payload import Events, HttpCall, Payload, Text
from local.host.timer_state import NEVER_RAN


def payload(function: Function, text: str, *, rewrites_dates: bool) -> Payload:
    """What the host makes of the input for each trigger; raises ValueError for documents that are not JSON."""
    match function.trigger:
        case CosmosTrigger():
            return documents(json.loads(text), rewrites_dates=rewrites_dates)
        case EventHubTrigger(is_text=is_text):
            # One event without a place in a hub; the converter wants its metadata nevertheless.
            return Events((text.encode(),), is_text, {"SystemPropertiesArray": "[{}]"})
        case TimerTrigger():
            return NEVER_RAN.payload()
        case HttpTrigger():
            url = f"http://localhost/admin/functions/{function.name}"
            return HttpCall("POST", url, {"content-type": "application/json"}, {}, {}, text.encode())
        case WarmupTrigger() | OtherTrigger():
            return Text(text)


def documents(items: dates.Json, *, rewrites_dates: bool) -> Text:
    """The text of a batch, as JArray.ToString(Formatting.None) writes it."""
    written = dates.rewritten(items) if rewrites_dates else items
    return Text(json.dumps(written, separators=(",", ":"), ensure_ascii=False))

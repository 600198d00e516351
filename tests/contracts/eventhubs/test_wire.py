"""What is no Event Hubs client is shown the door, and the others do not notice."""

import random
import socket
from urllib.parse import urlsplit

import pytest
from azure.eventhub import EventData

from local.eventhubs.amqp.frames import AMQP_HEADER, SASL_HEADER, frame
from tests.contracts.eventhubs.clients import Hubs, Sdk

OPEN = bytes.fromhex("00 53 10 c0 04 01 a1 01 61")
BEGIN = bytes.fromhex("00 53 11 c0 07 04 40 43 52 64 52 64")
NOISE = random.Random(7)  # noqa: S311 - the same noise every time

STRANGERS = {
    "another protocol": b"GET / HTTP/1.1\r\n\r\n",
    "noise after the header": AMQP_HEADER + NOISE.randbytes(4000),
    "a frame that is too large": AMQP_HEADER + b"\x7f\xff\xff\xff\x02\x00\x00\x00" + bytes(100),
    "a frame shorter than its head": AMQP_HEADER + b"\0\0\0\x04\x02\0\0\0",
    "an unknown performative": AMQP_HEADER + frame(bytes.fromhex("00 53 7f 45")),
    "deep nesting": AMQP_HEADER + frame(bytes(20_000)),
    "SASL after SASL": SASL_HEADER + SASL_HEADER,
    "an attach of the wrong types": AMQP_HEADER
    + frame(OPEN)
    + frame(BEGIN, 1)
    + frame(bytes.fromhex("00 53 12 c0 04 03 40 40 40"), 1),
}


@pytest.mark.parametrize("sent", STRANGERS.values(), ids=STRANGERS)
async def test_a_stranger_is_hung_up_on_and_others_go_on(hubs: Hubs, sent: bytes) -> None:
    place = urlsplit(hubs.connection.removeprefix("Endpoint=").partition(";")[0])
    if hubs.control_url is None:
        pytest.skip("only a local endpoint is sent nonsense")
    sdk = Sdk("asyncio", hubs)

    async with sdk.producer() as producer:
        await producer.send_event(EventData("before"))
        with socket.create_connection((place.hostname, place.port), timeout=10) as stranger:
            stranger.sendall(sent)
            while stranger.recv(65536):
                pass
        await producer.send_event(EventData("after"))

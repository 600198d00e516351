"""Host and endpoint are killed, one or both, again and again: every accepted event comes, each key's in order."""

import random
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from azure.eventhub import EventData, EventHubProducerClient

from tests.contracts.eventhubs.clients import Hubs, connection_string, endpoint
from tests.host.conftest import Hosted, Run
from tests.host.test_away import free_port
from tests.host.test_event_hub_trigger import ENDLESS, HUB, hub_app, settings
from tests.programs import until

KEYS = ("ada", "bob", "eve", "joe")
EACH = 10
ROUNDS = 4
# Some batches fail, so that a kill also meets one that waits for its next attempt.
NOTE_SOME = """
for event in events:
    note(body=event.get_body().decode())
if context.retry_context.retry_count == 0 and len(events) % 3 == 0:
    raise ValueError("not this time")
"""


def send(hubs: Hubs, numbers: Iterator[int]) -> list[str]:
    """Each key's events, one batch a key; the SDK repeats what a kill has left unanswered."""
    sent = []
    with EventHubProducerClient.from_connection_string(hubs.connection, eventhub_name=HUB) as producer:
        for number in [next(numbers) for _ in range(EACH)]:
            for key in KEYS:
                producer.send_batch([EventData(f"{key}:{number}")], partition_key=key)
                sent.append(f"{key}:{number}")
    return sent


def bodies(hosted: Hosted) -> list[str]:
    return [note["body"] for note in hosted.notes()]


def first_times(seen: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(seen))


def test_nothing_is_lost_and_order_holds_however_host_and_endpoint_are_killed(run: Run, tmp_path: Path) -> None:
    port, chance, numbers = free_port(), random.Random(3), count()  # noqa: S311 - the same kills every time
    hubs = Hubs(connection_string(f"127.0.0.1:{port}"))
    kept, places = ("--data", str(tmp_path / "events")), ("--checkpoints", str(tmp_path / "checkpoints"))
    source = hub_app(NOTE_SOME.strip(), above=ENDLESS)
    sent: list[str] = []

    for number in range(ROUNDS):
        with (
            endpoint(tmp_path / f"hubs-{number}.log", *kept, port=port) as (program, _),
            run(source, *places, environ=settings(hubs)) as hosted,
        ):
            sent += send(hubs, numbers)
            enough = len(sent) - chance.randrange(len(KEYS) * EACH)
            until(lambda: len(set(bodies(hosted))) >= enough or None, what=f"{enough} events")  # noqa: B023 - at once
            for victim in chance.sample([program, hosted.program], k=chance.randint(1, 2)):
                victim.kill()

    with (
        endpoint(tmp_path / "hubs-last.log", *kept, port=port),
        run(source, *places, environ=settings(hubs)) as hosted,
    ):
        # Everything may have come before, and who has not started yet cannot end well.
        until(lambda: "host: running on " in hosted.program.said or None, what="the last host")
        until(lambda: set(bodies(hosted)) == set(sent) or None, what="every event")
        assert hosted.program.end() == 0
        seen = first_times(bodies(hosted))

    for key in KEYS:
        assert [body for body in seen if body.startswith(key)] == [body for body in sent if body.startswith(key)]

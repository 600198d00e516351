"""What the cases talk through: the SDK in two flavours, and the endpoint's own control port."""

import asyncio
import inspect
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from azure.eventhub import EventData, EventHubConsumerClient, EventHubProducerClient
from azure.eventhub.aio import EventHubConsumerClient as AsyncConsumer
from azure.eventhub.aio import EventHubProducerClient as AsyncProducer

from tests.programs import Program, started, until

# The SDK has a class per flavour, and they share no ancestor.
type Producer = Any
type Consumer = Any
type Store = Any
type Options = Any

HUB: Final = "order-events"
GROUP: Final = "$Default"
WITHIN_SECONDS: Final = 30.0
LISTENING: Final = "eventhubs: listening on "
# The SDK's own retries would hide what a case is about, or make it slow.
IMPATIENT: Final[Mapping[str, Any]] = {"retry_total": 0}


@dataclass(frozen=True, slots=True)
class Hubs:
    """An endpoint: where it is, and its control port if it is ours."""

    connection: str
    control_url: str | None = None

    def control(self, method: str = "GET", path: str = "", **given: object) -> Any:  # noqa: ANN401 - any JSON
        """The answer of `/_local`."""
        assert self.control_url is not None
        connection = HTTPConnection(urlsplit(self.control_url).netloc, timeout=30)
        try:
            connection.request(method, f"/_local{path}", json.dumps(given) if given else None)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        assert response.status == 200, answer
        return answer


def connection_string(place: str) -> str:
    """For an endpoint at `host:port` of this machine; any port works with the Python SDK."""
    return f"Endpoint=sb://{place};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true"


def hubs_of(program: Program) -> Hubs:
    """The endpoint that a program has announced."""
    line = until(lambda: _announced(program), what=f"a line {LISTENING!r} from\n{program.said}")
    place = re.search(r"sb://(\S+) with control at (\S+)", line)
    assert place is not None, line
    return Hubs(connection_string(place[1]), place[2])


def _announced(program: Program) -> str | None:
    assert program.process.poll() is None, f"ended early:\n{program.said}"
    return next((line for line in program.said.splitlines() if line.startswith(LISTENING)), None)


@contextmanager
def endpoint(output: Path, *options: str, port: int = 0) -> Iterator[tuple[Program, Hubs]]:
    """An endpoint in a process of its own."""
    with started("local", "eventhubs", "--port", str(port), *options, output=output) as program:
        yield program, hubs_of(program)


@dataclass(frozen=True, slots=True)
class Received:
    """What a consumer was given."""

    partition: str
    sequence: int
    offset: str
    key: str | None
    body: str
    event: EventData = field(compare=False)

    @classmethod
    def of(cls, partition: str, event: EventData) -> "Received":
        key = event.partition_key
        return cls(
            partition,
            event.sequence_number or 0,
            event.offset or "",
            key.decode() if key else None,
            event.body_as_str(),
            event,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a consumer has been given so far, and what it was told went wrong."""

    events: list[Received] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    @property
    def bodies(self) -> list[str]:
        return [one.body for one in self.events]

    async def have(self, enough: Callable[["Reading"], object], *, within: float = WITHIN_SECONDS) -> None:
        """Returns as soon as `enough` is true. Fails when it is not in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while not enough(self):
            assert loop.time() < deadline, f"not within {within:.0f} s: {len(self.events)} events, {self.errors}"
            await asyncio.sleep(0.02)


class Sdk:
    """One of the two flavours; a case awaits `do(...)` whether the call is a coroutine or not."""

    def __init__(self, flavour: str, hubs: Hubs) -> None:
        self.is_async = flavour == "asyncio"
        self.hubs = hubs

    async def do[T](self, call: Callable[..., Any], *arguments: object, **named: object) -> Any:  # noqa: ANN401 - the SDK's
        if inspect.iscoroutinefunction(call):
            return await call(*arguments, **named)
        return await asyncio.to_thread(call, *arguments, **named)

    @asynccontextmanager
    async def producer(self, hub: str = HUB, **options: object) -> AsyncIterator[Producer]:
        kind: Any = AsyncProducer if self.is_async else EventHubProducerClient
        client = kind.from_connection_string(self.hubs.connection, eventhub_name=hub, **options)
        try:
            yield client
        finally:
            await self.do(client.close)

    @asynccontextmanager
    async def reading(
        self, hub: str = HUB, group: str = GROUP, *, store: Store = None, **options: Options
    ) -> AsyncIterator[Reading]:
        """A consumer that reads in the background; `options` are those of `receive`."""
        kind: Any = AsyncConsumer if self.is_async else EventHubConsumerClient
        client: Consumer = kind.from_connection_string(
            self.hubs.connection, group, eventhub_name=hub, checkpoint_store=store, **_client_options(options)
        )
        reading, checkpoints = Reading(), options.pop("checkpoints", False)
        receive = self._receive_async if self.is_async else self._receive_sync
        running = asyncio.create_task(receive(client, reading, checkpoints=checkpoints, **options))
        try:
            yield reading
        finally:
            await self.do(client.close)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def end_of(self, partition: str, hub: str = HUB) -> int:
        """The number of the partition's last event; -1 when none has ever been there."""
        if self.hubs.control_url:
            return int(self.hubs.control()["hubs"][hub][int(partition)]["next"]) - 1
        async with self.producer(hub) as producer:
            properties = await self.do(producer.get_partition_properties, partition)
        return int(properties["last_enqueued_sequence_number"])

    async def _receive_async(
        self, client: Consumer, reading: Reading, *, checkpoints: bool, **options: Options
    ) -> None:
        async def on_event(context: Any, event: EventData) -> None:  # noqa: ANN401 - the SDK's
            reading.events.append(Received.of(context.partition_id, event))
            if checkpoints:
                await context.update_checkpoint(event)

        async def on_error(_: object, error: Exception) -> None:
            reading.errors.append(error)

        await client.receive(on_event, on_error=on_error, **options)

    async def _receive_sync(self, client: Consumer, reading: Reading, *, checkpoints: bool, **options: Options) -> None:
        def on_event(context: Any, event: EventData) -> None:  # noqa: ANN401 - the SDK's
            reading.events.append(Received.of(context.partition_id, event))
            if checkpoints:
                context.update_checkpoint(event)

        def on_error(_: object, error: Exception) -> None:
            reading.errors.append(error)

        await asyncio.to_thread(client.receive, on_event, on_error=on_error, **options)


def _client_options(options: dict[str, Any]) -> dict[str, Any]:
    """Those that belong to the client and not to `receive`."""
    return {name: options.pop(name) for name in tuple(options) if name in {"load_balancing_interval", "retry_total"}}

"""A batch falls into spans: one per key, in stream order, without repetitions."""

from hypothesis import given
from hypothesis import strategies as st

from orders.events import OrderEvent
from shared.kernel import by_stream
from shared.pipeline.spans import split
from tests.orders import histories, recorded


@given(st.lists(histories, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_a_batch_gives_the_same_spans(
    streams: list[tuple[OrderEvent, ...]], chance: st.DataObject
) -> None:
    events = [event for n, bodies in enumerate(streams) for event in recorded(bodies, stream=f"o{n}")]
    messy = events + chance.choices(events, k=len(events))  # type: ignore[attr-defined]  # it is a random.Random
    chance.shuffle(messy)  # type: ignore[attr-defined]  # it is a random.Random

    spans = {span.stream: span.events for span in split(messy, by_stream)}

    assert spans == {f"o{n}": recorded(bodies, stream=f"o{n}") for n, bodies in enumerate(streams)}


@given(histories, st.integers(0, 10))
def test_what_the_mark_has_seen_is_dropped(happened: tuple[OrderEvent, ...], mark: int) -> None:
    (span,) = split(recorded(happened), by_stream)

    assert [event.sequence for event in span.after(mark)] == list(range(mark + 1, len(happened) + 1))


def test_events_without_a_key_concern_nobody() -> None:
    assert split(recorded([]), lambda _: None) == ()

"""AMQP as bytes: what is written is read back, and what is no AMQP is refused and nothing worse."""

from contextlib import suppress
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from local.eventhubs.amqp import values
from local.eventhubs.amqp.decode import Malformed, decode, end
from local.eventhubs.amqp.encode import encode
from local.eventhubs.amqp.frames import first_frame, frame
from local.eventhubs.amqp.incoming import performative
from local.eventhubs.amqp.outgoing import transfers
from local.eventhubs.amqp.performatives import Transfer
from local.eventhubs.amqp.values import Array, Described, Symbol, ULong, Value


def signed(bits: int) -> some.SearchStrategy[int]:
    return some.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def unsigned(bits: int) -> some.SearchStrategy[int]:
    return some.integers(0, 2**bits - 1)


ascii_texts = some.text(some.characters(max_codepoint=127), max_size=300)
wholes = {
    int: signed(64),
    values.Byte: signed(8).map(values.Byte),
    values.Short: signed(16).map(values.Short),
    values.Int: signed(32).map(values.Int),
    values.UByte: unsigned(8).map(values.UByte),
    values.UShort: unsigned(16).map(values.UShort),
    values.UInt: unsigned(32).map(values.UInt),
    ULong: unsigned(64).map(ULong),
    values.Timestamp: signed(64).map(values.Timestamp),
}
simple: some.SearchStrategy[Value] = some.one_of(
    some.none(),
    some.booleans(),
    *wholes.values(),
    some.floats(allow_nan=False),
    some.floats(width=32, allow_nan=False).map(values.Float),
    some.text(max_size=300),
    some.characters(codec="utf-8").map(values.Char),
    ascii_texts.map(Symbol),
    some.binary(max_size=300),
    some.uuids(),
    some.sampled_from((4, 8, 16)).flatmap(lambda size: some.binary(min_size=size, max_size=size)).map(values.Decimal),
)
arrays: some.SearchStrategy[Value] = some.one_of(
    some.lists(some.booleans()),
    some.lists(some.text()),
    some.lists(ascii_texts.map(Symbol)),
    some.lists(some.binary(max_size=300)),
    some.lists(some.uuids()),
    *(some.lists(wholes[kind]) for kind in (int, values.Int, values.UInt, ULong, values.Timestamp)),
).map(lambda items: Array(tuple(items)))
amqp: some.SearchStrategy[Value] = some.recursive(
    simple | arrays,
    lambda inner: some.one_of(
        some.lists(inner, max_size=300).map(tuple),
        some.dictionaries(some.text(max_size=20), inner),
        some.builds(Described, some.builds(ULong, unsigned(64)) | ascii_texts.map(Symbol), inner),
    ),
)


def same(left: Value, right: Value) -> bool:
    """Equal in value and in type: to Python `True`, `1` and `UInt(1)` are the same."""
    if type(left) is not type(right):
        return False
    match left, right:
        case (tuple(), tuple()):
            return len(left) == len(right) and all(map(same, left, right))
        case (dict(), dict()):
            return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        case (Described(), Described()):
            return same(left.descriptor, right.descriptor) and same(left.value, right.value)
        case (Array(), Array()):
            return same(left.items, right.items)
        case _:
            return left == right


@given(amqp, some.binary(max_size=8))
def test_what_is_written_is_read_back_with_its_type(value: Value, behind: bytes) -> None:
    encoded = encode(value)

    read, reached = decode(encoded + behind)

    assert same(read, value)
    assert reached == len(encoded) == end(encoded + behind, 0)


@given(some.binary(max_size=200))
def test_bytes_that_are_no_amqp_are_refused_and_nothing_worse(noise: bytes) -> None:
    for read in (decode, performative):
        with suppress(Malformed):
            read(noise)


@given(amqp.map(encode), some.data())
def test_a_value_that_is_cut_off_is_refused(encoded: bytes, draw: some.DataObject) -> None:
    cut = encoded[: draw.draw(some.integers(0, len(encoded) - 1))]

    with suppress(Malformed):
        _, reached = decode(cut)
        raise AssertionError(f"{cut!r} was read up to {reached}")


@given(some.binary(max_size=3000), some.integers(512, 1024), some.integers(0, 2**32 - 1))
def test_a_message_in_many_frames_is_whole_at_the_other_end(message: bytes, largest: int, delivery: int) -> None:
    received = bytearray(b"".join(transfers(1, 300, delivery, message, largest=largest)))

    parts, at = [], 0
    while (found := first_frame(received, at, largest)) is not None:
        one, at = found
        parts.append(performative(one.body))

    assert at == len(received)
    assert all(isinstance(part, Transfer) for part in parts)
    sent = [part for part in parts if isinstance(part, Transfer)]
    assert b"".join(part.payload for part in sent) == message
    assert [part.more for part in sent] == [True] * (len(sent) - 1) + [False]
    assert (sent[0].delivery_id, sent[0].handle) == (delivery, 300)


@given(some.binary(max_size=40), some.integers(1, 8))
def test_a_frame_waits_for_its_last_byte(body: bytes, missing: int) -> None:
    whole = frame(body)

    assert first_frame(bytearray(whole[:-missing]), 0, 512) is None


def test_a_value_has_the_bytes_that_the_specification_gives_it() -> None:
    """Part 1, 1.3 and 1.6: constructors and their contents."""
    assert encode(Described(ULong(0x10), ("a", None, True))) == bytes.fromhex("00 53 10 c0 06 03 a1 01 61 40 41")
    assert encode(UUID(int=1)) == b"\x98" + bytes(15) + b"\x01"
    assert decode(bytes.fromhex("e0 06 02 a3 01 61 01 62"))[0] == Array((Symbol("a"), Symbol("b")))
    assert decode(bytes.fromhex("82 3f f0 00 00 00 00 00 00"))[0] == 1.0

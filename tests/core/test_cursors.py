"""A cursor leads on in the list that gave it, and anything else is refused."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import Cursors
from api.problems import Unacceptable
from shared.ports import Place

KEY = "sixteen letters."
HERE = Cursors("/api/orders", KEY)
places = st.tuples(*[st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30)] * 2)


@given(places)
def test_a_cursor_reads_as_what_was_written(place: Place) -> None:
    assert HERE.read(HERE.write(place)) == place


@given(places, st.data())
def test_no_letter_of_a_cursor_can_be_changed_left_out_or_added(place: Place, data: st.DataObject) -> None:
    cursor = HERE.write(place)
    at = data.draw(st.integers(0, len(cursor)))
    other = data.draw(
        st.sampled_from([cursor[:at] + put + cursor[at + skip :] for put in "Ab_=\n " for skip in (0, 1)])
    )

    if other == cursor:
        return
    with pytest.raises(Unacceptable):
        HERE.read(other)


@given(st.text(max_size=80))
def test_what_we_did_not_write_is_refused_whatever_it_is(text: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        HERE.read(text)

    assert (refused.value.status, refused.value.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("foreign", [Cursors("/api/orders?other", KEY), Cursors("/api/orders", f"{KEY} other")])
def test_a_cursor_of_another_list_or_another_key_is_refused(foreign: Cursors) -> None:
    with pytest.raises(Unacceptable):
        HERE.read(foreign.write(("2026", "o1")))


def test_a_cursor_without_a_signature_is_refused() -> None:
    with pytest.raises(Unacceptable):
        HERE.read(urlsafe_b64encode(b"2026\no1").decode())


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(HERE)

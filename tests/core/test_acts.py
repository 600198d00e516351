"""A reason that says nothing is refused at the door, with the field it stands in."""

import pytest
from pydantic import ValidationError

from api.acts import WantedReplay


@pytest.mark.parametrize("why", ["", " ", "\n", "\x1c", "\x1f \u2003"])
def test_a_reason_of_blanks_is_none(why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WantedReplay.model_validate({"why": why})

    assert [finding["loc"] for finding in refused.value.errors()] == [("why",)]


def test_a_reason_is_kept_as_it_was_said() -> None:
    assert WantedReplay.model_validate({"why": " the card was mended "}).why == " the card was mended "

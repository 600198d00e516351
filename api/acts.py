"""What an operator sends: what is meant, and why. Who he is, is known."""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from api.requests import Body


def _said(text: str) -> str:
    # To Python the separators U+001C to U+001F are blank, to a pattern they are not.
    if not text.strip():
        raise ValueError("must say something")
    return text


type Why = Annotated[
    str,
    Field(min_length=1, max_length=500, pattern=r"\S", description="Kept with what is done."),
    AfterValidator(_said),
]
type Name = Annotated[str, Field(max_length=600)]
type Number = Annotated[int, Field(ge=1, description="As the lane shows it; the first unless given.")]


class WantedReplay(Body):
    """Every lane that all of these let through, or only those named."""

    why: Why
    lanes: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    consumer: Name = ""
    reason: Name = ""
    key: Name = ""
    older_than_seconds: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    ru_per_second: Annotated[float, Field(gt=0, le=1e6)] | None = None


class WantedEdit(Body):
    """`set` are the fields to replace of the event, or of the message, that waits."""

    why: Why
    set: Annotated[dict[str, JsonValue], Field(min_length=1, max_length=50)]
    at: Number | None = None


class WantedDrop(Body):
    why: Why
    at: Number | None = None


class WantedAct(Body):
    """With a `step` only while the saga is there."""

    why: Why
    step: Annotated[str, Field(max_length=100)] = ""

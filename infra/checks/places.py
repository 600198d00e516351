"""Where something stands in a file, and what is wrong there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """`file` is relative to the checked tree; `line` counts from 1."""

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`check` is the stable name of what was violated."""

    place: Place
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.check}]"

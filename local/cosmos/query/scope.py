"""Which names an expression may use, and where a row keeps what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from local.cosmos.query.errors import QueryError
from local.cosmos.query.syntax import Name, Select

type Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Run:
    """What one execution is given."""

    documents: Iterable[Document]
    parameters: Mapping[str, object]
    now: datetime


type Row = tuple[Run, *tuple[object, ...]]
type Evaluate = Callable[[Row], object]
type Rows = Callable[[Row], Iterator[object]]


def extend(row: Row, values: Iterable[object]) -> Row:
    """The row with more places behind."""
    return (row[0], *chain(row[1:], values))


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and computed aggregates by their place in a row, whose place 0 is the run itself."""

    compile_select: Callable[[Select, Scope], Rows]
    width: int = 1
    names: Mapping[str, int] = field(default_factory=dict)
    aggregates: Mapping[str, int] = field(default_factory=dict)
    over_container: bool = True  # false inside an expression, where a subquery sees only its row

    def place(self, name: Name) -> int:
        """Raises QueryError for a name nothing has bound."""
        if name.text not in self.names:
            raise QueryError(f"Identifier '{name.text}' could not be resolved.", location=name.span)
        return self.names[name.text]

    def bind(self, alias: str | None) -> Scope:
        """The scope with one more place, under `alias` if it has one."""
        names = self.names if alias is None else {**self.names, alias: self.width}
        return replace(self, names=names, width=self.width + 1, over_container=False)

    def with_aggregates(self, texts: Iterable[str]) -> Scope:
        """The scope of a SELECT list whose aggregates, known by their text, follow the row."""
        places = {text: self.width + at for at, text in enumerate(texts)}
        return replace(self, aggregates=places, width=self.width + len(places), over_container=False)

    def inside(self) -> Scope:
        """The scope of a subquery in an expression: it sees the row, and neither its aggregates nor the container."""
        return replace(self, aggregates={}, over_container=False)

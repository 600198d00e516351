"""A table that is drawn over itself; where nobody looks, as in a file, each drawing follows the one before."""

from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ops.command import Rows
from ops.show import as_text

_STYLES = {"lag": "bold", "unknown": "yellow", "seconds": "cyan"}
# As wide as most words and numbers: on a narrow screen the long columns are cut, and these stay whole.
_SHORT: Final = 12


class Screen:
    """A context; what it showed last stays when it ends."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, rows: Rows, *, below: str) -> None:
        drawn = Group(_table(rows), Text(below, style="dim"))
        if self._console.is_terminal:
            self._live.update(drawn, refresh=True)
        else:
            self._console.print(drawn)


def _table(rows: Rows) -> Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(box=None, pad_edge=False)
    for name in names:
        is_number = all(isinstance(row.get(name), int | float | None) for row in rows)
        # What may be wrapped gives way first; no cell is, because its text is cut instead.
        is_short = all(len(as_text(row.get(name))) <= _SHORT for row in rows)
        table.add_column(name, justify="right" if is_number else "left", style=_STYLES.get(name), no_wrap=is_short)
    for row in rows:
        table.add_row(*(Text(as_text(row.get(name)), no_wrap=True, overflow="ellipsis") for name in names))
    return table

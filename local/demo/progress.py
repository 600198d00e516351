"""One bar per part of the run on a terminal, one line per part elsewhere; never on standard output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

type Done = Callable[[int], None]


class Parts:
    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    @contextmanager
    def part(self, text: str, total: int | None = None) -> Iterator[Done]:
        """Yields what to call with how much is done. Without a total it is only known that it goes on."""
        if not self._console.is_terminal:
            began = monotonic()
            yield lambda _: None
            self.say(f"demo: {text} ({monotonic() - began:.1f} s)")
            return
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as bar:
            task = bar.add_task(text, total=total)
            yield lambda done: bar.update(task, completed=done)
            bar.update(task, total=total or 1, completed=total or 1)

"""How far a backfill is, drawn for people; where nobody looks nothing is drawn."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.pipeline.rebuild.backfill import Progress as Backfilled


class Bar:
    """A context; one bar for each stretch of the feed, on standard error."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[events]} events"))
        self._drawn = Progress(*columns, TimeElapsedColumn(), console=self._console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._drawn.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drawn.stop()

    def show(self, backfilled: Backfilled) -> None:
        for stretch in backfilled.stretches:
            name = f"{stretch.keys.low or '0'}..{stretch.keys.high}"
            if name not in self._tasks:
                self._tasks[name] = self._drawn.add_task(name, events=0)
            self._drawn.update(
                self._tasks[name],
                completed=stretch.reached,
                total=max(1, stretch.newest),
                events=stretch.events,
            )

"""One command: what it is for, what it asks, and what it answers as rows, or None when it has shown them itself."""

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.observer import Counting
from shared.runtime import App, compose
from shared.settings import Settings

type Rows = Sequence[dict[str, object]]
type Environ = Mapping[str, str]

UNDONE: Final = {"still poison", "failed", "missing", "differs", "refused", "claimed", "under way", "behind"}


@dataclass(frozen=True, slots=True)
class Command:
    """`code` is the exit code that its rows stand for: 1 when something is undone, unless it says otherwise."""

    summary: str
    run: Callable[[Environ, argparse.Namespace], Awaitable[Rows | None]]
    add_arguments: Callable[[argparse.ArgumentParser], object] = lambda _: None
    code: Callable[[Rows], int] = lambda rows: int(any(row.get("outcome") in UNDONE for row in rows))


def on_app(
    act: Callable[[App, argparse.Namespace], Awaitable[Rows | None]],
) -> Callable[..., Awaitable[Rows | None]]:
    """For a command that works with what the app works with."""

    async def run(environ: Environ, options: argparse.Namespace) -> Rows | None:
        app = compose(Settings.read(environ), Counting())
        try:
            return await act(app, options)
        finally:
            await app.close()

    return run

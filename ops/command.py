"""One command: what it is for, what it asks, and what it answers as rows, or None when it has shown them itself."""

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.observer import Counting
from shared.runtime import App, compose
from shared.settings import Settings

type Rows = Sequence[dict[str, object]]
type Environ = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Command:
    summary: str
    run: Callable[[Environ, argparse.Namespace], Awaitable[Rows | None]]
    add_arguments: Callable[[argparse.ArgumentParser], object] = lambda _: None


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

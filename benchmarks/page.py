"""`python -m benchmarks.page`: docs/benchmarks.md and its picture, of the run in docs/benchmarks.json."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.picture import picture
from benchmarks.results import Result, Results, Way

FOLDER: Final = Path("docs")
RESULTS: Final = FOLDER / "benchmarks.json"
PAGE: Final = FOLDER / "benchmarks.md"
PICTURE: Final = FOLDER / "pictures" / "benchmarks.svg"

_INTRODUCTION: Final = """# Benchmarks

Every claim about cost is a ratio of two sides measured in turn in one run, as a median, so that it says the same on a
faster or slower machine; those in milliseconds are of the whole app on one machine. `make bench CLAIMS=NAME` measures
one, `make bench` all of them, and ends with 1 when one is above the bound that it has to hold. Where more was wanted
than is held, the aim stands beside the bound, and [why](#what-was-wanted-and-is-not-reached) below.

This page is drawn from what was measured by
`python -m benchmarks --json docs/benchmarks.json && python -m benchmarks.page`; with names it renews these alone.

![measured against the bound](pictures/benchmarks.svg)
"""
_WAYS: Final = """
## Ways to keep one view

All keep the same view, one row an order, from the same orders of five events; each number is of one event, a median.
The client is the process of the app, the server the program that keeps the items in a file; the wall is what both take
one after the other, on a core each. msgspec alone is in `decode`, `@vercel/cosmosdb-server` in `upsert-over-vercel`.
`make bench CLAIMS=side-by-side`, {machine}.

| way | client us | server us | wall us | requests | RU |
| --- | --- | --- | --- | --- | --- |
"""
_CLAIMS: Final = """
## Claims

Measured on {machine}, each by `make bench CLAIMS=` and its name.

| claim | says | measured | bound | aim | |
| --- | --- | --- | --- | --- | --- |
"""
_SHORT: Final = "\n## What was wanted and is not reached\n"


def page(results: Results) -> str:
    return "".join((_INTRODUCTION, *_claims(results.claims), *_short(results.claims), *_ways(results.ways)))


def _claims(claims: Sequence[Result]) -> Iterator[str]:
    for machine in dict.fromkeys(each.machine for each in claims):
        yield _CLAIMS.format(machine=machine)
        yield from (_row(each) for each in claims if each.machine == machine)


def _row(each: Result) -> str:
    said = "not measured" if each.measured is None else _number(each.measured)
    verdict = "" if each.holds else "**broken**: "
    verdict = "**short of its aim**: " if each.is_short else verdict
    cells = (f"`{each.name}`", each.sentence, said, _number(each.bound), _number(each.aim), verdict + each.detail)
    return f"| {' | '.join(cells)} |\n"


def _short(claims: Sequence[Result]) -> Iterator[str]:
    wanted = [each for each in claims if each.is_missed]
    if wanted:
        yield _SHORT
    for each in wanted:
        yield f"\n`{each.name}`: {_number(each.aim)} was wanted, {_number(each.bound)} is held. {each.why}\n"


def _ways(ways: Sequence[Way]) -> Iterator[str]:
    if ways:
        yield _WAYS.format(machine=ways[0].machine)
    for each in ways:
        numbers = (each.client, each.server, each.wall, each.requests, each.charge)
        yield f"| {each.name} | {' | '.join(map(_number, numbers))} |\n"


def _number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def main() -> None:
    results = Results.read(RESULTS)
    PAGE.write_text(page(results))
    PICTURE.write_text(picture(results.claims))


if __name__ == "__main__":
    main()

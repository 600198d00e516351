"""`python -m benchmarks.page`: docs/benchmarks.md and its picture, of the run in docs/benchmarks.json."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from benchmarks.results import Result, Results

FOLDER: Final = Path("docs")
RESULTS: Final = FOLDER / "benchmarks.json"
WIDTH: Final = 860
ROW: Final = 26
LABEL: Final = 190
BAR: Final = WIDTH - LABEL - 90

_INTRODUCTION: Final = """# Benchmarks

Every claim about cost is a ratio of two sides measured in turn in one run, as a median, so that it says the same on a
faster or slower machine; those in milliseconds are of the whole app on one machine. A claim holds when it is at most
its bound. `make bench` measures all of them and ends with 1 when one does not hold, `make bench CLAIMS=NAME` one. This
page is drawn from a run by `python -m benchmarks --json docs/benchmarks.json && python -m benchmarks.page`.

"""


def page(results: Results) -> str:
    picture = "![measured against bound](pictures/benchmarks.svg)"
    return f"{_INTRODUCTION}{results.machine}.\n\n{picture}\n\n{''.join(_rows(results.claims))}"


def _rows(claims: Sequence[Result]) -> Iterator[str]:
    yield "| claim | says | measured | bound | |\n| --- | --- | --- | --- | --- |\n"
    for each in claims:
        said = "not measured" if each.measured is None else f"{each.measured:.3g}"
        missed = "" if each.holds else "**missed**: "
        yield f"| `{each.name}` | {each.sentence} | {said} | {_bound(each)} | {missed}{each.detail} |\n"


def _bound(result: Result) -> str:
    return "" if result.bound is None else f"{result.bound:.3g}"


def picture(results: Results) -> str:
    """Each claim as the share of its bound that it takes: left of the line it holds."""
    claims = [each for each in results.claims if each.measured is not None and each.bound]
    height = ROW * (len(claims) + 2)
    size = f'width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        f'<rect {size} fill="#ffffff"/>',
    ]
    for number, each in enumerate(claims):
        lines += _bar(each, ROW * (number + 1))
    at = LABEL + BAR / 2
    lines.append(f'<line x1="{at}" y1="8" x2="{at}" y2="{height - 8}" stroke="#1f2328"/>')
    lines.append(f'<text x="{at + 5}" y="16" fill="#1f2328">bound</text></svg>')
    return "\n".join(lines) + "\n"


def _bar(result: Result, y: int) -> Iterator[str]:
    share = (result.measured or 0) / (result.bound or 1)
    width, colour = min(share / 2, 1) * BAR, "#2da44e" if result.holds else "#cf222e"
    yield f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end" fill="#1f2328">{escape(result.name)}</text>'
    yield f'<rect x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="{ROW - 10}" fill="{colour}"/>'
    yield f'<text x="{LABEL + width + 6:.1f}" y="{y + 14}" fill="#57606a">{share:.2f}</text>'


def main() -> None:
    results = Results.read(RESULTS)
    (FOLDER / "benchmarks.md").write_text(page(results))
    (FOLDER / "pictures").mkdir(exist_ok=True)
    (FOLDER / "pictures" / "benchmarks.svg").write_text(picture(results))


if __name__ == "__main__":
    main()

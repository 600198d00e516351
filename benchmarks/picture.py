"""Each claim as the share of its bound that it takes: left of the line it holds."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from benchmarks.results import Result

WIDTH: Final = 860
ROW: Final = 26
LABEL: Final = 190
BAR: Final = WIDTH - LABEL - 90
HOLDS, SHORT, BROKEN = "#2da44e", "#bf8700", "#cf222e"


def picture(results: Sequence[Result]) -> str:
    """A claim short of its aim is yellow, and a mark shows where the aim is."""
    claims = [each for each in results if each.measured is not None and each.bound]
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
    bound = result.bound or 1
    share = (result.measured or 0) / bound
    width, colour = _width(share), SHORT if result.is_short else HOLDS if result.holds else BROKEN
    yield f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end" fill="#1f2328">{escape(result.name)}</text>'
    yield f'<rect x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="{ROW - 10}" fill="{colour}"/>'
    yield f'<text x="{LABEL + width + 6:.1f}" y="{y + 14}" fill="#57606a">{share:.2f}</text>'
    if result.aim is not None:
        x = LABEL + _width(result.aim / bound)
        yield f'<line x1="{x:.1f}" y1="{y + 1}" x2="{x:.1f}" y2="{y + ROW - 5}" stroke="#1f2328"/>'


def _width(share: float) -> float:
    return min(share / 2, 1) * BAR

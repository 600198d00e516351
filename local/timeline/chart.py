"""A chart as SVG text: lines or dots over seconds, with a band for a stretch of time that matters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final, Literal
from xml.sax.saxutils import escape

WIDTH: Final = 860
HEIGHT: Final = 300
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 66, 40
COLOURS: Final = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")
_TICKS: Final = 5

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: Sequence[Point]
    shape: Literal["line", "dots"] = "line"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of seconds and what it is."""

    start: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`unit` belongs to the vertical axis; the horizontal one counts seconds since the beginning."""

    title: str
    unit: str
    series: Sequence[Series]
    bands: Sequence[Band] = ()

    def to_svg(self) -> str:
        axes = _Axes.around([point for each in self.series for point in each.points])
        parts = [*_frame(self), *self._bands(axes), *axes.drawn(), *self._series(axes), *self._legend()]
        return "\n".join([*parts, "</svg>", ""])

    def _bands(self, axes: "_Axes") -> Iterator[str]:
        for band in self.bands:
            left, right = axes.x(band.start), axes.x(band.end)
            height = HEIGHT - TOP - BOTTOM
            yield f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{height}" fill="#ffebe9"/>'
            yield _text((left + right) / 2, TOP + 14, band.name, anchor="middle", colour="#82071e")

    def _series(self, axes: "_Axes") -> Iterator[str]:
        for colour, each in zip(COLOURS, self.series, strict=False):
            places = [(axes.x(when), axes.y(value)) for when, value in each.points]
            if each.shape == "dots":
                yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colour}"/>' for x, y in places)
            else:
                line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
                yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8"/>'

    def _legend(self) -> Iterator[str]:
        x = float(LEFT)
        for colour, each in zip(COLOURS, self.series, strict=False):
            yield f'<rect x="{x:.0f}" y="40" width="12" height="4" fill="{colour}"/>'
            yield _text(x + 17, 46, each.name)
            x += 40 + 6.3 * len(each.name)


@dataclass(frozen=True, slots=True)
class _Axes:
    """From 0 to round numbers above all points."""

    last: float
    top: float
    step: float

    @classmethod
    def around(cls, points: Sequence[Point]) -> "_Axes":
        last = max((when for when, _ in points), default=1.0)
        step = round_step(max((value for _, value in points), default=1.0) / _TICKS)
        highest = max((value for _, value in points), default=1.0)
        return cls(max(last, 1.0), max(ceil(highest / step), 1) * step, step)

    def x(self, when: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(when, 0.0), self.last) / self.last

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top

    def drawn(self) -> Iterator[str]:
        for number in range(round(self.top / self.step) + 1):
            y = self.y(number * self.step)
            yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#d0d7de"/>'
            yield _text(LEFT - 8, y + 4, f"{number * self.step:g}", anchor="end")
        every = round_step(self.last / 10)
        for number in range(floor(self.last / every) + 1):
            yield _text(self.x(number * every), HEIGHT - BOTTOM + 18, f"{number * every:g} s", anchor="middle")


def round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, not below `least`."""
    if least <= 0:
        return 1.0
    power: float = 10.0 ** floor(log10(least))
    return next((times * power for times in (1, 2, 5) if times * power >= least), 10 * power)


def _frame(chart: Chart) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="12" role="img">'
    )
    yield f"<title>{escape(chart.title)}</title>"
    # Of its own, because a page may be dark.
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    yield _text(LEFT, 24, f"{chart.title} ({chart.unit})", size=15)


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#1f2328", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )

"""The pictures of a run: a chart shows every point inside its frame, and the numbers are those of what was recorded."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.timeline.chart import HEIGHT, WIDTH, Band, Chart, Series, round_step
from local.timeline.figures import Summary, charts, durations, rates
from local.timeline.run import READER, Plan, Run
from local.timeline.samples import Sample
from shared.lag import FeedLag
from tests.programs import ROOT

SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = st.floats(0, 1e6)


def feed(name: str, lag: int) -> FeedLag:
    return FeedLag(name, "orders", leases=4, owned=4, lag=lag, seconds=float(lag))


def sample(when: float, lag: int) -> Sample:
    feeds = {name: feed(name, lag) for name in (READER, "project_order_board")}
    return Sample(when, feeds, {"orders": when * 10, "leases": when}, own=when)


RUN = Run(
    Plan(10, 1, 2, 3),
    began=1767225600.0,
    stopped=2,
    again=5,
    samples=[sample(0, 0), sample(3, 4), sample(6, 7), sample(7, 0), sample(8, 0)],
    events=[
        {"orderId": "a", "sequence": 1, "type": "OrderPlaced", "at": "2026-01-01T00:00:01.000000Z"},
        {"orderId": "a", "sequence": 2, "type": "OrderShipped", "at": "2026-01-01T00:00:03.500000Z"},
        {"orderId": "b", "sequence": 1, "type": "OrderPlaced", "at": "2026-01-01T00:00:04.000000Z"},
        {"orderId": "b", "id": "private"},
    ],
)


@given(st.lists(st.tuples(NUMBERS, NUMBERS)), st.text("<>&\"' ab"), st.sampled_from(["line", "dots"]))
def test_every_point_of_a_chart_lies_inside_its_frame(points: list[tuple[float, float]], name: str, shape: str) -> None:
    series = Series(name, points, "dots" if shape == "dots" else "line")

    drawn = ET.fromstring(Chart(name, "s", [series], [Band(1, 2, name)]).to_svg())  # noqa: S314 - written right here

    lines = (each.attrib["points"].split() for each in drawn.iter(f"{SVG}polyline"))
    dots = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in drawn.iter(f"{SVG}circle")]
    places = [*dots, *(tuple(map(float, each.split(","))) for line in lines for each in line)]
    assert len(places) == len(points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


@given(st.floats(1e-6, 1e9))
def test_steps_are_round_and_not_too_small(least: float) -> None:
    step = round_step(least)

    assert least <= step <= 5.1 * least
    assert f"{step:.0e}"[0] in "125"


def test_rates_are_per_second_and_a_count_that_falls_gains_nothing() -> None:
    assert rates([0, 2, 3, 4], [0, 10, 4, 5]) == [(2, 5), (3, 0), (4, 1)]


def test_the_summary_says_how_far_behind_the_reader_was_and_when_it_had_caught_up() -> None:
    summary = Summary.of(RUN)

    assert (summary.orders, summary.events, summary.shipped) == (2, 3, 1)
    assert (summary.most_changes, summary.most_seconds, summary.caught_up) == (7, 7.0, 2)
    assert durations(RUN) == [(1, 2.5)]
    assert summary.shipped_p50 == pytest.approx(2.5)


def test_every_picture_of_a_run_can_be_drawn() -> None:
    for chart in charts(RUN).values():
        ET.fromstring(chart.to_svg())  # noqa: S314 - written right here


def test_the_page_shows_every_picture_and_each_is_there() -> None:
    page = ROOT / "docs/seeing-it-work.md"

    shown = set(re.findall(r"\]\((pictures/[\w-]+\.svg)\)", page.read_text()))

    assert shown == {f"pictures/{name}.svg" for name in charts(RUN)}
    for each in shown:
        ET.parse(page.parent / each)  # noqa: S314 - our own file


@pytest.mark.long
def test_a_run_draws_its_pictures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "timeline", "--seconds", "8", "--into", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)

    assert "8 orders" in done.stdout
    assert {each.name for each in tmp_path.iterdir()} == {f"{name}.svg" for name in charts(RUN)}

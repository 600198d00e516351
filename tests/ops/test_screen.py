"""What a person sees of a long table on a narrow screen."""

import io

from rich.console import Console

from ops.screen import Screen

ROWS: list[dict[str, object]] = [
    {"about": "lane", "name": "project_customer_orders:" + "x" * 90, "lag": 3, "seconds": 61.5, "says": "y" * 90},
    {"about": "outbox", "name": "orders", "lag": None, "seconds": 255.0, "says": "nothing waits"},
]


def drawn(*, width: int) -> list[str]:
    paper = io.StringIO()
    with Screen(Console(file=paper, width=width)) as screen:
        screen.show(ROWS, below="12:00:00 UTC")
    return paper.getvalue().splitlines()


def test_short_words_and_numbers_stay_whole_and_long_ones_are_cut() -> None:
    for width in (60, 80, 160):
        head, first, second, below = drawn(width=width)

        assert head.split() == ["about", "name", "lag", "seconds", "says"]
        assert (first.split()[0], second.split()[:2]) == ("lane", ["outbox", "orders"])
        assert "61.5" in first
        assert "255" in second
        assert first.count("…") == 2
        assert max(map(len, (head, first, second))) <= width
        assert below == "12:00:00 UTC"

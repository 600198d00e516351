"""The page of measurements is in step with the run it is drawn from, and with what is claimed."""

from benchmarks.__main__ import CLAIMS
from benchmarks.page import PAGE, PICTURE, RESULTS, page
from benchmarks.picture import picture
from benchmarks.results import Result, Results
from tests.programs import ROOT

MEASURED = Results.read(ROOT / RESULTS)


def test_the_page_and_its_picture_are_drawn_from_the_run() -> None:
    assert (ROOT / PAGE).read_text() == page(MEASURED)
    assert (ROOT / PICTURE).read_text() == picture(MEASURED.claims)


def test_every_claim_is_on_the_page_as_it_is_claimed() -> None:
    claimed = [
        (claim.name, claim.sentence, claim.aim and claim.aim.most, claim.aim.why if claim.aim else "")
        for claim in CLAIMS
    ]

    assert [(each.name, each.sentence, each.aim, each.why) for each in MEASURED.claims] == claimed


def test_the_page_says_where_a_number_is_missed_and_why() -> None:
    result = Result("a", "b", "here", measured=0.4, bound=0.5, detail="", aim=0.25, why="The rest goes there.")

    text = page(Results((result,)))

    assert "| 0.4 | 0.5 | 0.25 | **short of its aim**" in text
    assert "`a`: 0.25 was wanted, 0.5 is held. The rest goes there." in text


def test_a_bound_that_does_not_hold_is_said_to_be_broken() -> None:
    result = Result("a", "b", "here", measured=0.6, bound=0.5, detail="", aim=0.25, why="The rest goes there.")

    assert not result.holds
    assert "**broken**" in page(Results((result,)))


def test_what_is_measured_anew_takes_the_place_of_what_it_was() -> None:
    old = [Result(name, "", "here", measured=1.0, bound=None, detail="") for name in ("gone", "kept", "anew")]
    new = Result("anew", "", "there", measured=2.0, bound=None, detail="")

    found = Results(old).renewed(Results([new]), ["anew", "kept"])

    assert found.claims == (new, old[1])

"""What was measured, as JSON: for other programs, and for the page in docs/ that is drawn from it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.claims import Claim, NotMeasured, Ratio


@dataclass(frozen=True, slots=True)
class Result:
    """One claim, measured on `machine`. Numbers are ratios or milliseconds; None when the machine lacks what it needs.

    `bound` is held, `aim` was wanted, and `why` says where the rest goes.
    """

    name: str
    sentence: str
    machine: str
    measured: float | None
    bound: float | None
    detail: str
    aim: float | None = None
    why: str = ""

    @classmethod
    def of(cls, claim: Claim, found: Ratio | NotMeasured, machine: str) -> "Result":
        aim, why = (claim.aim.most, claim.aim.why) if claim.aim else (None, "")
        match found:
            case NotMeasured(needs):
                return cls(claim.name, claim.sentence, machine, None, None, f"needs {needs}", aim, why)
            case Ratio(measured, bound, detail):
                return cls(claim.name, claim.sentence, machine, round(measured, 4), bound, detail, aim, why)

    @property
    def holds(self) -> bool:
        return self.measured is None or self.bound is None or self.measured <= self.bound

    @property
    def is_missed(self) -> bool:
        """More was wanted, whether what is held holds or not."""
        return self.measured is not None and self.aim is not None and self.measured > self.aim

    @property
    def is_short(self) -> bool:
        """It holds, and more was wanted."""
        return self.holds and self.is_missed


@dataclass(frozen=True, slots=True)
class Way:
    """One way to keep the same view of the same orders, on `machine`: microseconds, requests and units of an event.

    None where there is no server to count.
    """

    name: str
    machine: str
    client: float
    server: float | None
    wall: float
    requests: float | None
    charge: float | None


@dataclass(frozen=True, slots=True)
class Results:
    claims: Sequence[Result] = ()
    ways: Sequence[Way] = ()

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Results":
        """Nothing of a file that is not there yet."""
        if not file.exists():
            return cls()
        found = json.loads(file.read_text())
        return cls(tuple(Result(**each) for each in found["claims"]), tuple(Way(**each) for each in found["ways"]))

    def renewed(self, newer: "Results", names: Sequence[str]) -> "Results":
        """What was measured anew in the place of what it was before, in the order of `names` and of no other claim."""
        claims = {each.name: each for each in (*self.claims, *newer.claims)}
        return Results(tuple(claims[name] for name in names if name in claims), newer.ways or self.ways)

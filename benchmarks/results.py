"""What was measured, as JSON: for other programs, and for the page in docs/ that is drawn from it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.claims import Claim, NotMeasured, Ratio


@dataclass(frozen=True, slots=True)
class Result:
    """One claim. `measured` and `bound` are ratios or milliseconds; None when this machine lacks what it needs."""

    name: str
    sentence: str
    measured: float | None
    bound: float | None
    detail: str

    @classmethod
    def of(cls, claim: Claim, found: Ratio | NotMeasured) -> "Result":
        match found:
            case NotMeasured(needs):
                return cls(claim.name, claim.sentence, None, None, f"needs {needs}")
            case Ratio():
                return cls(claim.name, claim.sentence, round(found.measured, 4), found.bound, found.detail)

    @property
    def holds(self) -> bool:
        return self.measured is None or self.bound is None or self.measured <= self.bound


@dataclass(frozen=True, slots=True)
class Results:
    """Of one run on one machine."""

    machine: str
    claims: Sequence[Result]

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Results":
        found = json.loads(file.read_text())
        return cls(found["machine"], tuple(Result(**each) for each in found["claims"]))

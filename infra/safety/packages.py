"""`python -m infra.safety.packages [--required]`: no installed package with a known weakness, by pip-audit.

Fails on what it finds. Where nobody can be asked it says so and passes, unless an answer is `--required`.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

AUDIT: Final = ("-m", "pip_audit", "--progress-spinner", "off", "--timeout", "5", "--format", "json")
# Asked first: whoever does not know these knows nothing.
SHIPPED: Final = ("--requirement", "requirements.txt", "--no-deps", "--disable-pip")
INSTALLED: Final = ("--local",)
WITHIN_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Audit:
    """`asked` packages are known to whoever was asked, `unknown` ones are not; each of `weak` is a line."""

    asked: int
    unknown: int
    weak: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Audit":
        packages = told["dependencies"]
        unknown = sum("skip_reason" in each for each in packages)
        weak = tuple(
            f"{each['name']} {each['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions'])}"
            for each in packages
            for weakness in each.get("vulns", ())
        )
        return cls(len(packages) - unknown, unknown, weak)


NOBODY: Final = Audit(0, 0)


def audit(*of: str) -> Audit:
    """NOBODY when the ones to ask cannot be reached, or know none of it."""
    try:
        ended = subprocess.run(  # noqa: S603 - arguments of this module
            [sys.executable, *AUDIT, *of], check=False, capture_output=True, text=True, timeout=WITHIN_SECONDS
        )
    except subprocess.TimeoutExpired:
        return NOBODY
    return read(ended.stdout)


def read(told: str) -> Audit:
    """What pip-audit has printed; it prints nothing when it could not ask."""
    try:
        return Audit.read(json.loads(told))
    except (ValueError, KeyError, TypeError):
        return NOBODY


def verdict(found: Audit, *, is_required: bool) -> tuple[int, str]:
    """The exit code and what to say."""
    if not found.asked:
        return int(
            is_required
        ), "packages: not audited, because the list of known weaknesses cannot be reached from here"
    if found.weak:
        return 1, "\n".join(found.weak)
    return 0, f"packages: no known weakness in {found.asked}, and {found.unknown} that nobody knows"


def main(arguments: Sequence[str]) -> int:
    shipped = audit(*SHIPPED)
    code, said = verdict(audit(*INSTALLED) if shipped.asked else shipped, is_required="--required" in arguments)
    sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

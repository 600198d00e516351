"""What a review would find is found before it, and what cannot be asked is said."""

import json
from pathlib import Path

import pytest

from infra.safety import packages, secrets
from infra.safety.packages import NOBODY, Audit, verdict

WEAK = {"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"], "aliases": []}]}
SOUND = {"name": "y", "version": "1", "vulns": []}
UNKNOWN = {"name": "z", "skip_reason": "not found"}


@pytest.mark.parametrize(
    "line",
    [
        "KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq=='",  # pragma: allowlist secret
        "token: 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",  # pragma: allowlist secret
        "smtps://mailer:s3cr3t-word@mail.example.com",  # pragma: allowlist secret
    ],
)
def test_a_secret_in_a_file_is_found_and_not_shown(line: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.txt"
    file.write_text(f"first\n{line}\n")

    [found, *_] = secrets.findings([file])

    assert str(found).startswith(f"{file}:2: ")
    assert not set(line.split()) & set(str(found).split())


def test_what_is_known_to_be_none_and_what_its_line_allows_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text('A = "0af7651916cd43dd8448eb211c80319c"\nB = "9f86d081884c7d65"  # pragma: allowlist secret\n')

    assert list(secrets.findings([file])) == []


def test_a_known_weakness_fails_with_its_name_and_what_mends_it() -> None:
    found = packages.read(json.dumps({"dependencies": [WEAK, SOUND, UNKNOWN], "fixes": []}))

    assert found == Audit(asked=2, unknown=1, weak=("x 1: CVE-1, mended in 2",))
    assert verdict(found, is_required=False) == (1, "x 1: CVE-1, mended in 2")


@pytest.mark.parametrize("told", ["", "Traceback", "[]", json.dumps({"dependencies": [UNKNOWN]})])
def test_nobody_to_ask_is_said_and_fails_only_where_an_answer_is_required(told: str) -> None:
    found = packages.read(told)

    assert not found.asked
    assert verdict(found, is_required=False)[0] == 0
    assert verdict(found, is_required=True)[0] == 1
    assert "not audited" in verdict(NOBODY, is_required=False)[1]

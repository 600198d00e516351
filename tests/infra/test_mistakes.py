"""What the checks find of thirty-one planted mistakes, and by name what they miss."""

import os
from pathlib import Path

import pytest

from infra.checks import findings
from infra.checks.full_types import SETTING, FullTypes
from infra.checks.registry_types import RegistryTypes
from infra.checks.shapes import Types
from tests.infra.environments import ROOT, app, copied
from tests.infra.mistakes import MISTAKES, Mistake

MISSED_BY_EVERY_CHECK = {
    "lease that is free before it is renewed",
    "region that does not exist",
    "two subnets on the same addresses",
}
MISSED_BY_THE_REGISTRY = MISSED_BY_EVERY_CHECK | {"required property left out"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("spoilt"))


@pytest.fixture(scope="module")
def full() -> Types:
    if not os.environ.get(SETTING):
        pytest.skip(f"{SETTING} names no file of the compiler's own type data")
    return FullTypes(Path(os.environ[SETTING]))


def found(mistake: Mistake, tree: Path, types: Types) -> set[str]:
    """The names of the checks that speak up once the mistake is made."""
    mistake.plant(tree)
    try:
        return {finding.check for finding in findings(tree, types, app())}
    finally:
        mistake.heal(tree, ROOT)


def test_there_are_thirty_one() -> None:
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES) == 31


def test_the_real_files_raise_no_alarm(tree: Path) -> None:
    assert findings(tree, RegistryTypes(), app()) == ()


def test_the_real_files_raise_no_alarm_with_full_types(tree: Path, full: Types) -> None:
    assert findings(tree, full, app()) == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_by_its_check_or_is_known_to_be_missed(mistake: Mistake, tree: Path) -> None:
    checks = found(mistake, tree, RegistryTypes())

    if mistake.name in MISSED_BY_THE_REGISTRY:
        assert checks == set()
    else:
        assert mistake.check in checks


def test_with_full_types_only_these_are_missed(tree: Path, full: Types) -> None:
    checks = {mistake.name: (mistake.check, found(mistake, tree, full)) for mistake in MISTAKES}

    assert {name for name, (_, spoke) in checks.items() if not spoke} == MISSED_BY_EVERY_CHECK
    assert all(check in spoke for check, spoke in checks.values() if spoke)


def test_the_registry_alone_finds_22_and_full_types_find_26() -> None:
    """With the two tests above: what is not listed as missed is found."""
    names = {mistake.name for mistake in MISTAKES}

    assert names >= MISSED_BY_THE_REGISTRY >= MISSED_BY_EVERY_CHECK
    assert len(names - MISSED_BY_THE_REGISTRY) >= 22
    assert len(names - MISSED_BY_EVERY_CHECK) >= 26

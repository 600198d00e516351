"""Whoever acts at a command line is who is signed in to the Azure CLI, or else to the machine."""

import getpass
import json
from pathlib import Path

import pytest

from ops.author import name, signed_in


def profile(folder: Path, *accounts: object) -> Path:
    """As the CLI writes it: with a byte order mark."""
    file = folder / "azureProfile.json"
    file.write_text(json.dumps({"subscriptions": accounts}), encoding="utf-8-sig")
    return file


def test_the_default_subscriptions_user_acts(tmp_path: Path) -> None:
    other = {"isDefault": False, "user": {"name": "bob@example.com"}}
    mine = {"isDefault": True, "user": {"name": "ada@example.com"}}

    assert name(profile(tmp_path, other, mine)) == "ada@example.com"


@pytest.mark.parametrize("accounts", [(), ({"isDefault": False},), ({"isDefault": True},), ("nonsense",)])
def test_a_profile_that_names_nobody_is_no_trouble(tmp_path: Path, accounts: tuple[object, ...]) -> None:
    file = profile(tmp_path, *accounts)

    assert signed_in(file) == ""
    assert name(file) == getpass.getuser()


def test_without_the_azure_cli_the_machine_says_who_it_is(tmp_path: Path) -> None:
    assert name(tmp_path / "nothing") == getpass.getuser()

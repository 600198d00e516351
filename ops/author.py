"""Who acts, and why: what every command asks that changes something."""

import argparse
import getpass
import json
from pathlib import Path
from typing import Final

from shared.pipeline.deeds import Author

PROFILE: Final = Path.home() / ".azure" / "azureProfile.json"


def arguments(parser: argparse.ArgumentParser, *, why: str | None = None) -> None:
    """Without a `why` of its own the command asks for one."""
    parser.add_argument("--why", required=why is None, default=why, help="the reason, kept with what was done")
    parser.add_argument("--as", dest="who", default=name(), help="who does it (default: %(default)s)")


def author(options: argparse.Namespace) -> Author:
    return Author(options.who, options.why)


def name(profile: Path = PROFILE) -> str:
    """Whoever is signed in to the Azure CLI, or else to this machine."""
    return signed_in(profile) or getpass.getuser()


def signed_in(profile: Path) -> str:
    """As the CLI has kept it, with a mark for its encoding in front; nobody when it has not."""
    try:
        found = json.loads(profile.read_text(encoding="utf-8-sig"))["subscriptions"]
        return next(str(each["user"]["name"]) for each in found if each["isDefault"])
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return ""

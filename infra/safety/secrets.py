"""`python -m infra.safety.secrets`: no key, token or password in any tracked file, as far as detect-secrets knows them.

What looks like one and is none is in KNOWN, under the reason, or its line says `pragma: allowlist secret`.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from detect_secrets.core.scan import scan_file
from detect_secrets.plugins.base import BasePlugin
from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
from detect_secrets.settings import default_settings, get_plugins

EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
KNOWN: Final[Mapping[str, str]] = {
    "the key of every emulator, which Microsoft publishes": rf"(?:AccountKey=)?{re.escape(EMULATOR_KEY)}",
    "base64 of the words that it is a wrong key": r"d3Jvbmcga2V5[\w=]+",
    "a place for a password": r"PASSWORD|\*+",
    "hashes of partition keys, in the store's upper case": r"[0-9A-F]{14,}",
    "the traces of the W3C's own examples": r"0af7651916cd43dd8448eb211c80319c|4bf92f3577b34da6a3ce929d0e0e4736",
    "an alphabet": r"[a-z]+234567",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Never the secret itself: this is printed."""

    path: Path
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind}"


def findings(paths: Iterable[Path]) -> Iterator[Finding]:
    """Line by line is slow, so only in files where anything at all looks like a secret."""
    with default_settings():
        for path in paths:
            if _is_suspect(path.read_text(encoding="utf-8", errors="replace")):
                found = [each for each in scan_file(str(path)) if not _is_known(each.secret_value or "")]
                yield from (Finding(path, each.line_number, each.type) for each in found)


def _is_suspect(text: str) -> bool:
    return any(_shows(plugin, text) for plugin in get_plugins())


def _shows(plugin: BasePlugin, text: str) -> bool:
    candidates: Iterator[str] = iter(plugin.analyze_string(text))
    if isinstance(plugin, HighEntropyStringsPlugin):
        return any(plugin.calculate_shannon_entropy(each) > plugin.entropy_limit for each in candidates)
    return next(candidates, None) is not None


def _is_known(secret: str) -> bool:
    return any(re.fullmatch(pattern, secret) for pattern in KNOWN.values())


def tracked(root: Path) -> list[Path]:
    """What git knows of, and what it would if it were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is found on PATH
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := root / name).is_file()]


def main() -> int:
    found = list(findings(tracked(Path())))
    sys.stdout.writelines(f"{each}: is it a secret?\n" for each in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

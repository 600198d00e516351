"""The fenced blocks of a page, in their order.

`sh` is run by the tests, in order, in one served app; a `json` block after it is what it must print. `console` needs
Azure's own programs and is not run.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    text: str

    @property
    def make_targets(self) -> tuple[str, ...]:
        """Empty unless the block is nothing but make."""
        commands = [line.split() for line in self.text.splitlines()]
        return tuple(words[1] for words in commands) if all(words[0] == "make" for words in commands) else ()


def blocks(page: Path) -> tuple[Block, ...]:
    return tuple(Block(language, text) for language, text in _BLOCK.findall(page.read_text(encoding="utf-8")))

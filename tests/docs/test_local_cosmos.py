"""What the page about the local server shows is what happens."""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from local.cosmos import control
from local.cosmos.command import add_arguments
from tests.docs.blocks import Block, blocks
from tests.programs import ROOT, Program, started

PATH = ROOT / "docs" / "local-cosmos.md"
START, *PAGE = blocks(PATH)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Program]:
    """The page's first block, on a free port."""
    python, _, *module = START.text.replace("8081", "0").split()
    assert (START.language, python) == ("sh", ".venv/bin/python")
    with started(*module, output=tmp_path / "said") as program:
        yield program


def output_of(block: Block, url: str) -> str:
    here = re.sub(r"(http://)?localhost:8081", url, block.text)
    command = [sys.executable, "-c", here] if block.language == "python" else ["bash", "-euo", "pipefail", "-c", here]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{block.text}\n{done.stderr}"
    return done.stdout


def test_the_blocks_run_in_order_and_answer_what_the_page_shows(served: Program) -> None:
    url = served.url("cosmos: listening")

    for block, follower in pairwise([*PAGE, Block("end", "")]):
        if block.language == "json":
            continue
        output = output_of(block, url)
        if block.language == "sh":
            answer = json.loads(output)
            assert "message" not in answer, f"{block.text}\n{answer}"
            assert follower.language != "json" or answer == json.loads(follower.text), block.text


def test_every_control_path_has_an_example() -> None:
    shown = {path for block in PAGE for path in re.findall(r"/_local/([\w-]+)", block.text)}

    assert shown == {"changes", *(path for _, path in control._ACTS)}


def test_the_table_of_options_is_the_programs() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)

    shown = re.findall(r"^\| `(--\w+)` \|", PATH.read_text(), re.MULTILINE)

    assert sorted(shown) == sorted(parser._option_string_actions)

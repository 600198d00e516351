"""What the README shows is what happens."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest

from tests.docs.blocks import Block, blocks
from tests.programs import ROOT, Program, started, until

README = ROOT / "README.md"
PAGE = blocks(README)
# `make demo` is run whole by the fresh clone test, `make serve` by the fixture below; test and check run this.
COMMANDS = [block for block in PAGE if block.language == "sh" and not block.make_targets]
EXAMPLE: dict[str, str] = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
CHOSEN_BY_THE_APP = {"createdAt", "measured", "last"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("served")
    ports = ("--port", "0", "--cosmos-port", "0")
    with started("local", "serve", *ports, "--data", str(folder / "cosmos.sqlite"), output=folder / "said") as program:
        yield program


def answer_of(commands: str, served: Program) -> Any:  # noqa: ANN401 - JSON of several shapes
    here = re.sub(r"(http://)?(localhost|127\.0\.0\.1):7071", served.url("host    http"), commands)
    hubs = until(lambda: re.search(r"^hubs +(sb://\S+)", served.said, re.MULTILINE), what="where Event Hubs is")
    environ = {
        **os.environ,
        "COSMOS": re.sub(r"http://[^/]*", served.url("cosmos  http"), EXAMPLE["COSMOS"]),
        "EVENTHUBS": re.sub(r"sb://[^;]*", hubs[1], EXAMPLE["EVENTHUBS"]),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here], cwd=ROOT, check=True, capture_output=True, env=environ
    )
    return json.loads(done.stdout)


def comparable(value: Any) -> Any:  # noqa: ANN401 - JSON of several shapes
    match value:
        case dict():
            return {key: comparable(inner) for key, inner in value.items() if key not in CHOSEN_BY_THE_APP}
        case list():
            return [comparable(inner) for inner in value]
        case _:
            return value


def shown_after(block: Block) -> object:
    """None when the page shows no answer."""
    follower = next((after for before, after in pairwise(PAGE) if before is block), block)
    return json.loads(follower.text) if follower.language == "json" else None


def test_the_blocks_run_in_order_and_answer_what_the_page_shows(served: Program) -> None:
    for block in COMMANDS:
        shown, asks_only = shown_after(block), "-d" not in block.text

        def is_shown(block: Block = block, shown: object = shown) -> bool | None:
            answer = answer_of(block.text, served)
            return (shown is None or comparable(answer) == comparable(shown)) or None

        if asks_only:
            # A view follows its events; reading it may be repeated, ordering not.
            until(is_shown, what=f"the answer shown after\n{block.text}", within=20)
        else:
            assert is_shown(), block.text


def test_what_serve_suggests_works_as_it_stands(served: Program) -> None:
    place, view = re.findall(r"^  (curl .*)$", served.said, re.MULTILINE)

    order = answer_of(place, served)

    def is_visible() -> bool | None:
        return order["orderId"] in {row["orderId"] for row in answer_of(view, served)} or None

    until(is_visible, what="the order in its customer's view", within=20)


def test_ctrl_c_ends_serve_and_both_programs(tmp_path: Path) -> None:
    ports = ("--port", "0", "--cosmos-port", "0")
    with started("local", "serve", *ports, "--data", str(tmp_path / "c.sqlite"), output=tmp_path / "said") as program:
        api, cosmos = program.url("host    http"), program.url("cosmos  http")

        program.process.send_signal(SIGINT)

        assert program.process.wait(timeout=30) == 128 + SIGINT
    for url in (api, cosmos):
        assert subprocess.run(["curl", "-s", url], check=False).returncode == 7  # connection refused


def test_a_port_that_is_taken_is_one_line(served: Program) -> None:
    port = served.url("cosmos  http").rsplit(":", 1)[1]
    command = [sys.executable, "-m", "local", "serve", "--cosmos-port", port, "--port", "0"]

    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"serve: port {port} is taken; stop what listens there or choose another\n"


def test_every_block_is_run_or_says_that_it_needs_azure() -> None:
    assert {block.language for block in PAGE} <= {"sh", "json", "console"}
    assert sum(block.language == "console" for block in PAGE) <= 3


@pytest.mark.parametrize("target", sorted({target for block in PAGE for target in block.make_targets}))
def test_every_make_command_exists(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_ci_runs_the_commands_of_the_page() -> None:
    script = (ROOT / ".ci" / "run").read_text()

    assert {"make test", "make check"} == set(re.findall(r'"(make \w+)"', script))
    assert {"test", "check"} <= {target for block in PAGE for target in block.make_targets}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_settings_table_is_the_examples() -> None:
    about: dict[str, str] = json.loads((ROOT / "local.settings.json.example").read_text())["About"]

    shown = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", README.read_text(), re.MULTILINE))

    assert {name: shown.get(name) for name in about} == about

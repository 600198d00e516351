"""What the pages about Azure show is run where it can be, and says that it was not where it cannot."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ops.__main__ import parser
from shared.capacity import limits
from shared.cosmos.provision import MODEL
from shared.settings import Settings
from tests.docs.blocks import Block, blocks
from tests.programs import ROOT, started

PAGES = tuple(ROOT / "docs" / f"{name}.md" for name in ("deploy", "emulators", "operating", "recovery", "scaling"))
EXAMPLE: dict[str, str] = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
RUN = [(page, block, after) for page in PAGES for block, after in pairwise([*blocks(page), Block("end", "")])]
NEEDS = re.compile(r"^(az|azd|func|gh) |^make emulators$|--cosmos-endpoint|documents\.azure\.com", re.MULTILINE)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the pages mean by "with `make serve` running": a provisioned store. What they show needs no host."""
    output = tmp_path_factory.mktemp("store") / "said"
    with started("local", "cosmos", "--port", "0", output=output) as program:
        connection = re.sub(r"http://[^/]*", program.url("cosmos: listening").rstrip("/"), EXAMPLE["COSMOS"])
        found = {**os.environ, "COSMOS": connection}
        example = str(ROOT / "local.settings.json.example")
        command = [str(ROOT / ".venv/bin/python"), "-m", "ops", "provision", "--settings", example]
        subprocess.run(command, cwd=ROOT, env=found, check=True, capture_output=True)
        yield found


@pytest.mark.parametrize(
    ("page", "block", "after"),
    [each for each in RUN if each[1].language == "sh"],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_a_block_that_can_be_run_answers_what_the_page_shows(
    environ: dict[str, str], page: Path, block: Block, after: Block
) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, f"{page.name}: {block.text}\n{done.stdout}{done.stderr}"
    match after.language:
        case "json":
            assert json.loads(done.stdout) == json.loads(after.text)
        case "text":
            assert done.stdout == after.text
        case _:
            assert done.stdout


def test_what_is_not_run_needs_azure_or_docker() -> None:
    for page, block, _ in RUN:
        assert block.language in {"sh", "console", "json", "text", "end"}, page.name
        if block.language == "console":
            assert NEEDS.search(block.text), f"{page.name}: {block.text}"


def test_no_block_hides_in_a_list() -> None:
    for page in PAGES:
        assert page.read_text().count("```") == page.read_text().count("\n```"), page.name


def test_each_page_with_such_a_block_says_that_nobody_has_run_it() -> None:
    for page in PAGES:
        text = " ".join(page.read_text().split())
        if any(block.language == "console" for block in blocks(page)):
            assert re.search(r"Nobody has run this page|None of them was run|was never done in Azure", text), page.name


def test_what_a_page_links_to_is_there() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[\w-]+)?\)", page.read_text()):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_file_that_a_page_names_is_there() -> None:
    for page in PAGES:
        for path in re.findall(r"`((?:tests|infra|shared|\.github)/[\w./-]*\.\w+)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_the_emulators_settings_are_ones_the_app_takes() -> None:
    (given,) = [json.loads(block.text) for block in blocks(ROOT / "docs/emulators.md") if block.language == "json"]

    read = Settings.read(EXAMPLE | given)

    assert read.cosmos.endpoint == "https://localhost:8081/"
    assert not read.cosmos.verify_certificate
    assert read.eventhubs
    assert read.eventhubs.namespace == "localhost"


def test_the_emulators_ports_are_those_of_the_compose_file() -> None:
    compose, page = ((ROOT / name).read_text() for name in ("docker-compose.yml", "docs/emulators.md"))

    for port in re.findall(r'127\.0\.0\.1:(\d+):\d+"', compose):
        assert port in page, port


def test_the_table_of_constants_is_the_programs() -> None:
    text = (ROOT / "docs/scaling.md").read_text()
    shown = {name: float(value) for name, value in re.findall(r"^\| `([A-Z_]+)` \| ([\d.]+) \|", text, re.MULTILINE)}

    assert shown == {
        name: pytest.approx(value, abs=0.005 if value > 1 else 0)
        for name, value in vars(limits).items()
        if name.isupper()
    }


def test_the_table_of_options_is_the_programs() -> None:
    options = parser().parse_args(["plan", "--orders-per-second", "1"])
    of_every_command = {"command", "table", "settings"}

    shown = re.findall(r"^\| `--([\w-]+)` \|", (ROOT / "docs/scaling.md").read_text(), re.MULTILINE)

    assert {name.replace("-", "_") for name in shown} == vars(options).keys() - of_every_command


def test_restoring_names_every_container_that_holds_more_than_places() -> None:
    text = (ROOT / "docs/recovery.md").read_text()
    model = json.loads((ROOT / MODEL).read_text())

    (restored,) = re.findall(r"collections=((?:[\w-]+|\s|\\)+?)```", text)

    kept = {entry["name"] for entry in model["containers"] if entry["database"] == model["database"]}
    assert set(restored.replace("\\", " ").split()) == kept

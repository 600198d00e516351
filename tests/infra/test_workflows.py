"""The workflows are what GitHub accepts, trust nothing that can move, and can do no more than they need."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SMOKE = ROOT / ".github" / "smoke.sh"


def read(file: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = YAML(typ="safe").load(file)
    return workflow


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            yield f"{file.stem}.{name}", job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in jobs():
        yield from ((name, step) for step in job["steps"])


DEPLOY = read(ROOT / ".github" / "workflows" / "deploy.yml")
DEPLOYING: list[dict[str, Any]] = DEPLOY["jobs"]["deploy"]["steps"]


def place(of: str) -> int:
    """Where the step of that name stands."""
    return [step.get("name") for step in DEPLOYING].index(of)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_matches_githubs_own_schema(file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_by_its_commit_and_says_its_version() -> None:
    used = [line for file in WORKFLOWS for line in file.read_text().splitlines() if "uses:" in line]

    assert used
    for line in used:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_version_everywhere() -> None:
    used = {step["uses"] for _, step in steps() if "uses" in step}

    assert len({action.split("@")[0] for action in used}) == len(used)


def test_nothing_may_write_but_the_deployment_which_may_ask_for_a_token_of_its_identity() -> None:
    for file in WORKFLOWS:
        assert set((read(file)["permissions"] or {}).values()) <= {"read"}, file.name
    for name, job in jobs():
        granted = {scope for scope, access in job.get("permissions", {}).items() if access == "write"}
        assert granted == ({"id-token"} if name == "deploy.deploy" else set()), name


def test_no_workflow_knows_a_secret() -> None:
    for file in WORKFLOWS:
        assert "secrets." not in file.read_text(), file.name


def test_what_others_can_choose_never_becomes_part_of_a_script() -> None:
    for name, step in steps():
        assert "${{" not in step.get("run", ""), (name, step)


def test_a_checkout_leaves_no_token_behind() -> None:
    for name, step in steps():
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, name


def test_every_job_ends_by_itself() -> None:
    for name, job in jobs():
        assert job["timeout-minutes"] <= 90, name


def test_every_script_can_be_read_by_its_shell() -> None:
    scripts = [step["run"] for _, step in steps() if "run" in step] + [SMOKE.read_text()]

    for script in scripts:
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_every_file_and_make_target_that_is_named_exists() -> None:
    scripts = "\n".join(step.get("run", "") for _, step in steps())

    for target in re.findall(r"^make (\w+)", scripts, re.MULTILINE):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)
    for path in re.findall(r"\b(?:tests|infra|local|\.github)/[\w./]+\b", scripts):
        assert (ROOT / path).exists(), path


def test_each_environment_that_can_be_chosen_has_parameters_and_takes_a_zip() -> None:
    chosen = DEPLOY["on"]["workflow_dispatch"]["inputs"]["environment"]["options"]

    for environment in chosen:
        parameters = (ROOT / "infra" / f"main.{environment}.bicepparam").read_text()
        assert "using 'resources.bicep'" in parameters
        assert "remoteBuild" not in parameters


def test_production_changes_only_after_staging_has_passed() -> None:
    order = [
        place(name)
        for name in (
            "Say what would change",
            "Change it",
            "Deploy to the staging slot",
            "Smoke test of the staging slot",
            "Swap",
            "Smoke test of production",
            "Swap back",
        )
    ]

    assert order == sorted(order)
    assert {DEPLOYING[place("Say what would change")]["with"]["operation"]} == {"whatIf"}
    assert DEPLOYING[place("Deploy to the staging slot")]["with"]["slot-name"] == "staging"


def test_a_production_that_fails_gets_its_version_back() -> None:
    swap, back = DEPLOYING[place("Swap")], DEPLOYING[place("Swap back")]

    assert back["if"] == f"failure() && steps.{swap['id']}.outcome == 'success'"
    assert back["run"].splitlines()[0] == swap["run"]
    assert place("Swap back") == len(DEPLOYING) - 1


def test_two_deployments_of_one_environment_wait_for_each_other() -> None:
    assert DEPLOY["concurrency"]["group"].endswith("${{ inputs.environment }}")
    assert DEPLOY["concurrency"]["cancel-in-progress"] is False


def test_the_package_has_no_room_that_is_not_shipped_and_keeps_its_libraries() -> None:
    ignored = (ROOT / ".funcignore").read_text().splitlines()

    assert {"tests/", "infra/", "local/", "local.settings.json*"} <= set(ignored)
    assert not any(".python_packages" in line for line in ignored)

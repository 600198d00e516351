"""How Bicep is read and worked out: what an expression amounts to, and what is said of one that amounts to nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.checks import findings, json_file
from infra.checks.deploy import Instance
from infra.checks.places import Place
from infra.checks.registry_types import RegistryTypes
from infra.checks.surroundings import World
from infra.checks.symbols import misnamed
from infra.checks.template import read
from infra.checks.values import Record, Runtime, Value
from tests.infra.environments import ROOT, app, copied
from tests.infra.mistakes import MISTAKES

GROUP = "/subscriptions/0/resourceGroups/rg"
SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def worked_out(tree: Path, text: str) -> tuple[Record, list[str]]:
    """The outputs of a template, and what is wrong with it."""
    (tree / "x.bicep").write_text(text)
    world, template = World(tree), read(tree, "x.bicep")
    outputs = Instance(world, template, Record(Place("x.bicep")), GROUP).deploy()
    return outputs, [str(each) for each in (*template.findings, *misnamed(template), *world.findings)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 > 2 && !false", True),
        ("'a${'b'}c'", "abc"),
        (r"'it\'s \${no}'", "it's ${no}"),
        ("true ? { a: 1 }.a : 2", 1),
        ("[{ n: 'x' }, { n: 'y' }][1].n", "y"),
        ("{ a: null }.a ?? 'else'", "else"),
        ("{ a: 1 }.?b", None),
        ("map([1, 2], n => { v: n })[1].v", 2),
        ("toObject(['a'], k => k, k => '${k}!').a", "a!"),
        ("union({ a: { b: 1 } }, { a: { c: 2 } }).a.b", 1),
        ("join(map(items({ b: 1, a: 2 }), i => i.key), '')", "ab"),
        ("flatten([[1], [2, 3]])[2]", 3),
        ("indexOf(['a', 'b'], 'b')", 1),
        ("cidrSubnet('10.0.0.0/16', 24, 2)", "10.0.2.0/24"),
        ("length([for n in [1, 2]: n])", 2),
        ("resourceId('Microsoft.Web/sites', 'x')", f"{GROUP}/providers/Microsoft.Web/sites/x"),
        ("take(uniqueString('a'), 5) == take(uniqueString('a'), 5)", True),
        ("uniqueString('a') == uniqueString('b')", False),
    ],
)
def test_an_expression_amounts_to_what_bicep_says(tmp_path: Path, expression: str, expected: Value) -> None:
    outputs, wrong = worked_out(tmp_path, f"output x object = {expression}\n")

    assert wrong == []
    assert outputs["x"] == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output x string = nobody", "x.bicep:1: 'nobody' is not declared [name]"),
        ("output x string = toLowre('A')", "x.bicep:1: there is no function toLowre() (did you mean 'toLower'?)"),
        ("var a = 1\nvar a = 2\noutput x int = a", "x.bicep:2: 'a' is declared twice [name]"),
        ("param p string = 'x'\n", "x.bicep:1: 'p' is never used [unused]"),
        ("output x string = { a: 1 }.b", "x.bicep:1: no 'b' among a [member]"),
        ("output x string = [1][3]", "x.bicep:1: nothing stands at [3] [member]"),
        ("var a = b\nvar b = a\noutput x string = a", "'a' needs itself: a → b → a [name]"),
        ("output x string = 'a' ? 1 : 2", "a condition must be known before the deployment [type]"),
        ("output x object = { a: 1, a: 2 }", "'a' is given twice [name]"),
        ("output x object = loadJsonContent('no.json')", "x.bicep:1: no.json does not exist [file]"),
        ("output x object = loadJsonContent('bad.json')", "bad.json:2: not JSON"),
        ("module m 'no.bicep' = { name: 'm' }\noutput x string = m.name", "module file no.bicep does not exist [file]"),
        ("assert a = true", "[syntax]"),
        ("output x string = padLeft('a', 3)", "padLeft() is not known to these checks [function]"),
        ("param p strin\noutput x string = p ?? ''", "x.bicep:1: 'strin' is not a type that is known here [type]"),
    ],
)
def test_what_amounts_to_nothing_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.json").write_text('{\n  "a" 1 }')

    _, wrong = worked_out(tmp_path, f"{text}\n")

    assert said in "\n".join(wrong)


def test_what_only_azure_knows_says_what_it_will_be(tmp_path: Path) -> None:
    text = "resource v 'Microsoft.KeyVault/vaults@2024-11-01' existing = { name: 'kv' }\n"

    outputs, wrong = worked_out(tmp_path, f"{text}output x string = v.properties.vaultUri\n")

    assert (outputs["x"], wrong) == (Runtime("kv.properties.vaultUri"), [])


@given(JSON)
def test_json_is_read_as_python_reads_it(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    import json  # noqa: PLC0415 - beside json_file, whose name says the same

    folder = tmp_path_factory.getbasetemp()
    (folder / "any.json").write_text(json.dumps({"value": value}, indent=1), encoding="utf-8")

    found = json_file.load(folder, "any.json")

    assert found == {"value": value}


def test_a_key_of_json_knows_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{\n  "a": 1,\n\n  "b": { "c":\n [2] }\n}')

    found = json_file.load(tmp_path, "x.json")

    assert isinstance(found, Record)
    assert (found.place("a").line, found.place("b").line) == (2, 4)


def test_a_file_that_nothing_deploys_is_noticed(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tree / "infra" / "modules" / "forgotten.bicep").write_text("output x string = 'x'\n")
    (tree / "infra" / "kql" / "forgotten.kql").write_text("requests\n")

    found = [str(each) for each in findings(tree, RegistryTypes(), app())]

    assert found == [
        "infra/kql/forgotten.kql:1: no alert asks this query [stray]",
        "infra/modules/forgotten.bicep:1: no environment deploys this file [stray]",
    ]


def test_the_command_says_where_and_fails(tmp_path: Path) -> None:
    for name in ("api", "gateways", "orders", "projections", "sagas", "shared"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("function_app.py", "host.json", "local.settings.json.example"):
        (tmp_path / name).symlink_to(ROOT / name)
    tree = copied(tmp_path)
    (tree / "infra" / "checks").symlink_to(ROOT / "infra" / "checks")
    (tree / "infra" / "__init__.py").touch()
    command = [sys.executable, "-m", "infra.checks"]
    MISTAKES[0].plant(tree)

    ran = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)

    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("infra/modules/cosmos.bicep:")
    assert "(did you mean 'enableBurstCapacity'?) [property]" in ran.stdout


def test_the_command_is_silent_about_the_real_files() -> None:
    ran = subprocess.run([sys.executable, "-m", "infra.checks"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")

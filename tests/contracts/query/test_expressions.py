"""What operators make of values, undefined among them. `...` stands for undefined."""

import pytest

from tests.contracts.query.runs import Document, worth

DOC: Document = {
    "n": 5,
    "s": "text",
    "t": True,
    "nul": None,
    "a": [1, [2], {"k": 3}],
    "o": {"p": {"q": 7}, "odd key": 8},
}

PATHS = [
    ("c.o.p.q", 7),
    ("c['o'][\"p\"].q", 7),
    ("c.o['odd key']", 8),
    ("c.a[2].k", 3),
    ("c.a[@at]", [2]),
    ("c[@name]", 5),
    ("c.a[9]", ...),
    ("c.a['k']", ...),
    ("c.a[0.5]", ...),
    ("c.s.x", ...),
    ("c.gone.x", ...),
    ("c.nul.x", ...),
    ("c.nul", None),
    ("{a: {b: 1}}.a.b", 1),
    ("[1, 2][1]", 2),
]


@pytest.mark.parametrize(("expression", "expected"), PATHS)
def test_a_path_that_leads_nowhere_is_undefined(expression: str, expected: object) -> None:
    assert worth(expression, DOC, {"@at": 1, "@name": "n"}) == expected


ARITHMETIC = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 3 - 2", 5),
    ("7 % 3", 1),
    ("-7 % 3", -1),
    ("7 / 2", 3.5),
    ("6 / 2", 3),
    ("-c.n", -5),
    ("- -c.n", 5),
    ("+c.n", 5),
    ("+c.s", ...),
    ("1 / 0", ...),
    ("1 % 0", ...),
    ("1e308 * 10", ...),
    ("c.n + '1'", ...),
    ("c.n + true", ...),
    ("c.n + c.gone", ...),
    ("0x1F", 31),
    (".5 + 1.", 1.5),
    ("1e3", 1000),
    ("9007199254740993 + 0", 9007199254740992),
    ("100 >> 2", 25),
    ("100 << 2", 400),
    ("-1 >>> 0", 4294967295),
    ("100 & 1000", 96),
    ("100 | 1000", 1004),
    ("100 ^ 1000", 908),
    ("~5", -6),
    ("2147483648 | 0", -2147483648),
    ("'a' || 'b' || 'c'", "abc"),
    ("'a' || 1", ...),
]


@pytest.mark.parametrize(("expression", "expected"), ARITHMETIC)
def test_operators_work_on_their_own_type_only(expression: str, expected: object) -> None:
    result = worth(expression, DOC)

    assert result == expected
    assert type(result) is type(expected) or isinstance(result, float)


COMPARISONS = [
    ("1 = 1.0", True),
    ("1 = true", False),
    ("0 = false", False),
    ("1 != true", True),
    ("'1' = 1", False),
    ("c.nul = null", True),
    ("c.nul != 1", True),
    ("c.gone = null", ...),
    ("c.gone != null", ...),
    ("c.gone = c.gone", ...),
    ("1 <> 2", True),
    ("[1, {a: 2}] = [1.0, {'a': 2}]", True),
    ("[1] = [true]", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} = {a: 1, b: null}", False),
    ("2 > 1", True),
    ("'b' > 'a'", True),
    ("'a' < 'B'", False),
    ("true > false", True),
    ("null >= null", True),
    ("null > null", False),
    ("1 < '2'", ...),
    ("1 < true", ...),
    ("null < 1", ...),
    ("[1] < [2]", ...),
    ("c.gone < 1", ...),
    ("c.n BETWEEN 5 AND 6", True),
    ("c.n NOT BETWEEN 5 AND 6", False),
    ("c.s BETWEEN 1 AND 2", ...),
    ("c.n IN (1, '5', 5)", True),
    ("c.n NOT IN (1, 2)", True),
    ("true IN (1)", False),
    ("c.gone IN (1)", ...),
    ("c.n IN (c.gone, 5)", True),
]


@pytest.mark.parametrize(("expression", "expected"), COMPARISONS)
def test_comparisons_know_types(expression: str, expected: object) -> None:
    assert worth(expression, DOC) is expected


LOGIC = [
    ("true AND c.gone", ...),
    ("false AND c.gone", False),
    ("c.gone AND false", False),
    ("true OR c.gone", True),
    ("c.gone OR true", True),
    ("c.gone OR false", ...),
    ("NOT c.gone", ...),
    ("NOT c.s", ...),
    ("NOT c.t", False),
    ("1 AND true", ...),
    ("1 OR true", True),
    ("true OR true AND false", True),
    ("NOT false AND false", False),
    ("c.gone ?? 'else'", "else"),
    ("c.nul ?? 'else'", None),
    ("c.gone ?? c.gone ?? 3", 3),
    ("c.t ? 1 : 2", 1),
    ("c.s ? 1 : 2", 2),
    ("c.gone ? 1 : 2", 2),
    ("false ? 1 : true ? 2 : 3", 2),
    ("c.n > 3 AND c.t ? 'y' : 'n'", "y"),
    ("IIF(c.n, 1, c.gone)", ...),
    ("IIF(c.t, c.n, c.gone)", 5),
]


@pytest.mark.parametrize(("expression", "expected"), LOGIC)
def test_undefined_is_a_third_truth_value(expression: str, expected: object) -> None:
    assert worth(expression, DOC) == expected


LIKES = [
    ("'fruit' LIKE 'fr%'", True),
    ("'fruit' LIKE '%UIT'", False),
    ("'fruit' LIKE 'f_uit'", True),
    ("'fruit' LIKE 'fruit_'", False),
    ("'fruit' LIKE 'f[q-s]uit'", True),
    ("'fruit' LIKE 'f[^q-s]uit'", False),
    ("'20%' LIKE '20[%]'", True),
    ("'20x' LIKE '20[%]'", False),
    ("'20%' LIKE '20^%' ESCAPE '^'", True),
    ("'20x' LIKE '20^%' ESCAPE '^'", False),
    ("'a.c' LIKE 'a.c'", True),
    ("'abc' LIKE 'a.c'", False),
    ("'a\\nb' LIKE 'a%b'", True),
    ("'x' LIKE '[z-a]'", False),
    ("'[' LIKE '['", True),
    ("'fruit' NOT LIKE 'x%'", True),
    ("1 LIKE '1'", ...),
    ("c.gone LIKE '%'", ...),
    ("c.gone NOT LIKE '%'", ...),
]


@pytest.mark.parametrize(("expression", "expected"), LIKES)
def test_like_reads_its_wildcards_and_nothing_else(expression: str, expected: object) -> None:
    assert worth(expression, DOC) is expected


LITERALS = [
    (r"'it\'s'", "it's"),
    (r'"say \"a\""', 'say "a"'),
    (r"'\u0041\n\t\\\/'", "A\n\t\\/"),
    (r"'\uD83D\uDE00'", "\N{GRINNING FACE}"),
    ("'-- no comment'", "-- no comment"),
    ("[1, 'a', null, undefined]", [1, "a", None]),
    ("{'a b': 1, c: undefined}", {"a b": 1}),
    ("TRUE", True),
]


@pytest.mark.parametrize(("expression", "expected"), LITERALS)
def test_literals_are_read_as_json_reads_them(expression: str, expected: object) -> None:
    assert worth(expression) == expected

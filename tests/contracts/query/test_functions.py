"""Built-in functions, with arguments of the documentation's own examples where it has them. `...` is undefined.

The results were compared with Azure-Samples/cosmos-db-nosql-query-samples, which Microsoft checks against the service.
"""

import math
from contextlib import suppress

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cosmos.query import QueryError
from local.cosmos.query.functions import FUNCTIONS
from local.cosmos.query.functions.function import Function
from tests.contracts.query.runs import law, worth

STRINGS = [
    ("CONTAINS('AdventureWorks', 'works')", False),
    ("CONTAINS('AdventureWorks', 'works', true)", True),
    ("CONTAINS('a', 1)", ...),
    ("STARTSWITH('AdventureWorks', 'adventure')", False),
    ("StartsWith('AdventureWorks', 'adventure', true)", True),
    ("ENDSWITH('AdventureWorks', 'Works')", True),
    ("STRINGEQUALS('A', 'a')", False),
    ("StringEquals('A', 'a', true)", True),
    ("INDEX_OF('AdventureWorks', 'Works')", 9),
    ("INDEX_OF('AdventureWorks', 'Adventure', 5)", -1),
    ("LENGTH('four')", 4),
    ("LENGTH(4)", ...),
    ("LENGTH(c.gone)", ...),
    ("LOWER('ÄB')", "äb"),
    ("UPPER('äb')", "ÄB"),
    ("TRIM('  a ')", "a"),
    ("TRIM('-_-a-_-', '-_')", "a"),
    ("LTRIM('AdventureWorks', 'Adventure')", "Works"),
    ("RTRIM(' a ')", " a"),
    ("LEFT('AdventureWorks', 5)", "Adven"),
    ("LEFT('a', 100)", "a"),
    ("RIGHT('AdventureWorks', 5)", "Works"),
    ("RIGHT('AdventureWorks', 0)", ""),
    ("SUBSTRING('AdventureWorks', 9, 5)", "Works"),
    ("SUBSTRING('AdventureWorks', 0, -1)", ""),
    ("SUBSTRING('a', 0.5, 1)", ...),
    ("REPLACE('banana', 'an', 'x')", "bxxa"),
    ("REPLACE('banana', '', 'x')", ...),
    ("REPLICATE('ab', 3)", "ababab"),
    ("REPLICATE('ab', 5001)", ...),
    ("REVERSE('abc')", "cba"),
    ("CONCAT('a', 'b', 'c')", "abc"),
    ("CONCAT('a', 1)", ...),
    ("StringSplit('a.b.c', '.')", ["a", "b", "c"]),
    ("StringJoin(['a', 'b'], '-')", "a-b"),
    ("RegexMatch('abcd', 'ABC')", False),
    ("RegexMatch('abcd', 'ABC', 'i')", True),
    ("RegexMatch('abcd', 'ab c', 'x')", True),
    ("RegexMatch('abcd', 'a', 'q')", ...),
]


CONVERSIONS = [
    ("ToString(125)", "125"),
    ("ToString(0.1234)", "0.1234"),
    ("ToString(false)", "false"),
    ("ToString([1, 2])", "[1,2]"),
    ('ToString({"d": "ö"})', '{"d":"ö"}'),
    ("ToString('as is')", "as is"),
    ("ToString(c.gone)", ...),
    ("StringToNumber(' 60 ')", 60),
    ("StringToNumber('-1.5e2')", -150.0),
    ("StringToNumber('NaN')", ...),
    ("StringToNumber('true')", ...),
    ("StringToBoolean(' false ')", False),
    ("StringToBoolean('False')", ...),
    ("StringToNull('null')", None),
    ("StringToNull('NULL')", ...),
    ("StringToArray('[1, [null], {\"a\": true}]')", [1, [None], {"a": True}]),
    ("StringToArray(\"['a']\")", ...),
    ("StringToObject('{\"a\": {}}')", {"a": {}}),
    ("StringToObject('[]')", ...),
]

ARRAYS = [
    ("ARRAY_CONTAINS(['a', 'b'], 'b')", True),
    ("ARRAY_CONTAINS([1], true)", False),
    ("ARRAY_CONTAINS([{a: 1, b: 2}], {a: 1})", False),
    ("ARRAY_CONTAINS([{a: 1, b: 2}], {a: 1}, true)", True),
    ("ARRAY_CONTAINS([{a: 1, b: 2}], {a: 2}, true)", False),
    ("ARRAY_CONTAINS([[1]], [1.0])", True),
    ("ARRAY_CONTAINS('ab', 'a')", ...),
    ("ARRAY_CONTAINS_ANY([1, 2], 5, 2)", True),
    ("ARRAY_CONTAINS_ANY([1, 2], 5, undefined)", ...),
    ("ARRAY_CONTAINS_ANY([1, 2], 1, undefined)", True),
    ("ARRAY_CONTAINS_ALL([1, 2], 1, 2)", True),
    ("ARRAY_CONTAINS_ALL([1, 2], 1, 3)", False),
    ("ARRAY_CONTAINS_ALL([1, 2], 1, undefined)", ...),
    ("ARRAY_LENGTH([1, 2])", 2),
    ("ARRAY_LENGTH(null)", ...),
    ("ARRAY_SLICE([70, 86, 92], 1)", [86, 92]),
    ("ARRAY_SLICE([70, 86, 92], -2, 1)", [86]),
    ("ARRAY_SLICE([70, 86, 92], -9)", [70, 86, 92]),
    ("ARRAY_SLICE([70, 86, 92], 0, -1)", []),
    ("ARRAY_CONCAT([1], [2], [3])", [1, 2, 3]),
    ("SetUnion([1, 2, 'A'], ['A', 1, 3])", [1, 2, "A", 3]),
    ("SetIntersect([1, 2, 2, 'A'], ['A', 2])", [2, "A"]),
    ("SetIntersect([1], [true])", []),
    ("ObjectToArray({a: '1'})", [{"k": "a", "v": "1"}]),
    ("ObjectToArray({a: '1'}, 'name', 'is')", [{"name": "a", "is": "1"}]),
    ("CHOOSE(2, 'a', 'b')", "b"),
    ("CHOOSE(3, 'a', 'b')", ...),
]

NUMBERS = [
    ("ABS(-1)", 1),
    ("CEILING(-45.72)", -45),
    ("FLOOR(-45.72)", -46),
    ("ROUND(2.5)", 3),
    ("ROUND(-2.5)", -3),
    ("ROUND(0.49999999999999994)", 0),
    ("TRUNC(-2.78)", -2),
    ("SIGN(-2)", -1),
    ("SQRT(9)", 3),
    ("SQRT(-1)", ...),
    ("SQUARE(3)", 9),
    ("POWER(2, 10)", 1024),
    ("POWER(2, null)", ...),
    ("EXP(0)", 1),
    ("EXP(1000)", ...),
    ("LOG(5)", 1.6094379124341003),
    ("LOG(2, 10)", 0.3010299956639812),
    ("LOG(0)", ...),
    ("LOG10(100)", 2),
    ("PI()", math.pi),
    ("ATN2(35.175643, 129.44)", 0.265344532064832),
    ("COT(124.1332)", -0.040311998371148884),
    ("RADIANS(180)", math.pi),
    ("DEGREES(PI())", 180),
    ("NumberBin(37.752, 10)", 30),
    ("NumberBin(37.752)", 37),
    ("NumberBin(37.752, 0)", ...),
    ("ABS('1')", ...),
    ("ABS(true)", ...),
    ("IntAdd(20, 0.1)", ...),
    ("IntSub(25, 50)", -25),
    ("IntMul(5, -2)", -10),
    ("IntDiv(10, -3)", -3),
    ("IntDiv(10, 0)", ...),
    ("IntMod(12, -5)", 2),
    ("IntMod(-12, -5)", -2),
    ("IntBitAnd(15, 25)", 9),
    ("IntBitLeftShift(16, 4)", 256),
    ("IntBitRightShift(-16, 2)", -4),
    ("IntBitNot(65)", -66),
]

TYPES = [
    ("IS_DEFINED(c.gone)", False),
    ("IS_DEFINED(null)", True),
    ("IS_NULL(null)", True),
    ("IS_NULL(c.gone)", False),
    ("IS_NUMBER(1.5)", True),
    ("IS_NUMBER(true)", False),
    ("IS_STRING('')", True),
    ("IS_BOOL(false)", True),
    ("IS_BOOL(0)", False),
    ("IS_ARRAY([])", True),
    ("IS_OBJECT({})", True),
    ("IS_OBJECT([])", False),
    ("IS_PRIMITIVE(null)", True),
    ("IS_PRIMITIVE([])", False),
    ("IS_PRIMITIVE(c.gone)", False),
    ("IS_INTEGER(3.0)", True),
    ("IS_INTEGER(3.5)", False),
    ("IS_INTEGER(18446744073709551615)", False),
    ("IS_FINITE_NUMBER(1)", True),
    ("IS_FINITE_NUMBER(8.9 / 0.0)", False),
]

DATES = [
    ("GetCurrentDateTime()", "2024-02-29T12:30:15.1234560Z"),
    ("GetCurrentDateTimeStatic()", "2024-02-29T12:30:15.1234560Z"),
    ("GetCurrentTimestamp()", 1709209815123),
    ("GetCurrentTicks()", 17092098151234560),
    ("DateTimeAdd('mm', 1, '2023-01-31T00:00:00.0000001Z')", "2023-02-28T00:00:00.0000001Z"),
    ("DateTimeAdd('yyyy', -1, '2024-02-29T00:00:00.0000000Z')", "2023-02-28T00:00:00.0000000Z"),
    ("DateTimeAdd('hh', -1, '2020-07-03')", "2020-07-02T23:00:00.0000000Z"),
    ("DateTimeAdd('ns', 250, '2020-07-03')", "2020-07-03T00:00:00.0000002Z"),
    ("DateTimeAdd('yyyy', 9999, '2020-07-03')", ...),
    ("DateTimeAdd('dd', 1.5, '2020-07-03')", ...),
    ("DateTimeAdd('week', 1, '2020-07-03')", ...),
    ("DateTimeAdd('dd', 1, '2021-02-29')", ...),
    ("DateTimeDiff('yyyy', '2019-02-04T16:00:00.0000000', '2018-03-05T05:00:00.0000000')", -1),
    ("DateTimeDiff('mm', '2019-02-04T16:00:00.0000000', '2018-03-05T05:00:00.0000000')", -11),
    ("DateTimeDiff('hh', '2018-03-05T05:00:00.0000000', '2019-02-04T16:00:00.0000000')", 8075),
    ("DateTimeDiff('dd', '2020-01-01T23:59:00Z', '2020-01-02T00:01:00Z')", 1),
    ("DateTimePart('ns', '2016-05-29T08:30:00.1301617')", 130161700),
    ("DateTimePart('mi', '2016-05-29T08:30:00.1301617')", 30),
    ("DateTimeBin('2021-01-08T18:35:00.0000000', 'hh', 5)", "2021-01-08T15:00:00.0000000Z"),
    ("DateTimeBin('2021-01-08T18:35:00.0000000', 'dd', 7, '1601-01-01')", "2021-01-04T00:00:00.0000000Z"),
    ("DateTimeBin('2021-01-08T18:35:00.0000000', 'dd', 0)", ...),
    ("DateTimeBin('2021-01-08T18:35:00.0000000', 'mm')", ...),
    ("DateTimeFromParts(2017, 4, 20, 13, 15, 20, 3456789)", "2017-04-20T13:15:20.3456789Z"),
    ("DateTimeFromParts(2017, 4, 31)", ...),
    ("DateTimeToTicks('2015-05-19T12:00:00.0000000')", 14320368000000000),
    ("DateTimeToTimestamp('2015-05-19T12:00:00.0000000')", 1432036800000),
    ("TicksToDateTime(-116444736000000000)", "1601-01-01T00:00:00.0000000Z"),
    ("TimestampToDateTime(1597360794300)", "2020-08-13T23:19:54.3000000Z"),
    ("TimestampToDateTime(9e18)", ...),
]


@pytest.mark.parametrize(("expression", "expected"), STRINGS + CONVERSIONS + ARRAYS + NUMBERS + TYPES + DATES)
def test_a_function_answers_as_documented(expression: str, expected: object) -> None:
    result = worth(expression)

    assert result == expected
    assert isinstance(result, bool) == isinstance(expected, bool)


ARGUMENTS = ["1", "-2.5", "0", "1e300", "9007199254740993", "'a'", "''", "'('", "'dd'", "'2020-02-30'", "'2024-02-29'"]
ARGUMENTS += ["null", "true", "undefined", "[1, 'a', [2]]", "[]", "{a: {b: 1}}", "c.v", "c", '{"type": "Point"}']


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
@settings(law, max_examples=15)
@given(chosen=st.data())
def test_a_function_makes_json_or_nothing_of_any_values(function: Function, chosen: st.DataObject) -> None:
    most = function.most if function.most is not None else function.least + 2
    arguments = chosen.draw(st.lists(st.sampled_from(ARGUMENTS), min_size=function.least, max_size=most))

    with suppress(QueryError):  # a pattern that is none
        result = worth(f"{function.name}({', '.join(arguments)})", {"v": [{"k": 1.5}]})
        assert result is ... or orjson.loads(orjson.dumps(result)) == result


def test_the_distance_of_two_points_is_that_on_the_ellipsoid() -> None:
    campus = '{"type": "Point", "coordinates": [-122.11758113953535, 47.66901087006131]}'
    office = '{"type": "Point", "coordinates": [-96.84368664765994, 46.81297794314663]}'

    assert worth(f"ST_DISTANCE({campus}, {office})") == pytest.approx(1907438.421299902, abs=0.1)
    assert worth(f"ST_DISTANCE({campus}, {campus})") == 0
    assert worth(f"ST_DISTANCE({campus}, 1)") is ...

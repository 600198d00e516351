"""Effective partition keys against vectors computed with the SDK's own functions."""

import pytest

from local.cosmos.epk import UNDEFINED, Component, equal_bounds, hash_multi, hash_v1, hash_v2, to_hex

V2 = [
    ("", "32E9366E637A71B4E710384B2F4970A0"),
    ("a", "3A5381E1114EB8D3FCC90795045B49B7"),
    ("pk1", "1EC0C2CBE45DBC919CF2B65D399C2673"),
    ("1", "3C80B1B7310BB39F29CC4EA05BDD461E"),
    ("日本", "2F64A78CFF1F1D412A8B6220090E9767"),
    (0, "155B95BEDAC4B1E9EC1CDC9BB0DDDE58"),
    (1, "20CD98B339BA78A5D0CF6953B87070B0"),
    (1.5, "35C5DDEB6C795D16A9963C73C54E97BC"),
    (True, "0E711127C5B5A8E4726AC6DD306A3E59"),
    (False, "2FE1BE91E90A3439635E0E9E37361EF2"),
    (None, "378867E4430E67857ACE5C908374FE16"),
    (UNDEFINED, "11622DAA78F835834610ABE56EFF5CB5"),
]


@pytest.mark.parametrize(("value", "expected"), V2, ids=[repr(value) for value, _ in V2])
def test_version_2_hashes(value: Component, expected: object) -> None:
    assert to_hex(hash_v2(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "05C1D78593652C086200"), (True, "05C1D7C5A903D803"), (UNDEFINED, "05C1D529E345DC00")],
)
def test_version_1_hashes(value: Component, expected: object) -> None:
    assert to_hex(hash_v1(value)) == expected


def test_a_hierarchical_key_is_its_components_one_after_another() -> None:
    assert to_hex(hash_multi(("CA", "LA1", "90001"))) == (
        "2F442D3F30B24D244283F3B36B4CB88B02238D9E05FC860223BA5906404D697A2908405D0D2A36DDC6C3A5F862590EC3"
    )


def test_ranges_are_equal_in_width() -> None:
    assert [to_hex(one) for one in equal_bounds(2, version=2)] == ["", "1" + "F" * 31]
    assert [to_hex(one) for one in equal_bounds(2, version=1)] == ["", "05C1DFFFFFFFFC"]
    assert [to_hex(one) for one in equal_bounds(5, version=1)][1:] == [
        "05C1C9CD673398",
        "05C1D9CD673398",
        "05C1E399CD6732",
        "05C1E9CD673398",
    ]

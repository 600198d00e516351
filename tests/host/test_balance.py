"""Sharing leases: whatever the start, hosts that balance in turn end with equal shares and every lease owned."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from local.host.continuation import EpkRange
from local.host.cosmos_trigger.balance import balance
from local.host.cosmos_trigger.lease import Lease, range_lease

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES_AFTER = timedelta(seconds=60)
HOSTS = ["a", "b", "c", "d"]


def lease(number: int, owner: str | None, *, age: int = 0) -> Lease:
    made = range_lease(
        "feed", range_id=str(number), epk=EpkRange(f"{number:02X}", f"{number + 1:02X}"), mode="LatestVersion"
    )
    return replace(made, owner=owner, touched=NOW - timedelta(seconds=age))


LEASES = st.lists(st.tuples(st.sampled_from([None, *HOSTS, "dead"]), st.sampled_from([0, 59, 61])), max_size=12).map(
    lambda owners: [lease(number, owner, age=age) for number, (owner, age) in enumerate(owners)]
)


def taken(leases: list[Lease], me: str) -> tuple[Lease, ...]:
    return balance(leases, me, now=NOW, expires_after=EXPIRES_AFTER)


@given(LEASES, st.sampled_from(HOSTS))
def test_nobody_takes_what_it_already_holds(leases: list[Lease], me: str) -> None:
    assert all(one.owner != me or one.is_expired(NOW, EXPIRES_AFTER) for one in taken(leases, me))


@given(LEASES, st.sampled_from(HOSTS))
def test_a_living_lease_is_taken_only_when_none_is_free_and_then_only_one(leases: list[Lease], me: str) -> None:
    found = taken(leases, me)

    free = [one for one in leases if one.owner is None or one.is_expired(NOW, EXPIRES_AFTER)]
    assert all(one in free for one in found) or (len(found) == 1 and not free)


@given(LEASES, st.integers(min_value=1, max_value=4))
def test_living_hosts_end_with_equal_shares(leases: list[Lease], hosts: int) -> None:
    living = HOSTS[:hosts]
    # Only these renew: what others hold expires.
    current = [one if one.owner in living else replace(one, owner=None) for one in leases]

    for _ in range(4 * len(leases) + 4):
        for me in living:
            tokens = {one.token for one in taken(current, me)}
            current = [replace(one, owner=me, touched=NOW) if one.token in tokens else one for one in current]

    shares = Counter(one.owner for one in current)
    assert None not in shares
    sizes = [shares[me] for me in living]
    assert max(sizes) <= -(-len(leases) // len(living))
    assert sum(sizes) == len(leases)
    assert all(not taken(current, me) for me in living)


def test_a_second_host_takes_one_lease_a_round_until_it_has_half() -> None:
    leases = [lease(number, "a") for number in range(4)]

    (first,) = taken(leases, "b")
    leases = [replace(one, owner="b") if one == first else one for one in leases]
    (second,) = taken(leases, "b")
    leases = [replace(one, owner="b") if one == second else one for one in leases]

    assert taken(leases, "b") == ()
    assert taken(leases, "a") == ()


def test_one_lease_is_never_passed_to_and_fro() -> None:
    assert taken([lease(0, "a")], "b") == ()


def test_an_expired_lease_is_free() -> None:
    assert taken([lease(0, "a", age=61)], "b") == (lease(0, "a", age=61),)

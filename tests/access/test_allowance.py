"""How often one may ask: as often as is said, each for himself, and told when to come again."""

import pytest

from api.access.allowance import MOST_CALLERS, Allowance, TooManyRequests


async def test_each_caller_has_an_allowance_of_his_own() -> None:
    allowance = Allowance(per_minute=3)

    for who in ("ada", "bob"):
        for _ in range(3):
            await allowance.take(who)
        with pytest.raises(TooManyRequests) as refused:
            await allowance.take(who)
        assert refused.value.retry_after == 20


async def test_a_request_that_stands_for_many_takes_as_many_and_never_more_than_there_are() -> None:
    allowance = Allowance(per_minute=100)

    await allowance.take("ada", 99)
    await allowance.take("ada")
    with pytest.raises(TooManyRequests):
        await allowance.take("ada")
    await allowance.take("bob", 1000)


async def test_only_callers_of_late_are_remembered() -> None:
    allowance = Allowance(per_minute=1)
    await allowance.take("first")

    for number in range(MOST_CALLERS):
        await allowance.take(f"caller-{number}")

    assert len(allowance._buckets) == MOST_CALLERS
    await allowance.take("first")

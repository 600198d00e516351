"""Bearer tokens: which ones name a caller, and everything that does not."""

import base64
import hmac
import json
from time import time

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.access.caller import Caller, Unauthenticated
from api.access.keys import ASK_AGAIN_SECONDS, FRESH_SECONDS, KEPT_SECONDS, CachedKeys, KeysAway, usable
from api.access.tokens import KNOWN_SECONDS, LEEWAY_SECONDS, MOST_KNOWN, Tokens
from tests.access.tokens import AUDIENCE, Issuer, new_key

SIGNING = new_key()
OTHER = new_key()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def seconds(self) -> float:
        return self.now

    def wall(self) -> float:
        return time() + self.now


class World:
    """One issuer, and an app that believes it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.issuer = Issuer(signing={"first": SIGNING})
        self.keys = CachedKeys(self.issuer.fetch, self.clock.seconds)
        self.tokens = Tokens(self.keys, self.issuer.url, AUDIENCE, "oid", now=self.clock.wall)


@pytest.fixture
def world() -> World:
    return World()


def spelt(header: object, claims: object, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def test_a_good_token_names_its_owner_and_his_roles(world: World) -> None:
    caller = await world.tokens.caller(world.issuer.token(roles=["fulfilment", "operator"]))

    assert caller == Caller("somebody", frozenset({"fulfilment", "operator"}))


async def test_a_customer_is_called_what_the_chosen_claim_says(world: World) -> None:
    tokens = Tokens(world.keys, world.issuer.url, AUDIENCE, "customer_number", now=world.clock.wall)

    caller = await tokens.caller(world.issuer.token(roles=["customer"], customer_number="c-7"))

    assert (caller.id, caller.customer_id) == ("somebody", "c-7")


@pytest.mark.parametrize("claims", [{"customer_number": 7}, {"customer_number": "a b"}, {}])
async def test_a_customer_whose_name_is_no_customers_has_none(world: World, claims: dict[str, object]) -> None:
    tokens = Tokens(world.keys, world.issuer.url, AUDIENCE, "customer_number", now=world.clock.wall)
    token = world.issuer.token(roles=["customer"], **claims)  # type: ignore[arg-type]  # any claim

    assert (await tokens.caller(token)).customer_id == ""


@pytest.mark.parametrize(
    "roles", [["Operator"], ["OPERATOR"], "operator", [["operator"]], [None], {"operator": 1}, [], 7]
)
async def test_what_only_looks_like_a_role_gives_nothing(world: World, roles: object) -> None:
    assert (await world.tokens.caller(world.issuer.token(roles=roles))).roles == frozenset()


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": time() - LEEWAY_SECONDS - 5}, "expired"),
        ({"nbf": time() + LEEWAY_SECONDS + 86400}, "not valid yet"),
        ({"aud": "api://another"}, "another audience"),
        ({"aud": [f"{AUDIENCE}/"]}, "another audience"),
        ({"iss": "https://login.microsoftonline.com/other/v2.0"}, "another issuer"),
        ({"without": "exp"}, "lacks"),
        ({"without": "iss"}, "lacks"),
        ({"without": "aud"}, "lacks"),
        ({"without": "oid"}, "neither oid nor sub"),
        ({"oid": "x" * 101}, "neither oid nor sub"),
        ({"oid": {"is": "somebody"}}, "neither oid nor sub"),
        ({"kid": "first", "key": OTHER}, "signature"),
        ({"kid": "unheard", "key": OTHER}, "does not have"),
    ],
)
async def test_a_token_that_is_not_good_names_nobody(world: World, claims: dict[str, object], why: str) -> None:
    with pytest.raises(Unauthenticated, match=why):
        await world.tokens.caller(world.issuer.token(**claims))  # type: ignore[arg-type]  # of several types


async def test_a_token_without_a_signature_or_signed_with_the_public_key_names_nobody(world: World) -> None:
    claims = {"iss": world.issuer.url, "aud": AUDIENCE, "exp": time() + 600, "oid": "root", "roles": ["operator"]}
    unsigned = [spelt({"alg": alg, "kid": "first"}, claims) for alg in ("none", "None", "NONE", "")]
    public = SIGNING.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = spelt({"alg": "HS256", "kid": "first"}, claims).rpartition(".")[0]
    as_secret = f"{body}.{base64.urlsafe_b64encode(hmac.digest(public, body.encode(), 'sha256')).decode().rstrip('=')}"
    brought_along = jwt.encode(claims, OTHER, algorithm="RS256", headers={"kid": "first", "jwk": {"kty": "RSA"}})

    for token in (*unsigned, as_secret, brought_along):
        with pytest.raises(Unauthenticated):
            await world.tokens.caller(token)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "é.é.é", "\udcff.a.b", "x" * 20_000, spelt([], []), spelt({"alg": "RS256"}, {})]
)
async def test_what_is_no_token_at_all_names_nobody(world: World, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await world.tokens.caller(token)
    assert world.issuer.fetches == 0


async def test_no_word_of_a_token_is_in_what_is_said_of_it(world: World) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await world.tokens.caller(world.issuer.token(aud="api://canary"))

    assert "canary" not in str(refused.value)


async def test_a_token_is_verified_once_and_no_longer_known_when_it_has_expired(world: World) -> None:
    token = world.issuer.token(exp=time() + 100)
    await world.tokens.caller(token)
    world.keys._keys.clear()

    assert (await world.tokens.caller(token)).id == "somebody"

    world.clock.now = 101
    world.issuer.is_away = True
    with pytest.raises(KeysAway):
        await world.tokens.caller(token)


async def test_a_token_is_looked_at_anew_after_five_minutes(world: World) -> None:
    token = world.issuer.token(exp=time() + 3000)
    await world.tokens.caller(token)

    world.clock.now = KNOWN_SECONDS + 1
    world.issuer.signing = {"second": OTHER}
    world.keys._keys.clear()

    with pytest.raises(Unauthenticated, match="does not have"):
        await world.tokens.caller(token)


async def test_only_so_many_tokens_are_known(world: World) -> None:
    world.tokens._known.update((bytes([n // 256, n % 256]), (0.0, Caller("", frozenset()))) for n in range(MOST_KNOWN))

    await world.tokens.caller(world.issuer.token())

    assert len(world.tokens._known) == MOST_KNOWN


async def test_a_new_key_is_fetched_when_a_token_names_it(world: World) -> None:
    await world.tokens.caller(world.issuer.token())
    world.issuer.signing = {"second": OTHER}
    world.clock.now = ASK_AGAIN_SECONDS

    assert (await world.tokens.caller(world.issuer.token(kid="second"))).id == "somebody"
    assert world.issuer.fetches == 2


async def test_while_the_issuer_is_away_old_keys_go_on_and_new_ones_are_awaited(world: World) -> None:
    await world.tokens.caller(world.issuer.token())
    world.issuer.is_away = True
    world.issuer.signing |= {"second": OTHER}

    world.clock.now = FRESH_SECONDS + 1
    assert (await world.keys.key("first")) is not None
    with pytest.raises(KeysAway):
        await world.tokens.caller(world.issuer.token(kid="second", exp=time() + 9000))
    world.clock.now = KEPT_SECONDS + 1
    with pytest.raises(KeysAway):
        await world.keys.key("first")

    world.issuer.is_away = False
    world.clock.now += ASK_AGAIN_SECONDS
    assert (await world.keys.key("second")) is not None


async def test_whoever_makes_up_keys_makes_nobody_ask_for_them(world: World) -> None:
    for number in range(50):
        assert await world.keys.key(f"made-up-{number}") is None

    assert world.issuer.fetches == 1
    assert await world.keys.key("first") is not None


def test_keys_that_do_not_sign_are_left_out() -> None:
    good = Issuer(signing={"good": SIGNING}).published()["keys"][0]
    odd = [good | {"kid": "enc", "use": "enc"}, {"kty": "EC", "kid": "ec"}, {"kty": "RSA", "kid": "broken", "n": "?"}]

    assert set(usable({"keys": [*odd, good]})) == {"good"}
    for published in (list[dict[str, str]](), odd):
        with pytest.raises(KeysAway):
            usable({"keys": published})
    for garbled in ({}, {"keys": None}, {"keys": {"kty": "RSA"}}, {"keys": ["RSA", None]}):
        with pytest.raises(KeysAway):
            usable(garbled)

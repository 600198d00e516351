"""Who is believed: the platform's header only behind the platform, one identity at a time, everybody only at home."""

import json
from base64 import b64encode
from itertools import product

import pytest

from api.access.caller import ANYBODY, Caller, Unauthenticated
from api.access.gate import address, gate
from api.access.settings import OF_PRODUCTION, AccessSettings
from shared.kernel import Misconfigured

ENTRA = {"AUTH": "entra", "AUTH_ISSUER": "https://login.microsoftonline.com/t/v2.0", "AUTH_AUDIENCE": "api://orderflow"}
BEHIND = {"AUTH": "entra", "WEBSITE_AUTH_ENABLED": "True"}


def header(*claims: tuple[object, object], kind: object = "aad", role_type: object = "roles") -> str:
    told = {"auth_typ": kind, "role_typ": role_type, "claims": [{"typ": typ, "val": val} for typ, val in claims]}
    return b64encode(json.dumps(told).encode()).decode()


OPERATOR = header(("oid", "root"), ("roles", "operator"))


async def who(environ: dict[str, str], **headers: str) -> Caller:
    spelt = {name.replace("_", "-"): value for name, value in headers.items()}
    return await gate(AccessSettings.read(environ)).caller(spelt)


async def test_the_platforms_header_is_believed_behind_the_platform() -> None:
    assert await who(BEHIND, x_ms_client_principal=OPERATOR) == Caller("root", frozenset({"operator"}))


async def test_a_forged_header_is_nothing_to_an_app_that_asks_itself() -> None:
    with pytest.raises(Unauthenticated):
        await who(ENTRA, x_ms_client_principal=OPERATOR, x_ms_client_principal_id="root")


async def test_behind_the_platform_a_token_beside_the_header_or_without_it_is_not_looked_at() -> None:
    customer = header(("oid", "ada"), ("roles", "customer"))

    caller = await who(BEHIND | ENTRA, x_ms_client_principal=customer, authorization="Bearer of.another.one")

    assert caller == Caller("ada", frozenset({"customer"}), customer_id="ada")
    with pytest.raises(Unauthenticated):
        await who(BEHIND | ENTRA, authorization="Bearer of.another.one")


async def test_long_names_of_claims_and_the_declared_role_type_are_understood() -> None:
    long = "http://schemas.microsoft.com/identity/claims/objectidentifier"
    told = header((long, "ada"), ("mine", "fulfilment"), ("roles", "customer"), role_type="mine")

    assert await who(BEHIND, x_ms_client_principal=told) == Caller(
        "ada", frozenset({"fulfilment", "customer"}), customer_id="ada"
    )


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{}",
        "not base64!",
        f"{OPERATOR},{OPERATOR}",
        b64encode(b"[]").decode(),
        b64encode(b"null").decode(),
        b64encode(b'{"auth_typ":"aad","claims":null}').decode(),
        b64encode(b'{"auth_typ":"aad","claims":[1]}').decode(),
        header(("oid", "a"), ("oid", "b"), ("roles", "operator")),
        header(("oid", "a"), ("http://schemas.microsoft.com/identity/claims/objectidentifier", "b")),
        header(("oid", 7)),
        header(("roles", "operator")),
        header(("oid", "a"), kind="facebook"),
        header(("oid", "a"), kind=None),
    ],
)
async def test_a_principal_that_is_none_or_two_names_nobody(told: str) -> None:
    with pytest.raises(Unauthenticated):
        await who(BEHIND, x_ms_client_principal=told)


@pytest.mark.parametrize("sent", ["", "Basic eDp5", "Bearer", "Bearer ", "bearer x", "Bearer a.b.c, Bearer d.e.f"])
async def test_without_a_token_nobody_is_named(sent: str) -> None:
    with pytest.raises(Unauthenticated):
        await who(ENTRA, authorization=sent)


async def test_keys_are_the_platforms_to_check_and_a_header_beside_them_is_nothing() -> None:
    assert await who({"AUTH": "keys"}, x_ms_client_principal=OPERATOR) == ANYBODY
    assert await who({}) == ANYBODY


async def test_at_home_one_may_be_anybody_or_play_somebody() -> None:
    assert await who({"AUTH": "local"}) == ANYBODY
    assert (await who({"AUTH": "local"}, x_ms_client_principal=OPERATOR)).id == "root"


@pytest.mark.parametrize("sign", OF_PRODUCTION)
def test_local_mode_refuses_to_start_in_production(sign: str) -> None:
    with pytest.raises(Misconfigured, match=sign):
        AccessSettings.read({"AUTH": "local", sign: "x"})


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"AUTH": "Local"}, "AUTH"),
        ({"AUTH": "none"}, "AUTH"),
        ({"AUTH": "entra"}, "AUTH_ISSUER"),
        ({"AUTH": "entra", "AUTH_ISSUER": ENTRA["AUTH_ISSUER"]}, "AUTH_AUDIENCE"),
        (ENTRA | {"AUTH_ISSUER": "http://login.microsoftonline.com/t/v2.0"}, "AUTH_ISSUER"),
        (ENTRA | {"AUTH_ISSUER": "login.microsoftonline.com"}, "AUTH_ISSUER"),
        ({"REQUESTS_PER_MINUTE": "0"}, "REQUESTS_PER_MINUTE"),
        ({"REQUESTS_PER_MINUTE": "many"}, "REQUESTS_PER_MINUTE"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        AccessSettings.read(environ)


def test_only_who_asks_itself_lets_requests_without_a_key_come_in() -> None:
    levels = {
        mode: AccessSettings.read(ENTRA | {"AUTH": mode}).asks_the_platform_for for mode in ("entra", "keys", "local")
    }

    assert levels == {"entra": "ANONYMOUS", "keys": "FUNCTION", "local": "FUNCTION"}


def test_the_address_is_what_the_platform_saw_and_not_what_the_caller_says() -> None:
    said = ("", "1.1.1.1, ", "9.9.9.9:1,")

    assert {
        address({"x-forwarded-for": f"{before}{seen}"}) for before, seen in product(said, ("7.7.7.7:80", "7.7.7.7"))
    } == {"at 7.7.7.7"}
    for spelt in ("[2001:db8::1]:443", "[2001:db8::1]", "2001:db8::1"):
        assert address({"x-forwarded-for": spelt}) == "at 2001:db8::1"
    assert address({}) == "at "


def test_a_key_has_an_allowance_only_where_the_platform_has_checked_it() -> None:
    by_key, by_token = gate(AccessSettings.read({"AUTH": "keys"})), gate(AccessSettings.read(ENTRA))
    headers = {"x-functions-key": "secret", "x-forwarded-for": "7.7.7.7:80"}

    assert by_token.account(headers) == "at 7.7.7.7"
    assert by_key.account(headers).startswith("key ")
    assert "secret" not in by_key.account(headers)

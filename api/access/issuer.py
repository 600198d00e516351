"""The issuer's published keys, by way of its discovery document (OpenID Connect Discovery 1.0, section 4)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import orjson

from api.access.keys import Fetch, KeysAway

_WITHIN: Final = aiohttp.ClientTimeout(total=3.0)


def published_by(issuer: str) -> Fetch:
    """Asked seldom, so a session each time. Raises KeysAway whatever goes wrong."""

    async def fetch() -> Mapping[str, Any]:
        try:
            async with aiohttp.ClientSession(timeout=_WITHIN) as session:
                described = await _document(session, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                if described.get("issuer") != issuer:
                    raise KeysAway("the discovery document is another issuer's")
                return await _document(session, _same_scheme(str(described["jwks_uri"]), issuer))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as trouble:
            raise KeysAway(f"the issuer's keys could not be fetched: {type(trouble).__name__}") from trouble

    return fetch


async def _document(session: aiohttp.ClientSession, url: str) -> Mapping[str, Any]:
    async with session.get(url, allow_redirects=False) as answer:
        found = orjson.loads(await answer.read()) if answer.status == HTTPStatus.OK else None
    if not isinstance(found, dict):
        raise KeysAway(f"the issuer answered {answer.status}")
    return found


def _same_scheme(url: str, issuer: str) -> str:
    if url.partition(":")[0] != issuer.partition(":")[0]:
        raise KeysAway("the issuer's keys are at a less safe place than itself")
    return url

"""How the account is reached."""

import pytest

from shared.cosmos.account import has_proxy

LOCAL, REMOTE = "http://127.0.0.1:8081/", "https://acct.documents.azure.com:443/"


@pytest.mark.parametrize(
    ("proxies", "endpoint", "expected"),
    [
        ({}, REMOTE, False),
        ({"https": "http://proxy:3128"}, REMOTE, True),
        ({"http": "http://proxy:3128"}, REMOTE, False),
        ({"all": "http://proxy:3128"}, REMOTE, True),
        ({"no": "127.0.0.1"}, LOCAL, False),
        ({"http": "http://proxy:3128", "no": "127.0.0.1,localhost"}, LOCAL, False),
        ({"https": "http://proxy:3128", "no": "127.0.0.1"}, REMOTE, True),
    ],
)
def test_a_proxy_is_one_only_for_whom_it_is_named(proxies: dict[str, str], endpoint: str, *, expected: bool) -> None:
    assert has_proxy(endpoint, proxies) is expected

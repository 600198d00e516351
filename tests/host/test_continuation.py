"""The SDK's continuation: what is made here is what the SDK itself makes and reads."""

import base64
import json

from azure.cosmos._change_feed.change_feed_state import ChangeFeedState, ChangeFeedStateV2
from hypothesis import given
from hypothesis import strategies as st

from local.host.continuation import EpkRange, continuation, etags

RID = "AAAAAYAAAAE="
ETAGS = st.integers(min_value=0).map(lambda lsn: f'"{lsn}"')
EDGES = st.text("0123456789ABCDEF", min_size=2, max_size=32)


def read_by_the_sdk(text: str) -> ChangeFeedStateV2:
    state = ChangeFeedState.from_json("dbs/d/colls/c", RID, {"continuationFeedRange": text})
    assert isinstance(state, ChangeFeedStateV2)
    return state


@given(EDGES, EDGES, ETAGS)
def test_the_sdk_goes_on_after_the_etag_in_the_range(low: str, high: str, etag: str) -> None:
    state = read_by_the_sdk(continuation(EpkRange(low, high), etag=etag, container_rid=RID))

    token = state._continuation.current_token
    assert (token.token, token.feed_range.min, token.feed_range.max) == (etag, low, high)


@given(EDGES, ETAGS)
def test_the_etag_comes_back_from_what_the_sdk_writes(high: str, etag: str) -> None:
    state = read_by_the_sdk(continuation(EpkRange("", high), etag=etag, container_rid=RID))

    written = base64.b64encode(json.dumps(state.to_dict()).encode()).decode()

    assert etags(written) == (etag,)


def test_the_mode_travels_with_the_etag() -> None:
    text = continuation(EpkRange("", "FF"), etag='"1"', container_rid=RID, mode="AllVersionsAndDeletes")

    headers: dict[str, str] = {}
    read_by_the_sdk(text).set_mode_request_headers(headers)

    assert headers["A-IM"] == "Full-Fidelity Feed"

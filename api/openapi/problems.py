"""Which problems come with which kind of route."""

from typing import Final

from api.problems import UNREADABLE

# Whatever the route.
OF_EVERY_ROUTE: Final = ("try_again", "too_slow", *sorted(UNREADABLE), "internal")
OF_A_GUARDED_ROUTE: Final = ("unauthenticated", "forbidden", "too_many_requests", "identity_away")
OF_A_BODY: Final = ("body_too_large", "unsupported_media_type", "malformed_json", "invalid_body")

"""What the SDK's errors mean for us: one thing never passes, everything else is the hub's to get over.

A hub that is missing, or that lets us not in, is no fault of an event: somebody mends the settings or the role, and the
feed has waited.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from azure.core.exceptions import AzureError
from azure.eventhub.exceptions import EventHubError

from shared.kernel import Poison, Transient

# AMQP 1.0, 2.8.16, link-error.
TOO_LARGE: Final = "amqp:link:message-size-exceeded"
_LONGEST: Final = 300


@contextmanager
def translated(hub: str) -> Iterator[None]:
    """Raises Poison `too_large` or Transient in place of the SDK's errors."""
    try:
        yield
    except EventHubError as error:
        if TOO_LARGE in str(error):
            raise Poison("too_large", f"{hub} does not take a message of this size") from error
        raise Transient(f"{hub}: {_told(error)}") from error
    except TimeoutError as late:
        raise Transient(f"{hub}: no answer in time") from late
    except (AzureError, OSError) as error:
        raise Transient(f"{hub}: {_told(error)}") from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error!s}"[:_LONGEST]

"""The identity that the platform gives the app, for where no key says who it is."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential


def identity(client_id: str) -> "DefaultAzureCredential":
    """Close it. `client_id` names one of several that were given; empty takes the only one."""
    # It takes its time to load, and with keys nobody needs it.
    from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415 - see above

    return DefaultAzureCredential(managed_identity_client_id=client_id or None)

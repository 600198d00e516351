"""Which orders a container's indexes can serve (learn.microsoft.com/azure/cosmos-db/index-policy)."""

from collections.abc import Sequence

from local.cosmos.container import Container
from local.cosmos.errors import bad_request

type Path = tuple[str, ...]


def check_order(container: Container, order: Sequence[tuple[Path, bool]]) -> None:
    """One path must be indexed; several need a composite index of just these paths, in the same or the opposite order.

    Raises:
        CosmosError: 400 as the service answers it.

    """
    if len(order) == 1 and not container.is_indexed(order[0][0]):
        raise bad_request("The index path corresponding to the specified order-by item is excluded.")
    if len(order) > 1 and tuple((path, descending) for path, descending in order) not in _served(container):
        raise bad_request(
            "The order by query does not have a corresponding composite index that it can be served from."
        )


def _served(container: Container) -> set[tuple[tuple[Path, bool], ...]]:
    forward = set(container.composite_indexes)
    return forward | {tuple((path, not descending) for path, descending in index) for index in forward}

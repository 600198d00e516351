"""What a test may do to the server besides using it; `/_local` offers the same over HTTP."""

from collections.abc import Sequence

from local.cosmos import reshaping
from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.errors import bad_request
from local.cosmos.faults import ArmedFault, Fault
from local.cosmos.key_ranges import KeyRange
from local.cosmos.meter import Used


class Controls:
    """Containers are named by their link, `dbs/<database>/colls/<container>`."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def container(self, link: str) -> Container:
        match link.strip("/").split("/"):
            case ["dbs", database, "colls", name]:
                return self._account.catalogue.container(database, name)
            case _:
                raise bad_request("A container is named as dbs/<database>/colls/<container>.")

    def ranges(self, link: str) -> Sequence[KeyRange]:
        return tuple(self.container(link).ranges)

    def split(self, link: str, key_range: str) -> tuple[str, str]:
        """Replaces a range by two halves; requests that name it get 410/1002 from now on."""
        return reshaping.split(self._account, self.container(link), key_range)

    def merge(self, link: str, key_range: str) -> str:
        """Replaces a range and the next one above it by one."""
        return reshaping.merge(self._account, self.container(link), key_range)

    def add_fault(self, fault: Fault) -> int:
        return self._account.faults.add(fault)

    def faults(self) -> Sequence[ArmedFault]:
        return tuple(self._account.faults)

    def clear_faults(self) -> None:
        self._account.faults.clear()

    def limit_throughput(self, *, on: bool) -> None:
        """From now on a range that spends more than its share of the provisioned RU per second answers 429/3200."""
        self._account.meter.limited = on

    def serve_stale_reads(self, *, on: bool) -> None:
        """Reads and queries below bounded staleness miss each item's last change, unless their session has seen all."""
        self._account.store.remember_previous(on=on)

    def advance_clock(self, seconds: float) -> float:
        self._account.clock.advance(seconds)
        return self._account.clock.seconds()

    def used(self) -> Sequence[Used]:
        return self._account.meter.used()

    def reset_used(self) -> None:
        self._account.meter.reset()

    def snapshot(self, name: str) -> None:
        """Keeps a copy of everything stored, in memory."""
        self._account.store.snapshot(name)

    def restore(self, name: str) -> None:
        """Everything is again as it was; clients may hold session tokens from a future that is gone."""
        for container in self._account.catalogue.containers():
            container.changed()
        self._account.store.restore(name)
        self._account.results.clear()
        self._account.catalogue.load()
        self._account.offers.load()

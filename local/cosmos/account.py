"""The account: its settings, its state, and the document a client reads first."""

from dataclasses import dataclass
from typing import Final

from local.cosmos.catalogue import Catalogue
from local.cosmos.clock import Clock
from local.cosmos.faults import Faults
from local.cosmos.message import Request, Response, json_response
from local.cosmos.meter import Meter
from local.cosmos.offers import Offers
from local.cosmos.results import Results
from local.cosmos.store import Store

EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
CONSISTENCY_LEVELS: Final = ("Strong", "BoundedStaleness", "Session", "ConsistentPrefix", "Eventual")
_TWO_REPLICA_READS: Final = {"Strong", "BoundedStaleness"}


@dataclass(frozen=True, slots=True)
class Account:
    """What every handler is given."""

    consistency: str
    ranges: int
    store: Store
    clock: Clock
    catalogue: Catalogue
    offers: Offers
    meter: Meter
    faults: Faults
    results: Results

    def read_factor(self, request: Request) -> int:
        """Reads at the two stronger levels cost twice; a request may ask for less than the account's level."""
        return 2 if self.level(request) in _TWO_REPLICA_READS else 1

    def level(self, request: Request) -> str:
        return request.text(b"x-ms-consistency-level") or self.consistency

    def may_be_stale(self, request: Request) -> bool:
        """Whether a read may miss the last write, if its session has not seen it."""
        return self.level(request) not in _TWO_REPLICA_READS


def read_account(account: Account, request: Request) -> Response:
    """All later traffic goes to the endpoint named here, so it is built from the Host header."""
    host = request.text(b"host") or "127.0.0.1"
    location = [{"name": "Local", "databaseAccountEndpoint": f"http://{host}/"}]
    replication = {"asyncReplication": False, "minReplicaSetSize": 1, "maxReplicasetSize": 4}
    return json_response(
        200,
        {
            "id": "local",
            "_rid": "local",
            "_self": "",
            "media": "//media/",
            "addresses": "//addresses/",
            "_dbs": "//dbs/",
            "writableLocations": location,
            "readableLocations": location,
            "enableMultipleWriteLocations": False,
            "userReplicationPolicy": replication,
            "userConsistencyPolicy": _consistency(account.consistency),
            "systemReplicationPolicy": replication,
            "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
            "queryEngineConfiguration": "{}",
        },
    )


def _consistency(level: str) -> dict[str, object]:
    policy: dict[str, object] = {"defaultConsistencyLevel": level}
    if level == "BoundedStaleness":
        policy |= {"maxStalenessPrefix": 100, "maxIntervalInSeconds": 5}
    return policy

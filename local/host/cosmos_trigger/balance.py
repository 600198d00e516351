"""Which leases a host takes, so that the hosts of one feed end up with equal shares.

Source: EqualPartitionsBalancingStrategy of the .NET SDK.
"""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from local.host.cosmos_trigger.lease import Lease


def balance(leases: Sequence[Lease], me: str, *, now: datetime, expires_after: timedelta) -> tuple[Lease, ...]:
    """The leases that `me` should take in this round: free ones up to the share, else at most one of the richest."""
    if not leases:
        return ()
    free = [lease for lease in leases if lease.owner is None or lease.is_expired(now, expires_after)]
    shares = Counter({me: 0})
    shares.update(lease.owner for lease in leases if lease.owner and not lease.is_expired(now, expires_after))
    share = math.ceil(len(leases) / len(shares))
    missing = share - shares[me]
    if missing <= 0:
        return ()
    if free:
        return tuple(free[:missing])
    richest, most = max(shares.items(), key=lambda entry: entry[1])
    # Missing more than one, a host also takes from another that has just its share: the rest settles next round.
    if most <= share - (1 if missing > 1 else 0):
        return ()
    return (next(lease for lease in leases if lease.owner == richest),)

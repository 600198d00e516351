"""What one partition, one lease and one instance can do. The first three are Azure's, the others were measured here."""

from typing import Final

# learn.microsoft.com/azure/cosmos-db/partitioning-overview: per physical partition.
RU_PER_PARTITION: Final = 10_000
GIGABYTES_PER_PARTITION: Final = 50
# learn.microsoft.com/azure/cosmos-db/provision-throughput-autoscale: the least maximum, and what storage asks for.
LEAST_MAXIMUM: Final = 1_000
RU_PER_GIGABYTE: Final = 10
IDLE_SHARE: Final = 0.1
# `max_items_per_invocation` of every feed trigger.
LARGEST_BATCH: Final = 100
# learn.microsoft.com/azure/azure-functions/functions-premium-plan: Linux, every region; some regions allow 100.
MOST_INSTANCES: Final = 20
# learn.microsoft.com/azure/event-hubs/event-hubs-faq: one throughput unit takes in 1 MB or 1000 events a second.
EVENTS_PER_UNIT: Final = 1_000
KILOBYTES_PER_UNIT: Final = 1_000

# Measured with the two programs of `make serve`, 300 orders at once, 900 events, on 2 shared AMD EPYC cores: 66 events
# a second and lease while the same core also answered HTTP. A lease is read by one instance at a time, page after page.
EVENTS_PER_LEASE: Final = 60
# CPU of the local host, Microsoft's worker library included, from two such runs with small and with large pages:
# 87 ms an order at 1 event a page, 38 ms at 10, 3 requests and 12 events handled in each.
CPU_PER_REQUEST: Final = 0.008
CPU_PER_EVENT: Final = 0.0011
CPU_PER_PAGE: Final = 0.004
# Room for bursts, for garbage, and for an instance that is just being replaced.
BUSY_SHARE: Final = 0.6
HEADROOM: Final = 1.3
# A lease is renewed every 17 s, and every 13 s each host looks for leases to take.
LEASE_WRITES_PER_SECOND: Final = 0.1
# 64 parts of a feed, each quiet for 30 s at most once in 30 s.
FIRST_BATCHES_PER_SECOND: Final = 64 / 30

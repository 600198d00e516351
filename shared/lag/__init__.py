"""How far consumers are behind in their feeds, worked out from leases and what one read of each has found. Pure."""

from shared.lag.estimate import Cost, Estimate, FeedLag, LeaseLag, Measure, RangeLag
from shared.lag.lease import Lease
from shared.lag.measurement import Measurement
from shared.lag.ranges import WHOLE, Keys, PhysicalRange, Piece, living
from shared.lag.reckoning import feed_lag
from shared.lag.sight import Change, Sight

__all__ = [
    "WHOLE",
    "Change",
    "Cost",
    "Estimate",
    "FeedLag",
    "Keys",
    "Lease",
    "LeaseLag",
    "Measure",
    "Measurement",
    "PhysicalRange",
    "Piece",
    "RangeLag",
    "Sight",
    "feed_lag",
    "living",
]

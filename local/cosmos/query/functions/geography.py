"""ST_DISTANCE between two GeoJSON points, in metres."""

from math import atan, atan2, cos, hypot, radians, sin, sqrt, tan

from local.cosmos.query.functions.function import Function
from local.cosmos.query.values import UNDEFINED, is_number

# The ellipsoid of WGS 84. The result in Azure-Samples/cosmos-db-nosql-query-samples differs by 8 cm in 1907 km.
_EQUATOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_POLE = _EQUATOR * (1 - _FLATTENING)
_ENOUGH = 1e-13  # radians, less than a micrometre
_STEPS = 200  # two points opposite to each other never settle

type Point = tuple[float, float]


def point(value: object) -> Point | None:
    """Longitude and latitude in degrees of `{"type": "Point", "coordinates": [longitude, latitude]}`."""
    match value:
        case {"type": "Point", "coordinates": [longitude, latitude]} if is_number(longitude) and is_number(latitude):
            inside = -180 <= longitude <= 180 and -90 <= latitude <= 90  # noqa: PLR2004 - degrees of a globe
            return (longitude, latitude) if inside else None
        case _:
            return None


def distance(left: object, right: object) -> object:
    """Undefined for anything but two points: other shapes are refused by nobody, so check with IS_DEFINED."""
    start, end = point(left), point(right)
    return UNDEFINED if start is None or end is None else geodesic(start, end)


def geodesic(start: Point, end: Point) -> float:
    """Vincenty's inverse formula, Survey Review 1975."""
    u1, u2 = (atan((1 - _FLATTENING) * tan(radians(latitude))) for _, latitude in (start, end))
    difference = along = radians(end[0] - start[0])
    length = 0.0
    for _ in range(_STEPS):
        sine = hypot(cos(u2) * sin(along), cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(along))
        if sine == 0:
            return 0.0
        cosine = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(along)
        angle = atan2(sine, cosine)
        alpha = cos(u1) * cos(u2) * sin(along) / sine
        square = 1 - alpha * alpha
        middle = cosine - 2 * sin(u1) * sin(u2) / square if square else 0.0
        length = _length(angle, middle, square)
        c = _FLATTENING / 16 * square * (4 + _FLATTENING * (4 - 3 * square))
        turned = angle + c * sine * (middle + c * cosine * (2 * middle * middle - 1))
        before, along = along, difference + (1 - c) * _FLATTENING * alpha * turned
        if abs(along - before) < _ENOUGH:
            break
    return length


def _length(angle: float, middle: float, square: float) -> float:
    u = square * (_EQUATOR**2 - _POLE**2) / _POLE**2
    root = sqrt(1 + u)
    k = (root - 1) / (root + 1)
    a, b = (1 + k * k / 4) / (1 - k), k * (1 - 3 * k * k / 8)
    inner = cos(angle) * (2 * middle * middle - 1)
    outer = b / 6 * middle * (4 * sin(angle) ** 2 - 3) * (4 * middle * middle - 3)
    return _POLE * a * (angle - b * sin(angle) * (middle + b / 4 * (inner - outer)))


FUNCTIONS = (Function("ST_DISTANCE", 2, 2, distance),)

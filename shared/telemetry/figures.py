"""Figures between two exports: counters add up here, and gauges are told once."""

from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Final

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from shared.metrics import METRICS, Metric

type Values = dict[tuple[str, ...], float]


class Figures:
    """Counters, because the SDK's own cost twenty times as much, and gauges, because its own are never silent again.

    A gauge of the SDK is exported with its last value for as long as the process lives (`_LastValueAggregation`, which
    forgets it only for a temporality that Azure Monitor's exporter and OTLP's do not ask for): whoever measured once
    and never again would look healthy. One reader asks, and what it has been told it is not told again.
    """

    def __init__(self, meter: Meter) -> None:
        self._lock: Final = Lock()
        self._values: Final[dict[Metric, Values]] = {each: {} for each in METRICS if each.kind != "histogram"}
        for each in self._values:
            create = meter.create_observable_counter if each.kind == "counter" else meter.create_observable_gauge
            create(each.name, [self._reading(each)], unit=each.unit, description=each.about)

    def add(self, metric: Metric, value: float, attributes: tuple[str, ...]) -> None:
        with self._lock:
            sums = self._values[metric]
            sums[attributes] = sums.get(attributes, 0) + value

    def put(self, metric: Metric, value: float, attributes: tuple[str, ...]) -> None:
        with self._lock:
            self._values[metric][attributes] = value

    def _reading(self, metric: Metric) -> Callable[[CallbackOptions], Iterable[Observation]]:
        """What the SDK calls back at each export."""

        def read(_: CallbackOptions) -> Iterator[Observation]:
            with self._lock:
                found = list(self._values[metric].items())
                if metric.kind == "gauge":
                    self._values[metric].clear()
            for attributes, value in found:
                yield Observation(value, dict(zip(metric.attributes, attributes, strict=True)))

        return read

"""The hub's numbers for the metrics page, read when somebody asks: counting costs the hot path one addition."""

from collections.abc import Iterator
from dataclasses import fields

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from cuelight.live import process


class LiveCollector(Collector):
    """``cuelight_live_*``: counters since the start, and how many sockets and topics there are now."""

    def collect(self) -> Iterator[Metric]:
        if process.node is None:
            return
        hub = process.node.hub
        yield GaugeMetricFamily("cuelight_live_sockets", "Open sockets.", hub.connection_count())
        yield GaugeMetricFamily("cuelight_live_topics", "Topics with a subscriber.", len(hub.topics()))
        for field in fields(hub.counts):
            count = getattr(hub.counts, field.name)
            yield CounterMetricFamily(f"cuelight_live_{field.name}", f"{field.name} since the start.", count)


def register() -> None:
    """Once per process that serves a metrics page."""
    REGISTRY.register(LiveCollector())

"""What Prometheus reads at ``GET /metrics``: figures about the program, never about a person.

A label's value is always one of a few (a channel, an outcome, a route), never an id or a text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One set of figures. Each application has its own registry, so tests don't share counts."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.turns = Counter(
            "domov_turns_total",
            "Events played, by how they ended",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self.turn_seconds = Histogram(
            "domov_turn_seconds",
            "From an event's arrival to its commit",
            ("channel",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.duplicates = Counter(
            "domov_events_duplicate_total",
            "Events that had come before",
            ("channel",),
            registry=self.registry,
        )
        self.quarantined = Counter(
            "domov_events_quarantined_total",
            "Events put aside after they failed again and again",
            ("channel",),
            registry=self.registry,
        )
        self.deliveries = Counter(
            "domov_deliveries_total",
            "Messages to people, by the state that they reached",
            ("channel", "state"),
            registry=self.registry,
        )
        self.sent_messages = Counter(
            "domov_sent_total",
            "Messages that a platform took, by lane: 0 replies, 1 notices, 2 invitations,"
            " 3 broadcasts",
            ("channel", "lane"),
            registry=self.registry,
        )
        self.bulk_rate = Gauge(
            "domov_bulk_rate",
            "Planned messages a second, over the last ten",
            ("channel",),
            registry=self.registry,
        )
        self.planned = Gauge(
            "domov_planned",
            "Planned messages that wait (queued) or are held until staff release them (held)",
            ("state",),
            registry=self.registry,
        )
        self.inbox_waiting = Gauge(
            "domov_inbox_waiting",
            "Messages to the staff that nobody has answered",
            registry=self.registry,
        )
        self.outbox_waiting = Gauge(
            "domov_outbox_waiting",
            "Messages that wait to be sent",
            ("channel",),
            registry=self.registry,
        )
        self.http_requests = Counter(
            "domov_http_requests_total",
            "Answered HTTP requests",
            ("route", "status"),
            registry=self.registry,
        )

        # The library makes sure of its labels each time; there are few, so they are remembered.
        self._turns = cache(self.turns.labels)
        self._turn_seconds = cache(self.turn_seconds.labels)
        self._deliveries = cache(self.deliveries.labels)
        self._sent = cache(self.sent_messages.labels)

    def turn(self, channel: str, outcome: str, seconds: float) -> None:
        """One event was played: ``outcome`` "played", "duplicate", "ignored" (more than
        one person may do), "quarantined"."""
        self._turns(channel, outcome).inc()
        self._turn_seconds(channel).observe(seconds)
        if outcome == "duplicate":
            self.duplicates.labels(channel).inc()
        if outcome == "quarantined":
            self.quarantined.labels(channel).inc()

    def delivery(self, channel: str, state: str) -> None:
        """A message reached ``state`` ("sent", "failed", "unknown", "expired", …)."""
        self._deliveries(channel, state).inc()

    def sent(self, channel: str, lane: int) -> None:
        """A platform took a message of a lane."""
        self._sent(channel, lane).inc()

    def watch_bulk(self, channel: str, rate: Callable[[], float]) -> None:
        """``rate`` says how many planned messages a second go out, whenever asked."""
        self.bulk_rate.labels(channel).set_function(rate)

    def waiting(self, queued: int, held: int) -> None:
        """So many planned messages wait, or are held."""
        self.planned.labels("queued").set(queued)
        self.planned.labels("held").set(held)

    def unanswered(self, count: int) -> None:
        """So many messages to the staff wait for an answer."""
        self.inbox_waiting.set(count)

    def watch(self, channel: str, waiting: Callable[[], int]) -> None:
        """``waiting`` says how many messages wait in the channel's outbox, whenever asked."""
        self.outbox_waiting.labels(channel).set_function(waiting)

    def request(self, route: str, status: int) -> None:
        """An HTTP request was answered. ``route`` is the pattern ("/preview/file/{token}")."""
        self.http_requests.labels(route, str(status)).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

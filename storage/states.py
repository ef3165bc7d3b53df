"""The states that rows go through; the tables allow no others."""

from __future__ import annotations

PERSON_STATUSES = ("new", "joining", "active", "paused", "mapped")
CONVERSATION_STATUSES = ("open", "parked", "done", "dropped")
IDENTITY_STATUSES = ("ok", "unreachable")
DELIVERY_STATES = (
    "queued",
    "sending",
    "sent",
    "failed",
    "unknown",
    "expired",
    "cancelled",
    "held",
)
INBOX_STATES = ("open", "done")
EVENT_STATUSES = ("draft", "announced", "closed", "over", "cancelled")
RSVP_STATES = ("going", "maybe", "no", "waiting", "offered")
BROADCAST_STATUSES = ("draft", "scheduled", "sending", "paused", "done", "cancelled")
TASK_STATES = ("open", "done", "expired", "cancelled", "failed")
STAFF_ROLES = ("viewer", "coordinator", "admin")

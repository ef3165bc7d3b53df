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

"""The states that rows go through; the tables allow no others."""

from __future__ import annotations

PERSON_STATUSES = ("new", "joining", "active", "paused", "mapped")
JOINING_STATES = (
    "entered",  # the account that entered the code is asked
    "asked",  # it said yes: the account that gave the code is asked
    "joined",  # both said yes; it can be undone
    "settled",  # it cannot any more
    "declined",
    "expired",
    "undone",
)
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
REQUEST_STATUSES = ("open", "matched", "closed")
OFFER_STATUSES = ("active", "off")
MATCH_STATES = (
    "proposed",  # for staff to approve
    "asked_mentor",
    "asked_mentee",
    "introduced",  # both said yes; they have not met
    "met",  # at least once; it goes on
    "done",  # it came to its end
    "declined",  # one of them said no
    "lapsed",  # one of them did not answer in time
    "withdrawn",  # a request, offer, consent or person went before they were introduced
    "dropped",  # by staff, before anybody was asked
    "ended",  # stopped after they were introduced
)
LIVE_MATCHES = MATCH_STATES[:5]
"""In these a match holds one of the mentor's places."""
STAFF_ROLES = ("viewer", "coordinator", "admin")

"""The kinds of messages the bot sends by itself, and what each respects when it is sent.

The lane says who goes first. Invitations, broadcasts and the questions how a pair gets on are
unasked and count in the contact budget; the others are about something the reader said they would
come to, or asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Lane(IntEnum):
    REPLY = 0
    SERVICE = 1
    INVITATION = 2
    BROADCAST = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """``consent``: the purpose that must be consented to; ``pause``: not to somebody who paused;
    ``budget``: counts in, and is held back by, the contact budget; ``quiet``: waits for a decent
    hour at the reader's; ``talk``: waits for a pause in an open conversation."""

    key: str
    lane: Lane
    consent: str | None = None
    pause: bool = True
    budget: bool = False
    quiet: bool = True
    talk: bool = True


_KINDS = (
    Kind("broadcast", Lane.BROADCAST, consent="invitations", budget=True),
    Kind("invitation", Lane.INVITATION, consent="invitations", budget=True),
    Kind("feedback_reminder", Lane.INVITATION, consent="invitations", budget=True),
    Kind("offer", Lane.SERVICE),  # a place on the waiting list has come free
    Kind("reminder", Lane.SERVICE),
    Kind("last_reminder", Lane.SERVICE, quiet=False, talk=False),  # it is about to begin
    Kind("change", Lane.SERVICE, pause=False, talk=False),
    Kind("cancellation", Lane.SERVICE, pause=False, talk=False),
    Kind("thanks", Lane.SERVICE),  # with the feedback survey
    # About a pair, and about a request for a mentor (outreach.mentoring.plans).
    Kind("mentor_ask", Lane.SERVICE, consent="mentoring"),
    Kind("mentee_ask", Lane.SERVICE, consent="mentoring"),
    Kind("ask_reminder", Lane.SERVICE, consent="mentoring"),
    Kind("introduction", Lane.SERVICE, consent="mentoring"),
    Kind("meeting_suggested", Lane.SERVICE, consent="mentoring"),
    Kind("meeting_set", Lane.SERVICE, consent="mentoring"),
    Kind("meet_reminder", Lane.SERVICE, consent="mentoring"),
    Kind("meet_nudge", Lane.INVITATION, consent="mentoring", budget=True),
    Kind("check_first", Lane.INVITATION, consent="mentoring", budget=True),
    Kind("check_midway", Lane.INVITATION, consent="mentoring", budget=True),
    Kind("check_end", Lane.INVITATION, consent="mentoring", budget=True),
    Kind("match_ended", Lane.SERVICE, pause=False),
    Kind("match_lapsed", Lane.SERVICE, consent="mentoring"),
    Kind("mentor_break", Lane.SERVICE, consent="mentoring"),
    Kind("request_unmatched", Lane.SERVICE, consent="mentoring"),
    Kind("request_reopened", Lane.SERVICE, consent="mentoring"),
    # Of what was sent before: a change in place, which rings nobody's bell.
    Kind("correction", Lane.SERVICE, pause=False, quiet=False, talk=False),
    Kind("withdrawal", Lane.SERVICE, pause=False, quiet=False, talk=False),
    # To staff or a group; nobody's consent is asked.
    Kind("test", Lane.SERVICE, pause=False, quiet=False, talk=False),
    Kind("post", Lane.SERVICE, pause=False, quiet=False, talk=False),
)
KINDS = {kind.key: kind for kind in _KINDS}

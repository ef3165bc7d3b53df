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


REMINDERS, CHECK_INS = "reminders", "check_ins"
"""What nobody consented to, for it follows from something they did (they answered an invitation,
they were introduced), and what they can say no to all the same: a row in ``consent`` that says no.
The purposes of the blueprint are the other way round: there must be a row that says yes."""

REFUSABLE = frozenset({REMINDERS, CHECK_INS})


@dataclass(frozen=True, slots=True)
class Kind:
    """``consent``: the purpose that must be consented to; ``stop``: what *No more messages like
    this* below it takes back, a purpose or one of REFUSABLE (None: it is for staff or a group, or
    changes what was sent before); ``always``: goes also to who has refused it, for they would
    stand before a closed door; ``funded``: carries the funding statement; ``pause``: not to
    somebody who paused; ``budget``: counts in, and is held back by, the contact budget;
    ``quiet``: waits for a decent hour at the reader's; ``talk``: waits for a pause in an open
    conversation."""

    key: str
    lane: Lane
    consent: str | None = None
    pause: bool = True
    budget: bool = False
    quiet: bool = True
    talk: bool = True
    stop: str | None = None
    always: bool = False
    funded: bool = False

    @property
    def refusable(self) -> bool:
        """Whether it is not sent to somebody who has refused what it belongs to."""
        return self.stop in REFUSABLE and not self.always


LINK = "link"
AWAY = "away"
FACTS, HOME = "facts", "home"
BRING_BACK = "bring_back"

_KINDS = (
    Kind(
        "broadcast",
        Lane.BROADCAST,
        consent="invitations",
        budget=True,
        stop="invitations",
        funded=True,
    ),
    Kind(
        "invitation",
        Lane.INVITATION,
        consent="invitations",
        budget=True,
        stop="invitations",
        funded=True,
    ),
    Kind(
        "feedback_reminder", Lane.INVITATION, consent="invitations", budget=True, stop="invitations"
    ),
    # Whether what is known of them holds, and when they are next at home (outreach.freshness).
    Kind(FACTS, Lane.INVITATION, consent="invitations", budget=True, stop="invitations"),
    Kind(HOME, Lane.INVITATION, consent="invitations", budget=True, stop="invitations"),
    # What somebody began and left (outreach.bringing_back); it says itself how it ends for good.
    Kind(BRING_BACK, Lane.INVITATION, budget=True),
    # A place on the waiting list has come free.
    Kind("offer", Lane.SERVICE, stop=REMINDERS, always=True),
    Kind("reminder", Lane.SERVICE, stop=REMINDERS),
    # It is about to begin.
    Kind("last_reminder", Lane.SERVICE, quiet=False, talk=False, stop=REMINDERS),
    Kind("change", Lane.SERVICE, pause=False, talk=False, stop=REMINDERS),
    Kind("cancellation", Lane.SERVICE, pause=False, talk=False, stop=REMINDERS, always=True),
    Kind("thanks", Lane.SERVICE, stop=REMINDERS),  # with the feedback survey
    # About a pair, and about a request for a mentor (outreach.mentoring.plans).
    Kind("mentor_ask", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("mentee_ask", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("ask_reminder", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("introduction", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("meeting_suggested", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("meeting_set", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("meet_reminder", Lane.SERVICE, consent="mentoring", stop=CHECK_INS),
    Kind("meet_nudge", Lane.INVITATION, consent="mentoring", budget=True, stop=CHECK_INS),
    Kind("check_first", Lane.INVITATION, consent="mentoring", budget=True, stop=CHECK_INS),
    Kind("check_midway", Lane.INVITATION, consent="mentoring", budget=True, stop=CHECK_INS),
    Kind("check_end", Lane.INVITATION, consent="mentoring", budget=True, stop=CHECK_INS),
    Kind("match_ended", Lane.SERVICE, pause=False, stop="mentoring"),
    Kind("match_lapsed", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("mentor_break", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("request_unmatched", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    Kind("request_reopened", Lane.SERVICE, consent="mentoring", stop="mentoring"),
    # What will be erased, and when: whoever paused must hear of it too (outreach.ending).
    Kind("farewell", Lane.SERVICE, pause=False),
    Kind("unfinished", Lane.SERVICE, pause=False),
    # Of what was sent before: a change in place, which rings nobody's bell.
    Kind("correction", Lane.SERVICE, pause=False, quiet=False, talk=False),
    Kind("withdrawal", Lane.SERVICE, pause=False, quiet=False, talk=False),
    # What staff answer to somebody who wrote to them: asked for, so at once and at any hour.
    Kind("staff_reply", Lane.SERVICE, pause=False, quiet=False, talk=False),
    # To staff or a group; nobody's consent is asked.
    Kind("test", Lane.SERVICE, pause=False, quiet=False, talk=False),
    Kind("staff_notice", Lane.SERVICE, pause=False, quiet=False),
    Kind("post", Lane.SERVICE, pause=False, quiet=False, talk=False),
    # The program was away: to those who may have pressed in vain (outreach.away). What it is about
    # says which consent it needs.
    Kind(AWAY, Lane.INVITATION, budget=True, talk=False),
    # To one account about another that may be the same person's: somebody waits for it.
    Kind(LINK, Lane.SERVICE, pause=False, quiet=False, talk=False),
)
KINDS = {kind.key: kind for kind in _KINDS}

"""Every page of ``/staff`` and every button on it: which role it needs, and what it then says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from messages.base36 import base36
from outreach.staff import COORDINATOR, VIEWER
from tests.turn.staff.world import MESSAGE, Case

About: TypeAlias = Callable[[Case], int]


@dataclass(frozen=True, slots=True)
class Page:
    """``press`` is what the button says, with "#" where the number of what it is ``about``
    stands; ``says`` is, for each role in cike at which the page says more, something that is said
    to nobody below it; it needs the first of them. ``logs`` is what it leaves in the log.

    ``later``: the role that is needed still when what was looked up beside the turns is told.
    ``anywhere``: the role may be in any organisation, for nothing of cike's is shown.
    """

    press: str
    says: Mapping[str, str]
    logs: str | None = None
    about: About | None = None
    later: str | None = None
    anywhere: bool = False

    @property
    def name(self) -> str:
        """As bot.turn.staff.pages has it."""
        return self.press.partition(".")[0]

    @property
    def role(self) -> str:
        return next(iter(self.says))

    def pressed(self, case: Case) -> str:
        """With its number in it."""
        number = base36(self.about(case)) if self.about is not None else ""
        return self.press.replace("#", number)


def seen(says: str) -> Mapping[str, str]:
    """By viewers and everybody above."""
    return {VIEWER: says}


def done(says: str) -> Mapping[str, str]:
    """By coordinators and admins alone."""
    return {COORDINATOR: says}


def both(viewer: str, coordinator: str) -> Mapping[str, str]:
    """By viewers; and more by coordinators."""
    return {VIEWER: viewer, COORDINATOR: coordinator}


def draft(case: Case) -> int:
    return case.world.draft.id


def brunch(case: Case) -> int:
    return case.world.brunch.id


def its_message(_case: Case) -> int:
    return MESSAGE


def letter(status: str) -> About:
    return lambda case: case.world.broadcasts[status].id


def talk(case: Case) -> int:
    """What they left in the middle."""
    return case.talk


PAGES = (
    Page("menu", both("For staff", "Recent activity"), anywhere=True),
    Page("preview", seen("only a preview"), anywhere=True),
    Page("go_on.#", done("What kind of event is it"), about=talk, anywhere=True),
    # Events.
    Page("new_event", done("What kind of event is it"), anywhere=True),
    Page("review_event.#", done("It will reach 1 person"), about=draft, later=COORDINATOR),
    Page("change_event.#", done("Title (English): Picnic"), about=draft),
    Page("announce.#.1", done("1 person is being"), "event.announce", draft, later=COORDINATOR),
    Page("announce.#.0", done("It will reach 1 person"), about=draft, later=COORDINATOR),
    Page("discard_event.#", done("has been discarded"), "event.cancel", draft),
    Page("share_here.-1001", done("Which event should go")),
    # The chat page has no channels: see tests/turn/test_staff_windows.py.
    Page("share.#.-1001", done("This is no longer available"), about=brunch),
    Page("coming", seen("Brunch")),
    Page("event.#", both("Person 21", "Code at the door: "), "event.read", brunch),
    # Broadcasts.
    Page("new_broadcast", done("A new broadcast"), anywhere=True),
    Page("broadcast.#", done("It will reach 1 person"), about=letter("draft"), later=COORDINATOR),
    Page("broadcast.#", both("Letter sending", "Stop for good"), None, letter("sending"), VIEWER),
    Page("change_broadcast.#", done("Letter draft"), about=letter("draft")),
    Page("when.#", done("All at once"), about=letter("draft")),
    Page("send.#.1", done("On its way to 1"), "broadcast.send", letter("draft"), COORDINATOR),
    Page("send.#.1.a202611061000", done("Scheduled"), "broadcast.schedule", letter("draft"),
         COORDINATOR),
    Page("send.#.1.a202611061000", done("Scheduled"), "broadcast.schedule", letter("scheduled"),
         COORDINATOR),
    Page("send.#.0", done("It will reach 1 person"), about=letter("draft"), later=COORDINATOR),
    Page("test.#", done("On its way to you"), "broadcast.test", letter("draft")),
    Page("pause.#", done("Resume sending"), "broadcast.pause", letter("sending"), VIEWER),
    Page("resume.#", done("being sent"), "broadcast.resume", letter("paused"), VIEWER),
    Page("stop.#", done("sending · cancelled"), "broadcast.cancel", letter("sending"), VIEWER),
    Page("stop.#", done("has been discarded"), "broadcast.cancel", letter("draft")),
    # Lists.
    Page("drafts", done("Picnic")),
    Page("log", done("event prepared: draft")),
    Page("figures", seen("CIKE\n"), "people.figures", later=VIEWER),
    # Messages.
    Page("inbox", both("1 message is waiting", "I can’t come"), "inbox.read"),
    Page("message.#", done("Reply"), "inbox.read", its_message),
    Page("reply.#", done("Your reply to"), about=its_message),
    Page("put_away.#", done("marked as done"), "inbox.done", its_message),
    # Mentoring.
    Page("mentoring", both("Mentoring · CIKE", "Look for matches now"), later=VIEWER),
    Page("requests.cike", seen("Cyril"), "match.read", later=VIEWER),
    Page("mentors.cike", seen("Mária"), "match.read", later=VIEWER),
    Page("proposals.cike", both("=Adam – Mária", "Approve 1"), "match.read", later=VIEWER),
    Page("quiet.cike", seen("Beáta – Nina"), "match.read", later=VIEWER),
    Page("match.1", both("=Adam – Mária", "Take the next best"), "match.read"),
    Page("approve.1", done("Approved"), "match.approve"),
    Page("approve_all.cike.1", done("Approved"), "match.approve", later=COORDINATOR),
    Page("approve_all.cike.0", done("There is now 1 proposal"), later=COORDINATOR),
    Page("swap.1", done("Now proposed"), "match.swap"),
    Page("forbid.1", done("=Adam")),
    Page("forbid.1.yes", done("won't be matched again"), "match.forbid"),
    Page("close_match.2", done("Beáta")),
    Page("close_match.2.fit", done("Closed"), "match.close"),
    Page("round.cike", done("round has started"), "match.round"),
)  # fmt: skip

"""Which sources are looked at under a name, and which tests are nearest; all as globs.

The nearest tests are tried first; what they do not notice is shown to the wider ones. Tests that
start programs (tests/system) are in neither: they would cost minutes for each fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Room:
    """Files of the product and of the tests."""

    sources: tuple[str, ...]
    nearest: tuple[str, ...]
    wider: tuple[str, ...] = ()

    def files(self, root: Path) -> tuple[list[str], list[str], list[str]]:
        """Sources, nearest tests, wider tests: paths in the tree."""
        sources = [path for path in _found(root, self.sources) if not _is_bare(root / path)]
        nearest = _found(root, self.nearest)
        return sources, nearest, [path for path in _found(root, self.wider) if path not in nearest]


_MENTORING = ("tests/outreach/mentoring/test_*.py", "tests/turn/test_mentoring*.py")
_EVENTS = (
    "tests/outreach/test_event*.py",
    "tests/outreach/test_rsvp*.py",
    "tests/outreach/test_checkin.py",
    "tests/outreach/test_cards.py",
    "tests/outreach/test_calendar.py",
    "tests/outreach/test_listed.py",
    "tests/outreach/test_merging.py",
    "tests/outreach/test_standing.py",
    "tests/storage/test_events.py",
    "tests/turn/test_event*.py",
)
_STAFF = (
    "tests/outreach/test_staff.py",
    "tests/storage/test_staff.py",
    "tests/turn/staff/test_*.py",
    "tests/turn/test_staff*.py",
    "tests/turn/test_inbox*.py",
    "tests/cli/test_staff.py",
)
_SENDING = ("tests/sending/test_*.py",)

ROOMS = {
    "claiming": Room(
        ("outreach/claiming.py", "outreach/composing.py", "storage/deliveries.py",
         "storage/sent.py"),
        ("tests/outreach/test_claiming.py", "tests/outreach/test_composing.py",
         "tests/outreach/test_footer.py", "tests/outreach/test_restored.py",
         "tests/storage/test_deliver*.py"),
        ("tests/outreach/test_decide.py", "tests/outreach/mentoring/test_telling.py",
         "tests/outreach/test_a_month_of_messages.py", "tests/outreach/test_beside.py",
         "tests/outreach/test_away.py", "tests/outreach/test_ending.py",
         "tests/sending/test_bulk.py", "tests/cli/test_deliveries.py"),
    ),
    "deciding": Room(
        # What a kind says of its footer is read there alone.
        ("outreach/deciding.py", "outreach/kinds.py", "outreach/hours.py", "outreach/footer.py"),
        ("tests/outreach/test_decide.py", "tests/outreach/test_nights.py",
         "tests/outreach/test_footer.py"),
        ("tests/outreach/test_claiming.py", "tests/outreach/test_a_month_of_messages.py",
         "tests/outreach/test_planning.py", "tests/outreach/mentoring/test_telling.py"),
    ),
    "linking": Room(
        ("bot/turn/linking.py", "storage/links.py", "outreach/events/merging.py",
         "storage/mentoring/joining.py", "storage/joinings.py", "storage/facts.py",
         "outreach/joining/*.py"),
        ("tests/storage/test_links*.py", "tests/turn/test_linking*.py",
         "tests/turn/test_joining.py", "tests/turn/test_mentoring_joined.py",
         "tests/outreach/test_merging.py", "tests/outreach/joining/test_*.py",
         "tests/storage/test_facts.py"),
        ("tests/turn/test_coming_back.py", "tests/turn/test_events.py",
         "tests/storage/test_retention.py",
         "tests/outreach/mentoring/test_keeping.py"),
    ),
    "privacy": Room(
        ("storage/privacy.py", "storage/retention.py", "storage/mentoring/private.py",
         "outreach/sweeping.py", "storage/sweeping.py", "bot/housekeeping.py",
         "outreach/mentoring/keeping.py", "storage/disclosed.py", "storage/erasures.py",
         "outreach/erased.py", "outreach/erasing.py", "bot/erasures.py", "storage/notice_texts.py",
         "outreach/notices.py", "bot/turn/notice.py", "bot/turn/mydata.py", "bot/pace.py"),
        ("tests/outreach/test_erased.py", "tests/turn/test_notice.py", "tests/turn/test_mydata.py",
         "tests/test_pace.py", "tests/storage/test_privacy*.py", "tests/storage/test_retention*.py",
         "tests/outreach/test_sweeping.py", "tests/outreach/mentoring/test_keeping.py",
         "tests/test_housekeeping.py"),
        ("tests/turn/test_coming_back.py", "tests/turn/test_mentoring_joined.py",
         "tests/turn/test_registration.py", "tests/outreach/test_rsvp_line.py",
         "tests/storage/test_layout.py"),
    ),
    "staff": Room(
        ("outreach/staff.py", "storage/staff*.py", "bot/turn/staff/*.py"),
        _STAFF,
        ("tests/flows/test_staff_flows.py", "tests/channels/preview/test_staff.py",
         "tests/turn/test_broadcasts.py", "tests/cli/test_match.py", "tests/cli/test_events.py"),
    ),
    "events": Room(
        ("outreach/events/*.py", "storage/events.py", "storage/rsvps.py", "bot/turn/events.py"),
        _EVENTS,
        ("tests/outreach/test_sweeping.py", "tests/outreach/test_composing.py",
         "tests/turn/test_staff.py", "tests/turn/test_linking.py", "tests/cli/test_event*.py"),
    ),
    "sending": Room(
        ("bot/sending/*.py", "storage/outbox.py"),
        _SENDING,
        ("tests/channels/*/test_delivery.py", "tests/channels/*/test_sending*.py",
         "tests/outreach/test_restored.py", "tests/outreach/test_beside.py",
         "tests/test_listener.py"),
    ),
    "mentoring": Room(
        ("outreach/mentoring/*.py", "storage/mentoring/*.py", "bot/turn/mentoring/*.py"),
        _MENTORING,
        ("tests/outreach/test_decide.py", "tests/storage/test_mentoring*.py",
         "tests/storage/test_privacy_mentoring.py", "tests/storage/test_match_export.py",
         "tests/turn/test_staff_mentoring.py", "tests/cli/test_match.py"),
    ),
    "broadcasts": Room(
        ("outreach/broadcasts/*.py", "storage/broadcast*.py", "outreach/planning.py",
         "storage/planning.py", "storage/reach.py", "bot/turn/broadcasts.py"),
        ("tests/outreach/broadcasts/test_*.py", "tests/outreach/test_planning.py",
         "tests/storage/test_plan*.py", "tests/storage/test_reach.py",
         "tests/turn/test_broadcasts.py"),
        ("tests/outreach/audience/test_*.py", "tests/outreach/test_claiming.py",
         "tests/outreach/test_composing.py", "tests/cli/test_broadcast.py",
         "tests/turn/test_staff.py"),
    ),
    "turn": Room(
        ("bot/turn/*.py", "bot/listener.py"),
        ("tests/turn/test_*.py", "tests/test_listener.py"),
        ("tests/channels/*/test_*.py", "tests/recorded/test_*.py"),
    ),
    "flows": Room(
        ("flows/*.py", "flows/understand/*.py"),
        ("tests/flows/test_*.py", "tests/flows/understand/test_*.py"),
        ("tests/turn/test_*.py", "tests/recorded/test_*.py"),
    ),
    "messages": Room(
        ("messages/*.py",), ("tests/messages/test_*.py",), ("tests/channels/*/test_*.py",)
    ),
    "audience": Room(
        ("outreach/audience/*.py", "storage/audiences.py", "storage/conditions.py"),
        ("tests/outreach/audience/test_*.py", "tests/cli/test_audience.py"),
        ("tests/outreach/test_planning.py", "tests/turn/test_staff.py"),
    ),
    "storage": Room(
        ("storage/*.py", "storage/mentoring/*.py", "storage/exports/*.py"),
        ("tests/storage/test_*.py",),
        ("tests/outreach/test_claiming.py", "tests/outreach/test_planning.py",
         "tests/outreach/test_rsvp.py", "tests/outreach/test_staff.py",
         "tests/turn/test_coming_back.py", "tests/turn/test_linking.py"),
    ),
}  # fmt: skip


def room(name: str, root: Path) -> Room:
    """The room of this name; of a path what lies there, with the tests of the rooms it is part of.

    Raises:
        LookupError: there is neither such a room nor such a path.
    """
    if name in ROOMS:
        return ROOMS[name]
    path = name.rstrip("/")
    sources = (path,) if path.endswith(".py") else (f"{path}/**/*.py",)
    inside = set(_found(root, sources))
    if not inside:
        raise LookupError(f"no room and no path: {name}; rooms: {', '.join(ROOMS)}")
    around = [one for one in ROOMS.values() if inside & set(_found(root, one.sources))]
    if not around:
        return Room(sources, (f"tests/{path.split('/')[0]}/**/test_*.py",))
    narrow = min(around, key=lambda one: len(_found(root, one.sources)))
    return Room(sources, narrow.nearest, narrow.wider)


def _found(root: Path, globs: tuple[str, ...]) -> list[str]:
    """Paths in the tree, in the order of the globs, each once."""
    found = (path for glob in globs for path in sorted(root.glob(glob)))
    return list(dict.fromkeys(path.relative_to(root).as_posix() for path in found))


def _is_bare(path: Path) -> bool:
    return path.name == "__init__.py" and path.stat().st_size < 200

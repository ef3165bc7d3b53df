"""What can be pressed below a message about a pair or a request, and what a press says.

A press is ``ref:press`` (see docs/architecture.md): the ref of a pair is "@m" and its number in
base 36, that of a request "@q" and its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from messages.base36 import base36, from_base36
from messages.message import Kind, Option, Widget
from messages.words import Words

MATCH, REQUEST = "@m", "@q"

YES, NO = "yes", "no"
NO_REASONS = ("time", "fit", "other")  # after "no": =no_time …; saying nothing is fine too
OK, TIMES, TIME, ICS, DATE = "ok", "times", "t", "ics", "date"
OWN = "own"  # a day and an hour of their own, beside the suggested ones
MET, NOT_YET = "met", "notyet"
WHYS = ("silent", "time", "fit", "other")  # why they have not met: =why_silent …
REMIND, NEW, CLOSE = "remind", "new", "close"  # what to do about it
VALUES = ("good", "fair", "bad")  # of a check-in: =good_first …
CHECKS = ("first", "midway", "end")
MORE, FINISH = "more", "finish"
STOP = "stop"
STOP_REASONS = ("time", "fit", "silent", "other", "none")  # after "stop": =stop_time …
SHOW, BLOCK = "show", "block"

WAIT, WITHDRAW, EDIT, EVENTS, FORMATS = "wait", "withdraw", "edit", "events", "formats"
REQUESTED = (WAIT, WITHDRAW, EDIT, EVENTS, FORMATS)

BACK = "mentor.back"  # a command: the mentor's break is over

_PLAIN = frozenset(
    {YES, NO, OK, OWN, ICS, DATE, NOT_YET, REMIND, NEW, CLOSE, MORE, FINISH, STOP, SHOW, BLOCK}
)
_WITH_REASON = {"no": NO_REASONS, "why": WHYS, STOP: STOP_REASONS}
PAGES = 5  # of suggested times
_PAGES = {TIMES: 1, **{f"page{page}": page for page in range(PAGES)}}
_LAST_MINUTE = 4_000_000_000  # in the 96th century: what a datetime can still hold


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press below a pair says. ``what`` is one of the constants above, "why" (``reason`` is
    one of :data:`WHYS`) or "check" (``which`` of :data:`CHECKS`, ``value`` of :data:`VALUES`).
    ``reason`` also goes with NO and STOP, once it is given; ``at`` (UTC) with TIME; ``number`` with
    MET (which meeting, from 1) and TIMES (which page of times; 0 is in the introduction).
    """

    what: str
    reason: str = ""
    which: str = ""
    value: str = ""
    number: int = 0
    at: datetime | None = None


def reference(match: int) -> str:
    """The ref of a pair's buttons."""
    return f"{MATCH}{base36(match)}"


def request_reference(request: int) -> str:
    """The ref of a request's buttons."""
    return f"{REQUEST}{base36(request)}"


def number(ref: str) -> int | None:
    """The number of the pair or request that a ref names; None for any other ref."""
    return from_base36(ref[2:]) if ref[:2] in (MATCH, REQUEST) else None


def read(press: str) -> Pressed | None:
    """What a press below a pair says; None for anything that no button says (it may be forged)."""
    if not press.startswith("="):
        return None
    key = press[1:]
    if key in _PLAIN:
        return Pressed(key)
    if key in _PAGES:
        return Pressed(TIMES, number=_PAGES[key])
    first, _, second = key.partition("_")
    if second in _WITH_REASON.get(first, ()):
        return Pressed(first, reason=second)
    if first in VALUES and second in CHECKS:
        return Pressed("check", which=second, value=first)
    return _met(key) or _time(key)


def _key(moment: datetime) -> str:
    """The press for a time, to the minute."""
    return f"{TIME}{base36(int(moment.timestamp()) // 60)}"


def _met(key: str) -> Pressed | None:
    digits = key.removeprefix(MET)
    if digits == key or not (digits.isascii() and digits.isdecimal()) or len(digits) > 3:
        return None
    meeting = int(digits)
    return Pressed(MET, number=meeting) if meeting else None


def _time(key: str) -> Pressed | None:
    minutes = from_base36(key[1:]) if key.startswith(TIME) else None
    if minutes is None or minutes >= _LAST_MINUTE:
        return None
    return Pressed(TIME, at=datetime.fromtimestamp(minutes * 60, UTC))


def read_request(press: str) -> str | None:
    """Which of :data:`REQUESTED` a press below a request says; None for anything else."""
    key = press.removeprefix("=")
    return key if key != press and key in REQUESTED else None


class Buttons:
    """The buttons of one pair in one language."""

    def __init__(self, words: Words, language: str, match: int) -> None:
        self._words = words
        self._language = language
        self._match = match

    def ask(self) -> tuple[Option, ...]:
        """Yes or no, to who is asked."""
        return self._some(YES, NO)

    def take_back(self) -> tuple[Option, ...]:
        """To who said yes, while the other is being asked."""
        return (Option(STOP, f"={STOP}", self._say("take_back")),)

    def no_reasons(self) -> tuple[Option, ...]:
        """Why not; nobody has to say."""
        return self._each("no", NO_REASONS)

    def times(self, choices: Iterable[tuple[datetime, str]], page: int = 0) -> tuple[Option, ...]:
        """Suggested times, (moment, as the reader reads it); other times; "we have one".
        ``page``: which these are; after the last there are no others."""
        chosen = tuple(
            Option(key, f"={key}", label) for moment, label in choices for key in (_key(moment),)
        )
        press = f"page{page + 1}" if page else TIMES
        others = (Option(press, f"={press}", self._say(TIMES)),) if page + 1 < PAGES else ()
        return (*chosen, *others, *self._some(DATE))

    def suggested(self, at: datetime) -> tuple[Option, ...]:
        """The other has suggested a time. A yes names it: by now they may have suggested
        another, which this reader has not seen."""
        return (Option(OK, f"={_key(at)}", self._say(OK)), *self._some(TIMES))

    def agreed(self) -> tuple[Option, ...]:
        """A time is agreed."""
        return self._some(ICS, TIMES)

    def standing(self, meeting: int) -> tuple[Option, ...]:
        """Nothing is suggested: a time, "we have one", that meeting number ``meeting`` was held."""
        first = Option("page0", "=page0", self._say("suggest"))
        return (first, *self._some(DATE), *self.held(meeting))

    def held(self, meeting: int) -> tuple[Option, ...]:
        """That a meeting was held, to say it unasked. Of a later one the label says so: who means
        the one that the other has told us of already must not count it twice."""
        label = self._say("held" if meeting == 1 else "held_again")
        return (Option(f"{MET}{meeting}", f"={MET}{meeting}", label),)

    def did_you_meet(self, meeting: int) -> tuple[Option, ...]:
        """Whether meeting number ``meeting`` was held."""
        met = Option(f"{MET}{meeting}", f"={MET}{meeting}", self._say(MET))
        return (met, *self._some(DATE, NOT_YET))

    def whys(self) -> tuple[Option, ...]:
        """Why they have not met."""
        return self._each("why", WHYS)

    def ways_on(self, *, remind: bool, new: bool) -> tuple[Option, ...]:
        """What to do about it: ``remind`` the other, set a date, find somebody ``new``, close."""
        wanted = ((REMIND, remind), (DATE, True), (NEW, new), (CLOSE, True))
        return self._some(*(key for key, there in wanted if there))

    def check(self, which: str) -> tuple[Option, ...]:
        """How it goes; ``which`` of :data:`CHECKS`."""
        return tuple(
            Option(f"{value}_{which}", f"={value}_{which}", self._say(value)) for value in VALUES
        )

    def at_the_end(self) -> tuple[Option, ...]:
        """Whether they go on."""
        return self._some(MORE, FINISH)

    def stop_reasons(self) -> tuple[Option, ...]:
        """Why it was stopped, for staff only; and that these two are not to be matched again."""
        return (*self._each(STOP, STOP_REASONS), *self._some(BLOCK))

    def only(self, *keys: str) -> tuple[Option, ...]:
        """Any of the plain ones: SHOW, STOP, DATE …"""
        return self._some(*keys)

    def widget(self, options: tuple[Option, ...]) -> Widget | None:
        """These buttons, if there are any."""
        return Widget(Kind.BUTTONS, reference(self._match), options) if options else None

    def _some(self, *keys: str) -> tuple[Option, ...]:
        return tuple(Option(key, f"={key}", self._say(key)) for key in keys)

    def _each(self, first: str, reasons: tuple[str, ...]) -> tuple[Option, ...]:
        keys = tuple(f"{first}_{reason}" for reason in reasons)
        return self._some(*keys)

    def _say(self, label: str) -> str:
        return self._words.text(f"match.button_{label}", self._language)


class RequestButtons:
    """The buttons of one request in one language."""

    def __init__(self, words: Words, language: str, request: int) -> None:
        self._words = words
        self._language = language
        self._request = request

    def some(self, *keys: str) -> tuple[Option, ...]:
        """These of :data:`REQUESTED`."""
        return tuple(Option(key, f"={key}", self._say(key)) for key in keys)

    def widget(self, options: tuple[Option, ...]) -> Widget | None:
        """These buttons, if there are any."""
        return Widget(Kind.BUTTONS, request_reference(self._request), options) if options else None

    def _say(self, label: str) -> str:
        return self._words.text(f"match.button_request_{label}", self._language)

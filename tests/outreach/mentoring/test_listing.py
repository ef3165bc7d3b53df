"""Whose names staff see, who of a pair is silent, and the figures as they are read."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest

from outreach.mentoring import figures, listing
from outreach.mentoring.listing import Seen
from outreach.staff import ADMIN, EVERYWHERE, VIEWER, Actor
from storage.database import Database
from storage.mentoring import lists
from storage.mentoring.lines import MatchLine, Side
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import DAY, few

CIKE = Actor(1, "Eva", {"cike": VIEWER})
CONSOLE = Actor(None, "command line", {EVERYWHERE: ADMIN})


def line(state: str = "introduced", **values: object) -> MatchLine:
    """A pair that was introduced ten days ago."""
    whole: dict[str, object] = {
        "id": 1, "round": None, "request": 1, "state": state, "score": 1,
        "mentee": Side(1, "A", "cike"), "mentor": Side(2, "B", "bsc_kranj"), "reasons": (),
        "alternatives": (), "created_at": NOW, "deadline": None,
        "introduced_at": NOW - 10 * DAY, "meeting_at": None, "meetings": 0,
        "mentor_seen_at": None, "mentee_seen_at": None, "ended_at": None, "ended_by": None,
        "reason": None, **values,
    }  # fmt: skip
    return MatchLine(**whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("side", "how", "told"),
    [
        (Side(1, "A", "cike"), Seen.NAMED, "A (1)"),
        (Side(1, None, "cike"), Seen.NAMED, "— (1)"),
        (Side(2, "B", "bsc_kranj"), Seen.HIDDEN, "a mentor of bsc_kranj"),
        (Side(2, "B", "bsc_kranj", shared=True), Seen.NAMED, "B (2)"),
        (Side(2, "B", None), Seen.HIDDEN, "a mentor of another organisation"),
        (Side(None, None, "bsc_kranj"), Seen.ERASED, "a mentor, erased"),
    ],
)
def test_staff_see_their_own_people_and_who_allows_it(side: Side, how: Seen, told: str) -> None:
    assert listing.seen(CIKE, side) is how
    assert listing.name(side, "mentor", how) == told
    assert listing.seen(CONSOLE, side) in (Seen.NAMED, Seen.ERASED)


def test_a_match_is_theirs_when_one_side_is() -> None:
    assert listing.sees(CIKE, line())
    assert not listing.sees(CIKE, line(mentee=Side(1, "A", "bsc_kranj")))
    assert not listing.sees(CIKE, line(mentee=Side(1, "A", None), mentor=Side(2, "B", None)))


@pytest.mark.parametrize(
    ("mentor", "mentee", "silent"),
    [
        (None, None, ("mentor", "mentee")),
        (NOW - DAY, None, ("mentee",)),
        (None, NOW - DAY, ("mentor",)),
        (NOW - DAY, NOW - DAY, ()),
    ],
)
def test_who_says_nothing_is_named(
    mentor: datetime | None, mentee: datetime | None, silent: tuple[str, ...]
) -> None:
    shown = line(mentor_seen_at=mentor, mentee_seen_at=mentee)
    assert listing.silent(shown, expats(), NOW) == silent


def test_nobody_is_silent_before_they_are_introduced_or_after_the_end() -> None:
    for state in ("proposed", "asked_mentor", "asked_mentee", "done", "ended", "lapsed"):
        assert listing.silent(line(state), expats(), NOW) == ()


def test_without_nudges_silence_has_a_measure_too() -> None:
    mentoring = expats().mentoring.model_copy(update={"nudges": ()})
    assert listing.silence(mentoring)[0] == timedelta(days=mentoring.quiet_days)


def test_the_list_of_quiet_pairs_and_who_is_silent_agree(database: Database) -> None:
    """The statement and the rule in Python are the same."""
    moments = [None, NOW - DAY, NOW - 8 * DAY, NOW - 40 * DAY]
    with database.transaction() as tx:
        few(tx)
        from storage.mentoring import matches

        for state, mentor, mentee, date in product(
            ("introduced", "met"), moments, moments, (None, NOW - DAY, NOW + DAY)
        ):
            values = {
                "state": state, "mentor_seen_at": mentor, "mentee_seen_at": mentee,
                "meeting_at": date, "introduced_at": NOW - 10 * DAY,
            }  # fmt: skip
            matches.update(tx, 2, values)
            found = {each.id for each in listing.quiet(tx, None, expats(), NOW)}
            shown = lists.match(tx, 2)
            assert shown is not None
            silent = listing.silent(shown, expats(), NOW)
            assert (2 in found) == bool(silent), values


def test_figures_are_read_in_order(database: Database) -> None:
    with database.transaction() as tx:
        few(tx)
        found = list(figures.lines(figures.figures(tx, None, expats(), NOW)))
        empty = dict(figures.lines(figures.figures(tx, "nobody", expats(), NOW)))
    assert [key for key, _ in found] == list(figures.SHOWN)
    values = dict(found)
    assert (values["waits"], values["longest"], values["going"], values["meetings"]) == (
        30.0, 50.0, 2, 1,
    )  # fmt: skip
    assert empty["waits"] is None
    assert empty["requests"] == 0

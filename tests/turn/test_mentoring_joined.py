"""Two accounts of one person become one in the middle of mentoring."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.turn.context import House
from outreach.mentoring import rounds
from outreach.staff import console_actor
from storage.database import Database
from tests.turn.two_accounts import joined
from tests.turn.village import Village
from tests.turn.villagers import CONSENTS, asks, check, gives, number_of, rows, somebody


async def asked(database: Database, house: House, kept: tuple[str, ...]) -> Village:
    """Ana has been proposed to Oto, who said yes; then she writes from the account "Anka", whose
    record is kept and consents to ``kept``."""
    village = Village(database, house)
    somebody(village, "Ana", "local", "telegram")
    oto = somebody(village, "Oto", "expat", "slack", organisation="bsc_kranj")
    anka = somebody(village, "Anka", "local", "slack", consents=kept)
    asks(village, "Ana")
    gives(village, "Oto")
    with database.transaction() as tx:
        rounds.ask_for(tx, None, console_actor(), village.now, unattended=True)
    village.look()
    await oto.press("yes")
    await oto.press("done")
    village.look()
    village.joined = True
    await joined(village, anka, village.chats["telegram", "Ana"])
    assert rows(database, "SELECT state FROM mentoring_match") == [("asked_mentee",)]
    village.days(1 / 24, timedelta(minutes=5))
    village.days(1, timedelta(hours=3))
    check(village)
    return village


async def test_what_one_account_asked_for_goes_on_with_the_other(
    database: Database, house: House
) -> None:
    village = await asked(database, house, CONSENTS)
    me = number_of(village, "Anka")
    assert number_of(village, "Ana") == me
    assert rows(database, "SELECT state, mentee_id FROM mentoring_match") == [("asked_mentee", me)]
    assert rows(database, "SELECT status, person_id FROM mentoring_request") == [("open", me)]
    await village.chats["telegram", "Ana"].press("yes")
    await village.chats["telegram", "Ana"].press("done")
    assert rows(database, "SELECT state FROM mentoring_match") == [("introduced",)]


@pytest.mark.parametrize(
    ("kept", "status"),
    [(("register",), "closed"), (("register", "mentoring"), "open")],
    ids=["no mentoring", "no sharing"],
)
async def test_what_the_kept_account_does_not_allow_ends_kindly(
    database: Database, house: House, kept: tuple[str, ...], status: str
) -> None:
    """Oto is of the other organisation: without sharing she may not be introduced to him."""
    village = await asked(database, house, kept)
    assert rows(database, "SELECT state FROM mentoring_match") == [("withdrawn",)]
    assert [each for (each,) in rows(database, "SELECT status FROM mentoring_request")] == [status]
    last = [each for each in village.told if each.user == "Oto"][-1]
    assert (last.kind, last.variant) == ("match_ended", "gone")

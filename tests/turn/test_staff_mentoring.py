"""``/staff``: mentoring – lists, proposals, quiet pairs, and what is decided about them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.mentoring import plans
from storage import tasks
from storage.database import Database, sql
from storage.mentoring import blocks, matches, requests
from tests.fakes.chat import Chat
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import ask, few, member, offer, pair, share
from tests.turn.test_staff import Users, at_work, log

SOON = NOW + timedelta(hours=1)


@pytest.fixture
def filled(database: Database) -> Database:
    """As few() tells; match 1 waits for approval."""
    with database.transaction() as tx:
        few(tx)
    return database


async def coordinator(chat: Users, database: Database, **roles: str) -> Chat:
    """At the mentoring page."""
    eva = await at_work(chat, database, **roles)
    eva.now = SOON
    await eva.press("staff_mentoring")
    return eva


async def test_the_menu_says_how_many_proposals_wait(chat: Users, filled: Database) -> None:
    eva = await at_work(chat, filled)
    assert "Mentoring (1)" in eva.last.buttons
    vera = await at_work(chat, filled, user="vera", cike="viewer")
    assert "Mentoring" in vera.last.buttons
    ana = await at_work(chat, filled, user="ana", bsc_kranj="coordinator")
    assert "Mentoring" in ana.last.buttons


def state(database: Database, match: int = 1) -> str:
    with database.reading() as tx:
        return matches.by_ids(tx, [match])[match].state


async def test_the_overview_counts_real_meetings(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    text = eva.last.text
    assert "Mentoring · CIKE" in text
    for line in (
        "Open requests: 2", "Half have waited less than: 30 days", "Waiting too long: 1",
        "Proposals to approve: 1", "Free places with mentors: 2", "Pairs introduced: 1",
        "Pairs that have met: 1", "Meetings held: 1",
    ):  # fmt: skip
        assert line in text, text
    assert eva.last.buttons == (
        "Proposals to approve", "Open requests", "Mentors with free places", "Pairs gone quiet",
        "Look for matches now", "Staff menu",
    )  # fmt: skip
    with filled.transaction() as tx:
        requests.update(tx, 3, {"status": "closed"})
    await eva.send_press("m", "=staff.mentoring")
    assert "Look for matches now" not in eva.last.buttons  # the other one is proposed already


async def test_a_viewer_sees_no_small_numbers_and_decides_nothing(
    chat: Users, filled: Database
) -> None:
    vera = await coordinator(chat, filled, cike="viewer")
    assert "Open requests: fewer than 5" in vera.last.text
    assert "Half of them" not in vera.last.text
    assert "Look for matches now" not in vera.last.buttons
    await vera.press("Proposals to approve")
    assert vera.last.buttons == ("=Adam – Mária", "Mentoring", "Staff menu")
    await vera.press("=Adam – Mária")
    assert "Approve" not in vera.last.buttons
    for page in ("approve.1", "swap.1", "forbid.1.yes", "close_match.1.fit", "approve_all.cike.1",
                 "round.cike"):  # fmt: skip
        await vera.send_press("m", f"=staff.{page}")
        assert "role doesn't allow" in vera.last.text, page
    assert state(filled) == "proposed"


async def test_who_is_not_of_the_staff_learns_nothing(chat: Users, filled: Database) -> None:
    jana = chat()
    await jana.say("/nonsense")
    unknown = jana.last.text
    for page in ("mentoring", "requests", "mentors", "proposals", "quiet", "match.1", "approve.1"):
        await jana.send_press("m", f"=staff.{page}")
        assert jana.last.text == unknown


async def test_requests_come_by_age_with_what_they_want(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    await eva.press("Open requests")
    text = eva.last.text
    assert text.index("=Adam, 50 days: =1+1") < text.index("Cyril, 10 days: How to sell abroad")
    assert "Within two weeks · proposed" in text
    assert "Beáta" not in text
    assert "Drago" not in text


async def test_a_long_list_says_where_the_rest_is(chat: Users, filled: Database) -> None:
    with filled.transaction() as tx:
        for number in range(20, 40):
            ask(tx, member(tx, number, f"Somebody {number}", "local"), days=1, goal="x" * 400)
    eva = await coordinator(chat, filled)
    await eva.press("Open requests")
    assert "domov match requests --organisation cike" in eva.last.text
    assert "x" * 200 not in eva.last.text


async def test_mentors_with_free_places_have_most_first(chat: Users, filled: Database) -> None:
    with filled.transaction() as tx:
        offer(tx, member(tx, 15, "Rut", "expat"), capacity=5, topics="Selling *abroad*")
    eva = await coordinator(chat, filled)
    await eva.press("Mentors with free places")
    text = eva.last.text
    assert text.index("Rut: 5 of 5 free") < text.index("Mária: 2 of 3 free")
    assert "Selling *abroad*" in text
    assert "Nina" not in text


async def test_a_proposal_explains_itself_and_is_approved(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    await eva.press("Proposals to approve")
    assert "1 proposal is waiting for you" in eva.last.text
    await eva.press("=Adam – Mária")
    text = eva.last.text
    assert "=Adam – Mária · proposed" in text
    assert "What for: =1+1" in text
    assert "The mentor offers what they're looking for:" in text
    assert "The request has been waiting for 12 days." in text
    assert "Next best: Oto, a mentor of BSC" in text
    assert "The mentor offers: Teamwork" in text
    assert eva.last.buttons[:3] == ("Approve", "Take the next best", "Never match these two")
    card = eva.last
    await eva.press("Approve")
    assert "Approved; we're asking 1 mentor." in eva.last.text
    assert state(filled) == "asked_mentor"
    assert log(filled)[-1] == ("Eva", "match.approve", "cike", "match:1", 2)
    await eva.press("Approve", on=card)
    assert "moved on in the meantime" in eva.last.text
    assert "the mentor is being asked" in eva.last.text


async def test_the_other_organisation_s_people_have_no_names(chat: Users, filled: Database) -> None:
    ana = await coordinator(chat, filled, user="ana", bsc_kranj="coordinator")
    await ana.send_press("m", "=staff.match.3")
    assert "Drago – a mentor of CIKE" in ana.last.text
    assert "Oto" not in ana.last.text
    eva = await coordinator(chat, filled)
    await eva.send_press("m", "=staff.match.3")
    assert "a mentee of BSC" in eva.last.text
    assert "How to sell abroad" not in eva.last.text
    assert "Close" not in eva.last.buttons
    await ana.send_press("m", "=staff.match.1")
    assert "role doesn't allow" in ana.last.text
    with filled.transaction() as tx:
        share(tx, 13)
    await ana.send_press("m", "=staff.match.3")
    assert "Drago – Oto" in ana.last.text


async def test_all_proposals_are_approved_as_many_as_the_button_said(
    chat: Users, filled: Database
) -> None:
    eva = await coordinator(chat, filled)
    await eva.press("Proposals to approve")
    before = eva.last
    with filled.transaction() as tx:
        for number in range(30, 30 + 60):
            request = ask(tx, member(tx, number, "L", "local"))
            pair(tx, request, number, offer(tx, member(tx, number + 100, "M", "expat")))
    await eva.press("Approve 1", on=before)
    assert "There are now 61 proposals" in eva.last.text
    await eva.press("Proposals to approve")
    await eva.press("Approve all 61")
    assert "Approved; we're asking 61 mentors." in eva.last.text
    with filled.reading() as tx:
        (left,) = tx.run(sql("SELECT count(*) FROM mentoring_match WHERE state = 'proposed'"))
    assert left == (0,)
    await eva.press("Proposals to approve")
    assert "No proposals are waiting" in eva.last.text


async def test_the_next_best_takes_the_place(chat: Users, filled: Database) -> None:
    with filled.transaction() as tx:
        offer(tx, member(tx, 16, "Sára", "expat"), languages=("sk",))
    eva = await coordinator(chat, filled)
    await eva.send_press("m", "=staff.match.1")
    await eva.press("Take the next best")
    assert "Now proposed:" in eva.last.text
    assert "=Adam – Sára · proposed" in eva.last.text
    assert state(filled) == "dropped"


async def test_without_anybody_else_the_proposal_stands(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    await eva.send_press("m", "=staff.match.1")
    await eva.press("Take the next best")
    assert "nobody else" in eva.last.text
    assert state(filled) == "proposed"


async def test_two_are_kept_apart_once_it_is_confirmed(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    await eva.send_press("m", "=staff.match.1")
    await eva.press("Never match these two")
    assert "Never match =Adam – Mária again?" in eva.last.text
    assert state(filled) == "proposed"
    await eva.press("Yes, never")
    assert "won't be matched again" in eva.last.text
    assert state(filled) == "dropped"
    with filled.reading() as tx:
        assert blocks.between(tx, 1, 11)


async def test_a_quiet_pair_is_shown_and_closed_with_a_reason(
    chat: Users, filled: Database
) -> None:
    eva = await coordinator(chat, filled)
    await eva.press("Pairs gone quiet")
    await eva.press("Beáta – Nina")
    assert "Silent since: Nina, " in eva.last.text
    await eva.press("Close")
    assert "told kindly, without the reason" in eva.last.text
    await eva.press("No answer")
    assert "Closed." in eva.last.text
    assert "Why it ended: No answer" in eva.last.text
    assert state(filled, 2) == "ended"
    assert log(filled)[-1][1] == "match.close"


async def test_a_round_is_asked_for(chat: Users, filled: Database) -> None:
    eva = await coordinator(chat, filled)
    await eva.press("Look for matches now")
    assert "A round has started" in eva.last.text
    with filled.reading() as tx:
        (task,) = [each for each in tasks.of(tx, "round:cike") if each.kind == plans.ROUND]
    assert task.due_at == eva.now


async def test_everything_is_said_in_slovak_and_slovenian(chat: Users, filled: Database) -> None:
    for language, words in (("sk", "Otvorené žiadosti: 2"), ("sl", "Odprte prošnje: 2")):
        eva = await at_work(chat, filled, user=f"staff-{language}", locale=language)
        eva.now = SOON
        await eva.send_press("m", "=language." + language)
        await eva.send_press("m", "=staff.mentoring")
        assert words in eva.last.text, eva.last.text
        for page in ("requests.cike", "mentors.cike", "proposals.cike", "quiet.cike", "match.2"):
            await eva.send_press("m", f"=staff.{page}")
            assert "%(" not in eva.last.text

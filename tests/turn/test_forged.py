"""Presses that were forged, and conversations that were left before something changed: whatever a
surface would not have offered writes no row, because the rule stands where the row is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest
from sqlalchemy import text

from bot.turn.context import House
from messages.base36 import base36
from outreach.events.buttons import reference
from outreach.mentoring.buttons import MATCH, REQUEST
from storage.database import Database, sql
from storage.events import EventRow
from tests.fakes.chat import START, Chat
from tests.outreach import inviting
from tests.outreach.broadcasts.writing import QUESTION, draft
from tests.outreach.sending import delivery, put
from tests.turn.talks import allow, join
from tests.turn.two_accounts import registered
from tests.turn.village import Village

WRITTEN = (
    "rsvp", "answer", "mentoring_request", "mentor_offer", "mentoring_match", "mentoring_block",
    "consent", "consent_log", "event", "broadcast", "staff", "staff_role", "staff_login",
    "staff_log", "joining", "trait", "inbox_reply",
)  # fmt: skip
Ready = Callable[[Village, Chat], Awaitable[None]]
Presses = tuple[tuple[str, str], ...]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """On both databases: rules are read with statements."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def written(database: Database) -> Mapping[str, list[str]]:
    with database.reading() as tx:
        return {
            table: sorted(map(repr, tx.connection.execute(text(f"SELECT * FROM {table}"))))
            for table in WRITTEN
        }


def run(village: Village, statement: str, **params: object) -> None:
    with village.database.transaction() as tx:
        tx.run(sql(statement), **params)


async def nobody(_village: Village, chat: Chat) -> None:
    """Somebody who has only written."""
    await chat.say("/start")


async def half(_village: Village, chat: Chat) -> None:
    """Somebody who has consented, and not finished the registration."""
    await join(chat)
    await chat.say("/consents")
    await allow(chat, "invitations", "mentoring")


async def expat(village: Village, chat: Chat) -> None:
    registered(village, chat, "invitations", "mentoring", name="Jana Nováková")


async def local(village: Village, chat: Chat) -> None:
    await expat(village, chat)
    run(village, "UPDATE person SET persona = 'local', residence = 'gorenjska'")


def event(village: Village, key: str = "brunch", **values: object) -> EventRow:
    with village.database.transaction() as tx:
        row = inviting.event(tx, key, created_at=START, updated_at=START, **values)
        tx.run(sql("UPDATE event SET id = 1"))
    return row


async def at_a_draft(village: Village, chat: Chat) -> None:
    await expat(village, chat)
    event(village, status="draft")


async def not_at_the_event(village: Village, chat: Chat) -> None:
    """It is over; they had said that they can't come."""
    await expat(village, chat)
    event(village, starts_at=START.replace(day=1), ends_at=START.replace(day=2), status="over")
    run(
        village, "INSERT INTO rsvp (event_id, person_id, state, answered_at)"
        " SELECT 1, id, 'no', '2026-11-01T00:00:00.000000Z' FROM person",
    )  # fmt: skip


async def nobody_at_an_event(village: Village, chat: Chat) -> None:
    await nobody(village, chat)
    event(village)


async def half_at_an_event(village: Village, chat: Chat) -> None:
    await half(village, chat)
    event(village)


async def beside_a_broadcast(village: Village, chat: Chat) -> None:
    """It was sent to somebody else."""
    other = village.person("other", "slack")
    await expat(village, chat)
    number = registered(village, other, "invitations", name="Eva Kováčová")
    row = draft(village.database, START, question=QUESTION)
    with village.database.transaction() as tx:
        delivery(tx, number, broadcast_id=row.id, state="sent", message="m", due_at=START)
        tx.run(sql("UPDATE broadcast SET id = 1"))
        tx.run(sql("UPDATE delivery SET broadcast_id = 1"))


async def with_a_broadcast(village: Village, chat: Chat) -> None:
    """It was sent to them."""
    await beside_a_broadcast(village, chat)
    run(village, "UPDATE delivery SET person_id = (SELECT min(id) FROM person)")


async def beside_a_pair(village: Village, chat: Chat) -> None:
    await expat(village, chat)
    ids = [
        registered(village, village.person(user, "slack"), "mentoring", name=user)
        for user in ("Oto", "Ana")
    ]
    at = {"created_at": START, "updated_at": START, "waiting_since": START}
    with village.database.transaction() as tx:
        put(tx, "mentoring_request", id=1, person_id=ids[1], **at)
        put(
            tx, "mentoring_match", id=1, request_id=1, mentor_id=ids[0], mentee_id=ids[1],
            state="asked_mentor", created_at=START, uid="u",
        )  # fmt: skip


EVENT, BROADCAST = reference(1), f"@b{base36(1)}"
PAIR, WISH = f"{MATCH}{base36(1)}", f"{REQUEST}{base36(1)}"
MATCH_PRESSES = ("yes", "no", "met1", "stop", "block", "new", "close", "go_on", "finish")


@pytest.mark.parametrize(
    ("ready", "presses"),
    [
        (nobody, (("m", "=mentor.agree"), ("m", "=mentor.request"), ("m", "=survey.willingness"))),
        (nobody_at_an_event, ((EVENT, "=going"), (EVENT, "=g2"), (EVENT, "=feedback"))),
        (half_at_an_event, ((EVENT, "=going"), (EVENT, "=maybe"), (EVENT, "=no"))),
        (half, (("m", "=survey.willingness"), ("m", "=mentor.offer"), ("m", "=mentor.on"))),
        (at_a_draft, ((EVENT, "=going"), (EVENT, "=no"), (EVENT, "=feedback"))),
        (not_at_the_event, ((EVENT, "=feedback"), (EVENT, "=going"), (EVENT, "=g1"))),
        (expat, (("m", "=mentor.withdrawn"), ("m", "=mentor.really_off"), ("m", "=continue.1"))),
        (local, (("m", "=survey.willingness"), ("m", "=mentor.on"), ("m", "=mentor.back"))),
        (beside_a_broadcast, ((BROADCAST, "=yes"), (BROADCAST, "=no"))),
        (with_a_broadcast, ((BROADCAST, "=perhaps"), (BROADCAST, "="), (BROADCAST, "!yes"))),
        (beside_a_pair, tuple((PAIR, f"={each}") for each in MATCH_PRESSES)),
        (beside_a_pair, ((WISH, "=withdraw"), (WISH, "=keep"), ("m", "=mentor.pair_1"))),
        (expat, tuple(("m", f"=staff.{each}") for each in ("events", "announce_1", "people"))),
    ],
)
async def test_a_forged_press_writes_nothing(
    database: Database, house: House, ready: Ready, presses: Presses
) -> None:
    village = Village(database, house)
    chat = village.person("u1")
    await ready(village, chat)
    before = written(database)
    for ref, press in presses:
        await chat.send_press(ref, press)
        assert written(database) == before, press
        assert chat.log[-1].text, "whatever it is, it is answered"


NO_CONSENT = "UPDATE consent SET given = FALSE WHERE purpose = 'mentoring'"


async def asking(_village: Village, chat: Chat) -> None:
    """A request for a mentor, up to its last button."""
    await chat.say("/mentor")
    await chat.say("I would like to sell abroad.")
    await chat.press("negotiation")
    await chat.press("done")
    for answer in ("done", "online", "soon", "monthly", "done"):
        await chat.press(answer)


async def offering(_village: Village, chat: Chat) -> None:
    await chat.say("/mentor")


@pytest.mark.parametrize(
    ("ready", "talk", "change"),
    [
        (local, asking, "UPDATE person SET persona = 'expat'"),
        (local, asking, NO_CONSENT),
        (expat, offering, "UPDATE person SET persona = 'local'"),
        (expat, offering, NO_CONSENT),
    ],
    ids=["mentee's persona", "mentee's consent", "mentor's persona", "mentor's consent"],
)
async def test_a_conversation_that_was_left_writes_nothing_that_is_not_allowed_any_more(
    database: Database, house: House, ready: Ready, talk: Ready, change: str
) -> None:
    """A persona changes with a joining, a consent by being withdrawn on the other account."""
    village = Village(database, house)
    chat = village.person("u1")
    await ready(village, chat)
    await talk(village, chat)
    run(village, change)
    before = written(database)
    await chat.press("done")
    assert written(database) == before
    assert "no longer available" in chat.log[-2].text
    assert chat.last.buttons, "and what there is instead"


async def test_feedback_that_was_begun_counts_only_of_who_was_there(
    database: Database, house: House
) -> None:
    """They were there as far as was known; then staff put the list right."""
    village = Village(database, house)
    chat = village.person("u1")
    await not_at_the_event(village, chat)
    run(village, "UPDATE rsvp SET state = 'going'")
    before = written(database)["answer"]  # what they typed when they registered
    await chat.send_press(EVENT, "=feedback")
    while chat.last.widget is not None and chat.last.widget.ref != "m":
        keys = {option.key for option in chat.last.options()}
        last = chat.last
        run(village, "UPDATE rsvp SET state = 'no'")
        await chat.press("skip" if "skip" in keys else next(iter(last.options())).key, on=last)
    assert written(database)["answer"] == before

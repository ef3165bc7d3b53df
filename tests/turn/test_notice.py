"""Consent to the word: the words are stored once a version and language, each consent says which
were read, and other words under an old version are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blueprints.schema import Texts
from bot.turn import notice
from bot.turn.context import House
from outreach.claiming import Batch, claim
from outreach.deciding import NOTICE, SEND, Later, Rules, decide
from storage import notice_texts
from storage.database import Database
from storage.statements import sql
from storage.transaction import Transaction
from tests.fakes.chat import START, Chat
from tests.outreach import sending
from tests.outreach.candidates import candidate
from tests.outreach.sending import NOON
from tests.turn.talks import register_expat, rows

Users = Callable[..., Chat]
LOG = (
    "SELECT l.purpose, l.given, l.notice_version, l.channel, l.language, n.version, n.language,"
    " n.text FROM consent_log l LEFT JOIN notice_text n ON n.id = l.words_id ORDER BY l.id"
)


def other(house: House, **changes: Any) -> House:
    """The house with another notice."""
    programme = house.blueprint.programme.model_copy(update=changes)
    return replace(house, blueprint=house.blueprint.model_copy(update={"programme": programme}))


def words(house: House, text: str, language: str = "sk") -> House:
    """Other words about how long, in one language."""
    changed = {**house.blueprint.programme.retention.root, language: text}
    return other(house, retention=Texts(changed))


def test_the_words_are_all_that_is_read_before_agreeing(house: House) -> None:
    programme = house.blueprint.programme
    for language, text in notice.texts(house).items():
        told: tuple[Texts, ...] = (programme.purpose, programme.retention, programme.rights)
        assert programme.hello is not None
        assert programme.short_notice is not None
        told = (*told, programme.hello, programme.short_notice, programme.funding_statement)
        free = [each for each in house.blueprint.purposes if not each.needed]
        labels, details = [each.label for each in free], [each.detail for each in free]
        controllers = [each.controller for each in house.blueprint.organisations]
        for each in (*told, *labels, *details, *controllers):
            for paragraph in each[language].split("\n\n"):
                assert " ".join(paragraph.split()) in " ".join(text.split())
    assert set(notice.texts(house)) == set(house.blueprint.languages)


def test_words_are_stored_once_and_stay(database: Database, house: House) -> None:
    with database.transaction() as tx:
        notice.keep(tx, house, START)
        notice.keep(tx, words(house, "Na veky."), START + timedelta(days=1))
    stored = "SELECT version, language, sha256, text FROM notice_text ORDER BY language"
    assert rows(database, stored) == [
        ("2026-2", language, notice_texts.digest(text), text)
        for language, text in sorted(notice.texts(house).items())
    ]


def test_other_words_under_an_old_version_are_named_with_the_remedy(
    database: Database, house: House
) -> None:
    changed = words(house, "Na veky.")
    with database.transaction() as tx:
        assert notice.changed(tx, changed) == []
        notice.keep(tx, house, START)
        assert notice.changed(tx, house) == []
        (told,) = notice.changed(tx, changed)
        assert "[programme] notice_version: the words of the notice or the consents in 'sk'" in told
        assert "stored under '2026-2' on 2026-11-22" in told
        assert "another notice_version" in told
        assert len(notice.changed(tx, words(changed, "Forever.", "en"))) == 2
        assert notice.changed(tx, other(changed, notice_version="2027-1")) == []


async def test_each_consent_says_version_language_channel_and_words(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat(channel="telegram", locale="en")
    await register_expat(jana)
    await jana.say("/language sl")
    await jana.say("/consents")
    await jana.press("mentoring")
    await jana.press("done")
    log = rows(database, LOG)
    texts = notice.texts(house)
    assert {row[2:] for row in log[:-1]} == {
        ("2026-2", "telegram", "en", "2026-2", "en", texts["en"])
    }
    assert (log[-1][0], bool(log[-1][1])) == ("mentoring", True)
    assert log[-1][2:] == ("2026-2", "telegram", "sl", "2026-2", "sl", texts["sl"])


@pytest.mark.parametrize(
    ("material", "fine"),
    [
        ([False, False], None),
        ([True, False], {"1", "2"}),
        ([False, True], {"2"}),
        ([True, True, False], {"2", "3"}),
        ([False, True, False, False], {"2", "3", "4"}),
    ],
)
def test_versions_since_the_last_material_one_need_no_asking(
    database: Database, material: list[bool], fine: set[str] | None
) -> None:
    with database.transaction() as tx:
        for number, each in enumerate(material, 1):
            for language in ("sk", "en"):
                notice_texts.keep(
                    tx, str(number), {language: f"{number}"}, START + timedelta(days=number),
                    material=each,
                )  # fmt: skip
        found = notice_texts.fine(tx)
        assert (None if found is None else set(found)) == fine


def test_that_a_version_is_material_can_be_said_later(database: Database) -> None:
    with database.transaction() as tx:
        notice_texts.keep(tx, "1", {"sk": "one"}, START, material=False)
        assert notice_texts.fine(tx) is None
        notice_texts.keep(tx, "1", {"sk": "one"}, START, material=True)
        assert notice_texts.fine(tx) == frozenset({"1"})


# ---- a material version ----


def anew(house: House) -> House:
    """A new version, with more than other words."""
    return other(house, notice_version="2027-1", notice_material=True)


async def test_whoever_agreed_before_is_asked_at_their_next_word_and_their_word_answered(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    jana.house = anew(house)
    shown = await jana.say("/events")
    assert len(shown) == 2
    assert "What we do with your data has changed" in jana.last.text
    assert house.blueprint.programme.purpose["en"].split()[0] in jana.last.text
    await jana.press("register")
    await jana.press("invitations")
    await jana.press("done")
    assert "This applies from now on" in jana.last.text
    consents = "SELECT purpose, given, notice_version FROM consent ORDER BY purpose"
    assert {row[2] for row in rows(database, consents)} == {"2027-1"}
    given = {row[0] for row in rows(database, consents) if row[1]}
    assert given == {"register", "invitations"}
    purposes = len(house.blueprint.purposes)
    logged = [row[2:6] for row in rows(database, LOG)]
    assert logged[-purposes:] == [("2027-1", "preview", "en", "2027-1")] * purposes
    assert rows(database, "SELECT notice_version FROM person") == [("2027-1",)]
    assert "has changed" not in (await jana.say("/events"))[-1].text


async def test_what_was_open_is_gone_on_with_after_they_answered(chat: Users, house: House) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/survey willingness")
    asked = jana.last.text
    jana.house = anew(house)
    await jana.say("hm?")
    assert "has changed" in jana.last.text
    await jana.press("register")
    await jana.press("done")
    assert asked.split("\n")[-1] in jana.last.text


async def test_a_short_conversation_is_finished_first(
    chat: Users, database: Database, house: House
) -> None:
    """Whoever wants to be erased is not asked to agree before."""
    jana = chat()
    await register_expat(jana)
    jana.house = anew(house)
    await jana.say("/forget")
    assert "has changed" not in jana.last.text
    await jana.press("yes")
    await jana.press("yes")
    assert rows(database, "SELECT id FROM person") == []


async def test_other_wording_alone_asks_nobody(chat: Users, house: House) -> None:
    jana = chat()
    await register_expat(jana)
    jana.house = other(house, notice_version="2027-1")
    assert "has changed" not in (await jana.say("/events"))[-1].text


async def test_versions_after_a_material_one_ask_those_who_missed_it(
    chat: Users, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    later = other(house, notice_version="2027-2")
    jana.house = replace(later, fine=frozenset({"2027-1", "2027-2"}))
    await jana.say("/events")
    assert "has changed" in jana.last.text


async def test_whoever_has_agreed_to_nothing_yet_is_asked_nothing_twice(
    chat: Users, house: House
) -> None:
    jana = chat()
    jana.house = anew(house)
    await register_expat(jana)
    assert not [shown for shown in jana.log if "has changed" in shown.text]


@pytest.mark.parametrize(
    ("kind", "goes"),
    [("broadcast", False), ("invitation", False), ("reminder", False), ("cancellation", True),
     ("staff_reply", True)],
)  # fmt: skip
def test_until_they_answer_nothing_unasked_is_sent(kind: str, goes: bool, house: House) -> None:
    rules = Rules.of(anew(house).blueprint)
    about: dict[str, Any] = {"kind": kind, "notice": "2026-2"}
    if kind in ("invitation", "reminder", "cancellation"):
        about |= {"event": 7, "event_status": "announced", "broadcast": None, "rsvp": "going"}
    if kind == "cancellation":
        about["event_status"] = "cancelled"
    if kind == "invitation":
        about["rsvp"] = None
    waits = decide(candidate(**about), NOON, rules)
    assert (waits == SEND) is goes
    if not goes:
        assert waits == Later(NOON + timedelta(days=7), NOTICE)
    assert decide(candidate(**{**about, "notice": "2027-1"}), NOON, rules) == SEND
    assert decide(candidate(**about), NOON, Rules.of(house.blueprint)) == SEND


async def test_what_waited_goes_once_they_have_answered(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat(channel="telegram")
    await register_expat(jana)
    with database.transaction() as tx:
        number = sending.delivery(
            tx, 1, "broadcast", broadcast_id=sending.broadcast(tx), account="local",
            due_at=START, created_at=START,
        )  # fmt: skip
        tx.run(sql("UPDATE consent SET given = TRUE"))
    new = anew(house)
    rules = Rules.of(new.blueprint)

    def take(tx: Transaction) -> Batch:
        return claim(tx, "7", "telegram", "local", 30, frozenset(), NOON, rules)

    with database.transaction() as tx:
        batch = take(tx)
    assert (batch.claimed, batch.later[number].reason) == ((), NOTICE)
    jana.house = new
    jana.now = NOON - timedelta(hours=1)
    await jana.say("/events")
    for key in ("register", "invitations", "done"):
        await jana.press(key)
    with database.transaction() as tx:
        assert [each.delivery for each in take(tx).claimed] == [number]

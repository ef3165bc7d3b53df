"""The other of a pair: loaded in one statement, reached only where they can be."""

from __future__ import annotations

from dataclasses import replace

from messages import rich
from outreach.mentoring import people
from storage.database import Database, Transaction, sql
from storage.moments import moment
from tests.outreach.inviting import NOW, expats, person
from tests.outreach.mentoring.introducing import TO_MENTEE, TO_MENTOR, WORDS

IDENTITY = sql(
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, username, status,"
    " created_at) VALUES (:id, :channel, :account, :user, :user, :username, :status, :at)"
)
FACTS = sql(
    "UPDATE person SET email = 'jana@example.com', country = 'SK', field = 'it', name = 'Jana',"
    " timezone = NULL WHERE id = :id"
)
ME, JANA, ANA = 1, 2, 3


def identity(
    tx: Transaction, person: int, channel: str, account: str, user: str,
    username: str | None = None, status: str = "ok",
) -> None:  # fmt: skip
    tx.run(
        IDENTITY, id=person, channel=channel, account=account, user=user, username=username,
        status=status, at=moment(NOW),
    )  # fmt: skip


def test_other_is_loaded_with_what_the_reader_may_use(database: Database) -> None:
    with database.transaction() as tx:
        for number in (ME, JANA, ANA):
            person(tx, number)
        tx.run(FACTS, id=JANA)
        identity(tx, ME, "slack", "T1", "U1")
        identity(tx, JANA, "slack", "T1", "U2")
        identity(tx, JANA, "slack", "T9", "U9")
        identity(tx, JANA, "telegram", "7", "22", "jana_k")
        identity(tx, ANA, "telegram", "7", "33")
        identity(tx, ANA, "slack", "T9", "U3")
        found = people.others(tx, [(ME, JANA), (ME, ANA), (ANA, JANA), (ME, 99), (ME, JANA)])
    assert set(found) == {(ME, JANA), (ME, ANA), (ANA, JANA)}
    jana = found[ME, JANA]
    assert (jana.person, jana.name, jana.country, jana.field) == (JANA, "Jana", "SK", "it")
    assert (jana.telegram, jana.slack) == ("jana_k", ("T1", "U2"))
    assert people.zone(jana, expats()) == "Europe/Bratislava"
    assert found[ANA, JANA].slack == ("T9", "U9"), "the workspace that both are in"
    assert (found[ME, ANA].telegram, found[ME, ANA].slack) == (None, None)
    assert people.contacts(found[ME, ANA]) == {}
    assert people.contacts(jana) == {"email": "jana@example.com", "chat": "@jana_k"}


def test_account_that_is_gone_reaches_nobody(database: Database) -> None:
    with database.transaction() as tx:
        person(tx, ME)
        person(tx, JANA)
        identity(tx, JANA, "telegram", "7", "22", "jana_k", status="unreachable")
        found = people.others(tx, [(ME, JANA)])
    assert people.contacts(found[ME, JANA]) == {}


def test_nobody_is_asked_for_costs_no_statement(database: Database) -> None:
    with database.transaction() as tx:
        assert people.others(tx, []) == {}


def test_only_what_was_agreed_to_is_listed() -> None:
    def listed(*agreed: str) -> str:
        return rich.plain(people.lines(TO_MENTEE, agreed, WORDS, "sl"))

    assert listed() == ""
    assert listed("email") == "• E-pošta: matej@example.com"
    assert listed("chat") == "• Telegram: @matej_n\n• Slack: Matej Novák"
    assert listed("chat", "fax") == listed("chat")


def test_agreed_contact_that_is_gone_is_left_out() -> None:
    nowhere = replace(TO_MENTOR, telegram=None)
    assert people.lines(nowhere, ("chat", "linkedin"), WORDS, "en") == ()


def test_chat_in_a_shared_workspace_is_one() -> None:
    only = replace(TO_MENTOR, telegram=None, email=None, slack=("T1", "U2"))
    assert people.contacts(only) == {"chat": "Slack"}

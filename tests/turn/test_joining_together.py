"""Both accounts press in the same moment, each in a process of its own (two databases): whoever
waits for the other plays as whom they are by then."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.incoming import Press, Said, Text
from bot.turn.context import House
from bot.turn.unit import play_event
from storage.connections import wants_again
from storage.database import Database, sql
from tests.fakes.chat import Chat
from tests.turn.two_accounts import YES, asked, level, person_of, registered
from tests.turn.village import Village

TRIES = 5  # a deadlock is undone and played again, as the writer does


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """SQLite has one process, which plays one turn after the other."""
    return postgresql_url


def together(*works: Callable[[], None]) -> None:
    failed: list[BaseException] = []
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            begin.wait(30)
            work()
        except BaseException as fault:
            failed.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert not failed, failed


def playing(database: Database, house: House, chat: Chat, said: Said) -> Callable[[], None]:
    incoming = chat.incoming(said)

    def play() -> None:
        for attempt in range(TRIES):
            try:
                with database.transaction() as tx:
                    play_event(tx, house, incoming, chat.now)
            except Exception as fault:
                if attempt == TRIES - 1 or not wants_again(fault):
                    raise
            else:
                return

    return play


async def test_a_word_beside_a_yes_or_an_undo_is_its_own_accounts(
    database: Database, database_url: str, house: House
) -> None:
    other = Database.open(database_url)
    village = Village(database, house)
    jana, eva = village.person("u1"), village.person("u2", "slack")
    own = [registered(village, jana, name="Jana Nováková")]
    level(jana, eva)
    own.append(registered(village, eva, name="Eva Kováčová"))
    level(jana, eva)
    await asked(village, jana, eva)
    question = next(each for each in reversed(jana.log) if YES in each.buttons)
    yes = Press("m", question.find(YES).press)
    try:
        together(
            playing(database, house, jana, yes),
            playing(other, house, eva, Text("could you call me?")),
        )
        assert person_of(database, "u1") == person_of(database, "u2") == own[0]
        level(jana, eva)
        together(
            playing(database, house, jana, Text("link undo")),
            playing(other, house, eva, Text("pause")),
            playing(other, house, eva, Text("link undo")),
        )
        assert [person_of(database, user) for user in ("u1", "u2")] == own
        with database.reading() as tx:
            states = tx.run(sql("SELECT state FROM joining")).fetchall()
            open_ = tx.run(sql("SELECT count(*) FROM conversation WHERE status = 'open'"))
            assert states == [("undone",)]
            assert (open_.fetchone() or (9,))[0] <= 2
    finally:
        other.close()


async def test_a_yes_beside_a_no_is_one_of_the_two(
    database: Database, database_url: str, house: House
) -> None:
    other = Database.open(database_url)
    village = Village(database, house)
    jana, eva = village.person("u1"), village.person("u2", "slack")
    own = [registered(village, each, name=each.user) for each in (jana, eva)]
    level(jana, eva)
    await asked(village, jana, eva)
    question = next(each for each in reversed(jana.log) if YES in each.buttons)
    yes, no = (Press("m", question.find(label).press) for label in (YES, "No"))
    try:
        together(playing(database, house, jana, yes), playing(other, house, eva, no))
        with database.reading() as tx:
            ((state,),) = tx.run(sql("SELECT state FROM joining")).fetchall()
        found = [person_of(database, user) for user in ("u1", "u2")]
        assert (state, found) in (("joined", [own[0]] * 2), ("declined", own))
    finally:
        other.close()

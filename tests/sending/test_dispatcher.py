"""Accounts come and go, processes die: what was said is sent, by whoever is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.metrics import Metrics
from bot.outgoing import Outgoing
from bot.sending.dispatcher import Dispatcher, Many
from bot.sending.limits import Limits
from messages import stored
from storage import outbox
from storage.database import Database, sql
from storage.outbox import NewReply
from tests.sending.many import OWNER, Historian, Platform, Queue, plan
from tests.sending.notebook import AWAY, Notebook, loop_time, message
from tests.sending.virtual import EPOCH, clock, passes

DEAD = "99"


class Trial:
    """A dispatcher with the database, or with a notebook for one."""

    def __init__(self, database: Database | Notebook, many: Many | None = None) -> None:
        self.database = database
        self.metrics = Metrics()
        self.dispatcher = Dispatcher(
            database, OWNER, self.metrics, clock,  # type: ignore[arg-type]
            limits={"telegram": Limits(rate=7)}, many=many,
        )  # fmt: skip
        self.dispatcher.start()
        trials.append(self)

    def submit(self, *messages: Outgoing, account: str = "1") -> None:
        self.dispatcher.submit("telegram", account, messages)

    def said(self, chat: str, owner: str = OWNER, ago: timedelta = timedelta(0)) -> Outgoing:
        """A reply as a turn leaves it: in the outbox."""
        assert isinstance(self.database, Database)
        reply = NewReply(
            None, None, "telegram", "1", chat, f"u{chat}", "send",
            stored.dump(message(chat).message, None),
        )  # fmt: skip
        with self.database.transaction() as tx:
            return message(chat, outbox.enqueue(tx, reply, owner, clock() - ago))

    def rows(self) -> list[tuple[Any, ...]]:
        """State, reason and whether the words are forgotten."""
        assert isinstance(self.database, Database)
        query = sql("SELECT state, reason, payload IS NULL FROM delivery ORDER BY id")
        with self.database.reading() as tx:
            return [(row[0], row[1], bool(row[2])) for row in tx.run(query).fetchall()]

    def figure(self, name: str) -> float | None:
        lines = self.metrics.text().decode().splitlines()
        return next(
            (float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), None
        )


trials: list[Trial] = []


@pytest.fixture(autouse=True)
async def _ended() -> AsyncIterator[None]:
    yield
    while trials:
        await trials.pop().dispatcher.stop()


def notebook() -> Notebook:
    return Notebook(answers={"_owed": [], "left_behind": [], "senders": set(), "planned": (0, 0)})


async def test_replies_are_sent_in_order_and_their_words_forgotten(database: Database) -> None:
    trial, platform = Trial(database), Platform()
    await trial.dispatcher.add(platform)
    trial.submit(*(trial.said(chat) for chat in ("a", "b", "a")))
    await passes(0.1)
    assert trial.rows() == [("sent", None, True)] * 3
    assert [each.delivery for each in platform.outgoing if each.chat == "a"] == [1, 3]
    assert trial.figure('domov_sent_total{channel="telegram",lane="0"}') == 3
    assert trial.figure('domov_deliveries_total{channel="telegram",state="sent"}') == 3


async def test_what_dead_processes_left_is_sent_first(database: Database) -> None:
    trial, platform = Trial(database), Platform()
    left = [trial.said("a", DEAD), trial.said("a", "98")]
    trial.submit(early := trial.said("a"))
    await passes(6)
    assert platform.asked == []  # nobody knows the account yet
    await trial.dispatcher.add(platform)
    await passes(0.1)
    sent = [each.delivery for each in platform.outgoing]
    assert sent == [*(each.delivery for each in left), early.delivery]
    assert {row[0] for row in trial.rows()} == {"sent"}


async def test_who_dies_later_is_noticed_within_five_seconds(database: Database) -> None:
    trial, platform = Trial(database), Platform()
    await trial.dispatcher.add(platform)
    await passes(1)
    trial.said("a", DEAD)
    await passes(3.9)
    assert platform.asked == []
    await passes(0.2)
    trial.said("b", DEAD)
    await passes(5)
    assert platform.sent == ["a", "b"]


async def test_slack_is_asked_whether_what_a_dead_process_left_arrived() -> None:
    book = notebook()
    payload = stored.dump(message("a").message, None)
    pending = outbox.Pending(5, "slack", "1", "a", "u", "send", payload, 1, str(EPOCH.isoformat()))
    book.answers["_owed"] = [pending]
    platform = Historian(known={5: True})
    await Trial(book).dispatcher.add(platform)
    await passes(0.1)
    assert (platform.looked_up, platform.asked) == ([("a", 5)], [])
    assert [(each.id, each.state) for each in book.settled] == [(5, "sent")]


async def test_a_reply_of_yesterday_expires_instead_of_arriving_late(database: Database) -> None:
    trial, platform = Trial(database), Platform()
    trial.said("a", DEAD, timedelta(hours=24, seconds=1))
    trial.said("a", DEAD, timedelta(hours=24))
    await trial.dispatcher.add(platform)
    await passes(0.1)
    assert trial.rows() == [("expired", "older than a day", True), ("sent", None, True)]


async def test_an_account_starts_when_the_outbox_can_be_read_again() -> None:
    book = notebook()
    book.troubles.extend([AWAY, AWAY])
    trial = Trial(book)
    trial.submit(message("a"))
    await trial.dispatcher.add(platform := Platform())
    assert loop_time() == pytest.approx(2)
    await passes(0.1)
    assert platform.sent == ["a"]


async def test_an_outbox_that_cannot_be_read_is_looked_at_again_five_seconds_later() -> None:
    book = notebook()
    trial = Trial(book)
    await trial.dispatcher.add(Platform())
    await passes(4)
    book.troubles.append(AWAY)
    await passes(7)
    assert book.times == pytest.approx([0, 5, 10])


async def test_what_is_said_to_an_account_that_is_being_started_waits_for_it_alone() -> None:
    trial = Trial(notebook())
    first, second = Platform(), Platform(account="2")
    trial.submit(message("a"))
    trial.submit(message("b"), account="2")
    trial.submit(message("c"))
    await trial.dispatcher.add(second)
    await passes(0.1)
    assert (first.sent, second.sent) == ([], ["b"])
    await trial.dispatcher.add(first)
    await passes(0.1)
    assert (sorted(first.sent), second.sent) == (["a", "c"], ["b"])


async def test_an_account_that_was_taken_away_finishes_what_it_began(database: Database) -> None:
    plan(database, ["m"])
    trial, platform = Trial(database, Many(Queue(database))), Platform(latency=1.0)
    await trial.dispatcher.add(platform)
    trial.submit(message("a"))
    await passes(0.5)
    assert len(platform.asked) == 2
    trial.dispatcher.remove(platform)
    trial.dispatcher.remove(platform)  # and once more is no mistake
    plan(database, ["n"])
    trial.dispatcher.wake()
    trial.submit(message("b"))
    await passes(7)
    assert sorted(platform.sent) == ["a", "m"]
    await trial.dispatcher.add(platform)
    await passes(2)
    assert sorted(platform.sent) == ["a", "b", "m", "n"]


# ---- the end ----


async def test_what_is_under_way_has_a_moment_when_the_program_stops() -> None:
    trial, platform = Trial(notebook()), Platform(latency=1.2)
    await trial.dispatcher.add(platform)
    trial.submit(message("a", 5), message("a", 6))
    await passes(0.1)
    under_way = set(trial.dispatcher._tasks)
    await trial.dispatcher.stop()
    assert all(task.done() for task in under_way)
    assert (platform.sent, len(platform.asked)) == (["a"], 2)
    assert isinstance(trial.database, Notebook)
    assert [each.id for each in trial.database.settled] == [5]
    assert loop_time() == pytest.approx(1.6)


async def test_nobody_waits_when_nothing_is_under_way() -> None:
    trial = Trial(notebook(), Many(Queue(None)))  # type: ignore[arg-type]
    await trial.dispatcher.stop()
    assert loop_time() == 0


async def test_after_the_end_nothing_begins() -> None:
    book = notebook()
    trial, platform, late = Trial(book), Platform(), Platform(account="2")
    await trial.dispatcher.add(platform)
    book.troubles.append(AWAY)
    adding = asyncio.ensure_future(trial.dispatcher.add(late))
    await passes(0.5)
    await trial.dispatcher.stop()
    trial.submit(message("a"))
    trial.submit(message("b"), account="2")
    await adding
    await passes(7)
    assert (platform.asked, late.asked) == ([], [])
    assert book.times == pytest.approx([0, 0, 1])


async def test_who_sends_replies_alone_has_nothing_planned_to_look_for() -> None:
    trial, platform = Trial(notebook()), Platform()
    await trial.dispatcher.add(platform)
    trial.dispatcher.wake()
    trial.dispatcher.remove(platform)
    await passes(31)
    assert isinstance(trial.database, Notebook)
    assert {unit for unit, _ in trial.database.written} == {"_owed"}
    assert trial.figure('domov_planned{state="queued"}') is None


async def test_nothing_is_kept_of_replies_that_were_sent() -> None:
    trial = Trial(notebook())
    await trial.dispatcher.add(Platform())
    before = len(trial.dispatcher._tasks)
    trial.submit(message("a"), message("b"))
    await passes(0.1)
    assert len(trial.dispatcher._tasks) == before


async def test_what_was_on_its_way_at_the_end_is_left_to_the_next_process(
    database: Database,
) -> None:
    trial, platform = Trial(database), Platform(hanging=asyncio.Event())
    await trial.dispatcher.add(platform)
    trial.submit(trial.said("a"))
    await passes(0.1)
    await trial.dispatcher.stop()
    assert trial.rows() == [("sending", None, False)]

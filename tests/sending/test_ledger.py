"""What is written of the messages and when, while the database is there and while it is away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.outgoing import Action
from bot.sending.ledger import Ledger
from messages import rich, stored
from messages.message import Message
from storage.outbox import Left, Pending, Settled
from tests.sending.many import OWNER
from tests.sending.notebook import AWAY, Notebook, ledger, loop_time
from tests.sending.virtual import EPOCH, passes

KEY = "telegram", "1"


def sent(*deliveries: int) -> list[Settled]:
    return [Settled(each, "sent") for each in deliveries]


async def recording(made: Ledger) -> asyncio.Task[None]:
    task = asyncio.ensure_future(made.record())
    await passes(0)
    return task


async def test_results_that_are_not_patient_are_written_at_once() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    work = await recording(made)
    made.note(Settled(1, "sent"))
    made.note(Settled(2, "failed", "unreachable"))
    await passes(0.001)
    assert notebook.written == [
        ("settle", ([*sent(1), Settled(2, "failed", "unreachable")], EPOCH))
    ]
    made.note(Settled(3, "sent"))
    await passes(0.001)
    assert notebook.settled[2:] == sent(3)
    work.cancel()


async def test_patient_results_are_written_together_ten_milliseconds_later() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    work = await recording(made)
    made.note(Settled(1, "sent"), patient=True)
    await passes(0.004)
    made.note(Settled(2, "sent"), patient=True)
    await passes(0.005)
    assert notebook.written == []
    await passes(0.002)
    assert [args[0] for args in notebook.of("settle")] == [sent(1, 2)]
    made.note(Settled(3, "sent"), patient=True)
    await passes(0.011)
    assert notebook.settled == sent(1, 2, 3)
    work.cancel()


async def test_a_reply_s_result_takes_the_patient_ones_along() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    work = await recording(made)
    made.note(Settled(1, "sent"), patient=True)
    made.note(Settled(2, "sent"))
    await passes(0.001)
    assert [args[0] for args in notebook.of("settle")] == [sent(1, 2)]
    await passes(1)
    assert len(notebook.times) == 1
    work.cancel()


async def test_what_is_not_in_the_ledger_is_not_written() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    made.take(0)
    made.note(Settled(0, "sent"))
    assert made.unrecorded == 0
    await made.stop()
    assert notebook.written == []


async def test_a_message_is_in_hand_until_its_result_is_written() -> None:
    notebook, heard = Notebook(), list[int]()
    made = ledger(notebook, heard.extend)
    work = await recording(made)
    for delivery in (7, 8, 9):
        made.take(delivery)
    notebook.troubles.append(AWAY)
    made.note(Settled(7, "sent"))
    await passes(0.05)
    assert (made.unrecorded, heard) == (3, [])
    await passes(0.1)
    assert (made.unrecorded, heard) == (2, [7])
    await made.give_back([8], EPOCH)
    assert (made.unrecorded, heard) == (1, [7, 8])
    work.cancel()


async def test_writing_is_tried_again_with_growing_waits_until_the_database_is_there() -> None:
    notebook = Notebook()
    notebook.troubles.extend([AWAY] * 8)
    assert await ledger(notebook).write(recorded, 5)
    assert notebook.written == [("recorded", (5,))]
    waits = [
        after - before for before, after in zip(notebook.times, notebook.times[1:], strict=False)
    ]
    assert waits == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])


def recorded(*_: object) -> None:
    """A unit's name."""


async def test_a_program_that_stops_does_not_wait_for_the_database() -> None:
    """Then the journal must be kept, so the message stays in hand."""
    notebook, heard = Notebook(), list[int]()
    made = ledger(notebook, heard.extend)
    made.take(4)
    made.note(Settled(4, "sent"))
    notebook.troubles.extend([AWAY] * 2)
    begun = loop_time()
    await made.stop()
    await made.give_back([5], EPOCH)
    assert loop_time() == begun
    assert notebook.written == []
    assert (made.unrecorded, heard) == (1, [])


async def test_stopping_writes_what_was_noted() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    made.note(Settled(4, "sent"), patient=True)
    await made.stop()
    assert notebook.settled == sent(4)


async def test_what_goes_back_says_when_it_is_due_and_how_often_it_was_tried() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    await passes(2)
    later = EPOCH + timedelta(seconds=40)
    await made.give_back((5, 6), later)
    await made.give_back([7], later, tried=1)
    now = EPOCH + timedelta(seconds=2)
    assert notebook.of("release") == [([5, 6], later, now, 0), ([7], later, now, 1)]


async def test_claims_without_an_answer_are_looked_for_but_not_what_is_in_hand() -> None:
    notebook = Notebook()
    made = ledger(notebook)
    made.take(3)
    await made.give_back_forgotten(*KEY)
    assert notebook.of("_give_back_forgotten") == [(OWNER, *KEY, EPOCH, frozenset({3}))]


async def test_what_dead_processes_left_is_given_but_not_what_is_being_recorded() -> None:
    rows = [Left(1, "a", "send", 0, "99"), Left(2, "b", "send", 0, "99")]
    notebook = Notebook(answers={"left_behind": rows})
    made = ledger(notebook)
    made.take(1)
    assert await made.left(*KEY) == rows[1:]
    assert notebook.of("left_behind") == [(OWNER, *KEY, EPOCH)]


def pending(delivery: int, hours: float) -> Pending:
    payload = stored.dump(Message(rich.paragraph("hello")), "m3")
    created = EPOCH - timedelta(hours=hours)
    return Pending(delivery, *KEY, "c", "u", "edit", payload, 1, created)


async def test_replies_that_are_owed_are_made_again_and_those_older_than_a_day_expire() -> None:
    notebook = Notebook(answers={"_owed": [pending(1, 23.999), pending(2, 24.001), pending(3, 0)]})
    made = ledger(notebook)
    made.take(9)
    work = await recording(made)
    owed = await made.owed(*KEY)
    assert [(each.delivery, each.action, each.target) for each in owed] == [
        (1, Action.EDIT, "m3"),
        (3, Action.EDIT, "m3"),
    ]
    assert (owed[0].chat, owed[0].user) == ("c", "u")
    assert rich.plain(owed[0].message.text) == "hello"
    assert notebook.of("_owed") == [(OWNER, *KEY, EPOCH, frozenset({9}))]
    await passes(0.001)
    assert notebook.settled == [Settled(2, "expired", "older than a day")]
    work.cancel()


async def test_on_postgresql_others_may_be_sending_beside_this_one() -> None:
    assert not ledger(Notebook()).shared
    assert ledger(Notebook(dialect="postgresql")).shared

"""After a crash, after a lost commit: what is in nobody's hand is settled or waits again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.outgoing import Action
from bot.sending.journal import Journal
from bot.sending.recovery import Recovery
from storage.errors import StorageError
from storage.outbox import Left, Settled
from tests.sending.many import OWNER, Historian, Platform
from tests.sending.notebook import AWAY, Notebook, account, ledger
from tests.sending.virtual import EPOCH, clock, passes

CRASHED = "the program stopped while it was sent"


class Trial:
    """A process that comes after others; ``left`` is what they were sending."""

    def __init__(
        self, folder: Path, *left: Left, platform: Platform | None = None, dialect: str = "sqlite"
    ) -> None:
        self.folder = folder
        self.notebook = Notebook(
            answers={"left_behind": list(left), "senders": {"99"}}, dialect=dialect
        )
        self.ledger = ledger(self.notebook)
        journal = Journal(folder / "begun", OWNER)
        self.recovery = Recovery(account(platform), self.ledger, journal, clock)

    async def look(self) -> dict[int, Settled]:
        """What was settled, by delivery."""
        await self.recovery.look()
        self.notebook.answers["left_behind"] = []
        await self.ledger._flush()
        return {each.id: each for each in self.notebook.settled}

    def looks(self) -> int:
        return len(self.notebook.of("left_behind"))


def left(delivery: int, owner: str = "99", action: Action = Action.SEND) -> Left:
    return Left(delivery, f"c{delivery}", action.value, 3, owner)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[Journal]:
    """The journal of a process that is no more."""
    made = Journal(tmp_path / "begun", "99")
    made.open()
    yield made
    made.close(keep=True)


async def test_what_never_left_waits_again_and_what_was_answered_was_sent(
    tmp_path: Path, dead: Journal
) -> None:
    for delivery in (2, 3):
        dead.begun(delivery)
    dead.sent(3, "m3")
    trial = Trial(tmp_path, *(left(delivery) for delivery in (1, 2, 3, 4)))
    assert await trial.look() == {
        2: Settled(2, "unknown", CRASHED, None, 4),
        3: Settled(3, "sent", None, "m3", 4),
    }
    assert trial.notebook.of("release") == [([1, 4], EPOCH, EPOCH, 0)]
    assert trial.ledger.unrecorded == 0


async def test_without_a_journal_all_is_unknown(tmp_path: Path) -> None:
    trial = Trial(tmp_path, left(1), left(2))
    assert await trial.look() == {
        each: Settled(each, "unknown", CRASHED, None, 4) for each in (1, 2)
    }
    assert trial.notebook.of("release") == []


async def test_each_dead_process_has_its_own_journal(tmp_path: Path, dead: Journal) -> None:
    dead.begun(2)
    trial = Trial(tmp_path, left(1, "98"), left(2), left(3, "98"), left(4))
    assert set(await trial.look()) == {1, 2, 3}
    assert [args[0] for args in trial.notebook.of("release")] == [[4]]


async def test_slack_is_asked_about_each_new_message_that_was_on_its_way(tmp_path: Path) -> None:
    slack = Historian(known={1: True, 2: False, 4: True})
    rows = left(1), left(2), left(3), left(4, action=Action.CHANGE)
    trial = Trial(tmp_path, *rows, platform=slack)
    assert await trial.look() == {
        1: Settled(1, "sent", None, None, 4),
        3: Settled(3, "unknown", CRASHED, None, 4),
        4: Settled(4, "unknown", CRASHED, None, 4),
    }
    assert slack.looked_up == [("c1", 1), ("c2", 2), ("c3", 3)]
    assert trial.notebook.of("release") == [([2], EPOCH, EPOCH, 1)]


async def test_what_is_being_settled_is_not_looked_at_twice(tmp_path: Path) -> None:
    trial = Trial(tmp_path, left(1))
    await trial.recovery.look()
    assert trial.ledger.unrecorded == 1
    await passes(6)
    await trial.recovery.look()
    await trial.ledger._flush()
    assert len(trial.notebook.settled) == 1


async def test_it_looks_every_five_seconds(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    await trial.look()
    await passes(4.9)
    await trial.look()
    assert trial.looks() == 1
    await passes(0.1)
    await trial.look()
    assert trial.looks() == 2
    assert trial.notebook.of("_give_back_forgotten") == []


async def test_a_look_that_failed_is_made_again_at_once(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.notebook.troubles.append(AWAY)
    with pytest.raises(StorageError):
        await trial.look()
    await trial.look()
    assert trial.looks() == 1


async def test_after_a_claim_whose_answer_was_lost_its_rows_are_looked_for_for_a_minute(
    tmp_path: Path,
) -> None:
    """The commit may still be on its way to the database."""
    trial = Trial(tmp_path)
    await trial.look()
    trial.recovery.doubtful()
    for _ in range(16):
        await trial.look()
        await passes(5)
    found = trial.notebook.of("_give_back_forgotten")
    assert len(found) == 12
    assert found[0] == (OWNER, "telegram", "1", EPOCH, frozenset())


async def test_only_journals_of_processes_that_left_something_are_kept(tmp_path: Path) -> None:
    for owner in ("97", "99"):
        Journal(tmp_path / "begun", owner).open()
    trial = Trial(tmp_path)
    await trial.look()
    assert names(tmp_path) == ["begun-99"]
    Journal(tmp_path / "begun", "96").open()
    await passes(5)
    await trial.look()  # nothing was left: nothing is tidied
    assert names(tmp_path) == ["begun-96", "begun-99"]
    await passes(5)
    trial.notebook.answers["left_behind"] = [left(1)]
    await trial.look()
    assert names(tmp_path) == ["begun-99"]


async def test_where_other_processes_run_their_journals_are_left_alone(tmp_path: Path) -> None:
    Journal(tmp_path / "begun", "97").open()
    await Trial(tmp_path, left(1), dialect="postgresql").look()
    assert names(tmp_path) == ["begun-97"]

"""An answer to somebody who wrote to the staff, as they will read it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.choices import Choice
from flows.engine import Snapshot, flow
from flows.questions import Item
from flows.script import Plain, Say, Script, Template, ask
from flows.staff_questions import Prose, words

TEXT_LIMIT = 2000
ONLY, DONE = "only", "done"


@dataclass(frozen=True, slots=True)
class StaffReply:
    """``message``: the number of what is answered; ``done``: it comes off the list with that."""

    message: int
    text: str
    done: bool


@flow("staff_reply")
def staff_reply(me: Snapshot) -> Script[StaffReply]:
    """``me.params``: ``message`` its number. What it says, and who wrote it, is not among them: a
    conversation of the staff is not erased with somebody else."""
    text = yield from ask(Prose(key="reply", **words("reply"), maximum=TEXT_LIMIT))
    yield Say(Plain(text))
    options = tuple(Item(each, Template(f"staff.sending_{each}")) for each in (ONLY, DONE))
    sending = yield from ask(Choice(key="sending", **words("sending"), options=options))
    return StaffReply(int(me.params.get("message") or 0), text, sending == DONE)

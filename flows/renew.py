"""The notice was changed for more than its wording: whoever agreed before is asked again."""

from __future__ import annotations

from dataclasses import dataclass

from flows.engine import Snapshot, flow
from flows.join import consent_question
from flows.script import Script, Texts, ask, say


@dataclass(frozen=True, slots=True)
class Renewed:
    """The purposes agreed to under the new notice; all others are withdrawn."""

    consents: tuple[str, ...]


@flow("renew")
def renew(me: Snapshot) -> Script[Renewed]:
    """Nothing is ticked beforehand: what was agreed to before was something else. Who does not
    want to any more erases everything, as at any time."""
    programme = me.blueprint.programme
    yield from say(
        "renew.notice",
        purpose=Texts(programme.purpose.root),
        controllers=tuple(Texts(each.controller.root) for each in me.blueprint.organisations),
        retention=Texts(programme.retention.root),
        rights=Texts(programme.rights.root),
    )
    return Renewed((yield from ask(consent_question(me.blueprint, "renew.ask_consents"))))

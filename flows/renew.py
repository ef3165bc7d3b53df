"""The notice was changed for more than its wording: whoever agreed before is asked again."""

from __future__ import annotations

from dataclasses import dataclass

from flows.engine import Snapshot, flow
from flows.join import consent_question, notice
from flows.script import Script, Template, ask, say


@dataclass(frozen=True, slots=True)
class Renewed:
    """The purposes agreed to under the new notice; all others are withdrawn."""

    consents: tuple[str, ...]


@flow("renew")
def renew(me: Snapshot) -> Script[Renewed]:
    """Nothing is ticked beforehand: what was agreed to before was something else. Who does not
    want to any more erases everything, as at any time."""
    words = notice(me.blueprint).text
    values = words.values if isinstance(words, Template) else {}
    yield from say("renew.notice", **values)
    return Renewed((yield from ask(consent_question(me.blueprint, "renew.ask_consents"))))

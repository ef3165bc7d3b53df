"""What the latest messages show, so that none is edited to what it shows already.

A second tap on a button makes the same edit as the first, and Telegram refuses it ("message is
not modified"). What the first made of a message is known nowhere but here: the press brings what
the message showed when it was pressed. In memory and bounded; of a message that is not known (any
more) nothing is assumed, and one edit too many is harmless.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.outgoing import Action, Outgoing

MOST = 4096
"""Messages that are remembered: some 1 MB."""

_EDITS = frozenset({Action.EDIT, Action.CHANGE})


class Shown:
    """One account's messages. Only those with buttons are remembered: others are not pressed."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str], int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def already(self, outgoing: Outgoing) -> bool:
        """Whether it is an edit to what its message shows."""
        if outgoing.action not in _EDITS or outgoing.target is None:
            return False
        known = self._known.get((outgoing.chat, outgoing.target))
        return known is not None and known == hash(outgoing.message)

    def note(self, outgoing: Outgoing, message: str) -> None:
        """It was sent, and is (in) this message."""
        edit = outgoing.action in _EDITS
        if not message or not (edit or outgoing.action is Action.SEND):
            return
        if not edit and outgoing.message.widget is None:
            return
        self._known[outgoing.chat, message] = hash(outgoing.message)
        self._known.move_to_end((outgoing.chat, message))
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def doubt(self, outgoing: Outgoing) -> None:
        """It may or may not have been changed."""
        if outgoing.target is not None:
            self._known.pop((outgoing.chat, outgoing.target), None)

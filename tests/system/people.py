"""One way to be a person, on Telegram or on Slack, so that one conversation fits both.

await jana.say("Berlin")
await jana.expect("What year did you")
await jana.choose("IT and digital")
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.slack import Delivery, FakeUser
from tests.fakes.slack.seen import controls, drawn, ticked
from tests.fakes.telegram import Button, Shown, User
from tests.system.speech import Speech, blueprint, one_line
from tests.waiting import PATIENCE, until

MARK = re.compile(r"^(✅|▫️|●|☑|☐|✓|\d️⃣|🔟|\d+\.) ")

TURN = re.compile(r"\d/\d →$|^← \d/\d$")  # Slack's buttons between pages


def bare(label: str) -> str:
    """A button's words without the mark before them."""
    return MARK.sub("", label)


class Person(ABC):
    """What both platforms' people can do. Buttons are named by what stands on them."""

    platform: str
    id: str
    patience = PATIENCE
    stubborn = False  # presses again what got lost on the way (the program was killed)

    @abstractmethod
    async def say(self, text: str) -> None:
        """Type and send."""

    @abstractmethod
    async def command(self, name: str, argument: str = "") -> None:
        """``/name`` on Telegram, ``/domov name`` on Slack."""

    @abstractmethod
    async def choose(self, label: str) -> None:
        """One option: a button, or an entry of a menu."""

    @abstractmethod
    async def tick(self, labels: Sequence[str]) -> None:
        """Several options, none of which was ticked."""

    @abstractmethod
    async def rank(self, labels: Sequence[str]) -> None:
        """Several options in order."""

    @abstractmethod
    async def rate(self, levels: Mapping[str, str], skip: str) -> None:
        """Options with the level that each gets; ``skip`` passes another one by."""

    @abstractmethod
    def shown(self) -> list[str]:
        """The bot's messages as text, oldest first."""

    @abstractmethod
    def fresh(self) -> list[str]:
        """Those new or changed since the person's last act."""

    @abstractmethod
    def transcript(self) -> str:
        """The whole chat."""

    def lately(self) -> str:
        """The end of the chat."""
        return "\n".join(self.transcript().splitlines()[-40:])

    @abstractmethod
    def acknowledged(self) -> bool:
        """Whether the platform was told that the last act was received."""

    @abstractmethod
    async def file_text(self, name: str) -> str:
        """What is in a file that the bot sends, whose name has ``name`` in it."""

    async def file(self, name: str) -> Any:
        """A JSON file that the bot sends."""
        return json.loads(await self.file_text(name))

    async def expect(self, *texts: str, within: float | None = None) -> str:
        """A message with all of ``texts``, new or changed since the last act."""
        return await self._until(self.fresh, texts, within)

    async def sees(self, text: str, within: float | None = None) -> str:
        """A message with ``text`` among the last ones, new or not (for those who go on after a
        crash)."""
        return await self._until(lambda: self.shown()[-8:], (text,), within)

    async def _until(self, look: Any, texts: Sequence[str], within: float | None) -> str:
        wanted = [one_line(text) for text in texts]

        def found() -> str | None:
            for text in reversed(look()):
                if all(each in one_line(text) for each in wanted):
                    return str(text)
            return None

        return str(await self.until(found, f"{texts!r} on {self.platform}", within))

    async def until(self, what: Any, about: str, within: float | None = None) -> Any:
        """Until ``what()`` is true."""
        within = within or self.patience
        return await until(what, lambda: f"{about}:\n{self.lately()}", within=within)


MORE = ("More", "Viac", "Več")


def _turning(message: Shown) -> Button | None:
    """The button that shows the next options."""
    buttons = message.every_button()
    return next((each for each in buttons if each.text == "›" or each.text in MORE), None)


class OnTelegram(Person):
    platform = "telegram"

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = str(user.id)
        self._before: dict[int, int] = {}
        self._update = 0

    def _acted(self) -> None:
        self._before = {message.id: message.edits for message in self.user.chat}

    def _sent(self) -> None:
        self._update = self.user.bot.updates.next_id

    async def say(self, text: str) -> None:
        self._acted()
        await self.user.send(text)
        self._sent()

    async def command(self, name: str, argument: str = "") -> None:
        await self.say(f"/{name} {argument}".strip())

    async def choose(self, label: str) -> None:
        message, button = await self._find(label)
        self._acted()
        await self.user.press_button(message, button)
        self._sent()

    async def tick(self, labels: Sequence[str]) -> None:
        for label in labels:
            await self.choose(label)
            await self._marked("✅ ", label)

    async def rank(self, labels: Sequence[str]) -> None:
        for number, label in enumerate(labels, 1):
            await self.choose(label)
            await self._marked(f"{number}️⃣ ", label)

    async def rate(self, levels: Mapping[str, str], skip: str) -> None:
        left = dict(levels)
        while left:
            message = await self.until(lambda: self._rated(levels), "an option to rate")
            before = message.text
            named = next((label for label in levels if f"{label} · " in before), "")
            await self.choose(left.pop(named, skip))
            await self.until(lambda was=before: self._rated(levels).text != was, "the next option")

    def _rated(self, levels: Mapping[str, str]) -> Shown:
        """The newest message with levels to choose from."""
        found = self._look(next(iter(levels.values())))
        assert found is not None
        return found[0]

    async def _marked(self, mark: str, label: str) -> None:
        def marked() -> bool:
            """On any copy of the question: after a crash it may be there twice."""
            return any(
                button.text == mark + label
                for message in self.user.chat[-8:]
                for button in message.every_button()
            )

        await self.until(marked, f"{mark}{label}")

    async def _find(self, label: str) -> tuple[Shown, Button]:
        """The button, on the newest message that has it; turns pages to find it."""

        def there() -> Any:
            return self._look(label) or next(
                (message for message in reversed(self.user.chat) if _turning(message)), None
            )

        while isinstance(found := await self.until(there, f"a button {label!r}"), Shown):
            edits, turn = found.edits, _turning(found)
            assert turn is not None
            await self.user.press_button(found, turn)
            self._sent()
            await self.until(lambda m=found, n=edits: m.edits > n, "the next page")
        message, button = found
        return message, button

    def _look(self, label: str) -> tuple[Shown, Button] | None:
        for message in reversed(self.user.chat):
            for button in message.every_button():
                shown = bare(button.text)
                if label in (button.text, shown) or shown.startswith(f"{label} · "):
                    return message, button
        return None

    def shown(self) -> list[str]:
        return [str(message) for message in self.user.chat if message.by_bot]

    def fresh(self) -> list[str]:
        return [
            str(message)
            for message in self.user.chat
            if message.by_bot and self._before.get(message.id) != message.edits
        ]

    def transcript(self) -> str:
        bot = self.user.bot
        waiting = [each.id for each in bot.updates.pending]
        statuses = self.user.server.delivery.statuses[-20:]
        return (
            f"{self.user.transcript}\n(the last update was {self._update}; wait for the bot:"
            f" {waiting}; the webhook answered {statuses})"
        )

    def acknowledged(self) -> bool:
        return all(pending.id != self._update for pending in self.user.bot.updates.pending)

    async def file_text(self, name: str) -> str:
        def found() -> Any:
            files = (message.document for message in reversed(self.user.chat))
            return next((file for file in files if file and name in file.name), None)

        content: bytes = (await self.until(found, f"a file {name}")).content
        return content.decode()


_SPEECH = [Speech(language) for language in blueprint().languages]
BEGINNINGS_OF_ALL = frozenset(w("join.button_start") for w in _SPEECH)
BEGINNINGS = BEGINNINGS_OF_ALL | {w("survey.button_start") for w in _SPEECH}
"""Buttons that open a window in Slack: the first message's, and those that offer a survey."""
OPENING = ("complete",)
"""Commands that open one there, too."""


class OnSlack(Person):
    """``windows``: they fill in windows, where they are opened."""

    platform = "slack"
    windows = False

    def __init__(self, user: FakeUser) -> None:
        self.user = user
        user.patience = PATIENCE
        self.id = user.id
        self._mark = 0
        self._last: Delivery | None = None

    def _acted(self) -> None:
        self._mark = self.user.server.workspace.seq

    async def say(self, text: str) -> None:
        self._acted()
        self._last = await self.user.send(text)

    async def command(self, name: str, argument: str = "") -> None:
        self._acted()
        self._last = await self.user.command("/domov", f"{name} {argument}".strip())
        while self.stubborn and not (await self._last.done()).acknowledged:
            self._last = await self.user.command("/domov", f"{name} {argument}".strip())
        if name in OPENING and not self.windows:
            await self._leave_window("help")

    async def choose(self, label: str) -> None:
        await self._turn_to(label)
        self._acted()
        await self._act(lambda: self._choose(label))
        if label in BEGINNINGS and not self.windows:
            await self._leave_window(label if label in BEGINNINGS_OF_ALL else "help")

    async def _leave_window(self, then: str) -> None:
        """Whoever closes the window and writes is asked in the chat, question by question. A
        window that was to open when the program was killed never does: nobody waits for it."""
        if not self.stubborn:
            await self.until(lambda: self.user.modals, "a window")
            await self.user.close_modal()
        await self.say(then)

    async def _turn_to(self, label: str) -> None:
        """Until there is something of this name to choose; turns pages to find it."""

        def there() -> str | None:
            return self._kind_of(label) or self._turn()

        while (found := await self.until(there, f"{label!r} to choose")) not in ("button", "menu"):
            newest = self.user.replies[-1]
            before = newest.seq
            await self._act(lambda turn=found: self.user.press(turn))
            await self.until(lambda m=newest, n=before: m.seq > n, "the next page")

    def _turn(self) -> str | None:
        """The button to the next page, else to the one before, on the newest message."""
        turns = [
            control.label
            for message in self.user.replies[-1:]
            for control in controls(message.blocks)
            if control.kind == "button" and TURN.search(control.label)
        ]
        return turns[-1] if turns else None

    async def _choose(self, label: str) -> Delivery:
        if self._kind_of(label) == "menu":
            return await self.user.choose(label)
        return await self.user.press(label)

    def _kind_of(self, label: str) -> str | None:
        """ "button" or "menu", wherever the newest of them is."""
        for message in reversed(self.user.replies):
            for control in controls(message.blocks):
                if control.kind == "button" and label in (control.label, bare(control.label)):
                    return "button"
                if control.kind in ("static_select", "radio_buttons") and control.option(label):
                    return "menu"
        return None

    async def tick(self, labels: Sequence[str]) -> None:
        if not labels:
            return
        await self.until(lambda: self._ticks(labels[0]), f"{labels!r} to tick")
        self._acted()
        if self._ticks(labels[0]) == "multi_static_select":
            await self._act(lambda: self.user.multi(*labels))
            return
        # What the screen shows counts, whether each tick arrived or not; after a crash the
        # question may be there twice.
        while missing := [label for label in labels if not self._ticked(label)]:
            self._last = await (await self.user.tick(missing[0])).done()

    def _ticked(self, label: str) -> bool:
        """Whether the newest checkbox of this name is ticked on the screen."""
        for message in reversed(self.user.replies):
            for control in controls(message.blocks):
                if control.kind == "checkboxes" and (option := control.option(label)):
                    return option in ticked(message.state, control)
        return False

    def _ticks(self, label: str) -> str | None:
        for message in reversed(self.user.replies):
            for control in controls(message.blocks):
                if control.kind in ("checkboxes", "multi_static_select") and control.option(label):
                    return control.kind
        return None

    async def rank(self, labels: Sequence[str]) -> None:
        for number, label in enumerate(labels, 1):
            await self.choose(label)
            await self.until(lambda n=number, x=label: self._has_button(f"{n}. {x}"), label)

    def _has_button(self, label: str) -> bool:
        return any(
            control.kind == "button" and control.label == label
            for message in self.user.replies
            for control in controls(message.blocks)
        )

    async def rate(self, levels: Mapping[str, str], skip: str) -> None:
        for label, level in levels.items():
            self._acted()
            await self._act(lambda a=label, b=level: self.user.choose(b, beside=a))

    async def _act(self, act: Any) -> None:
        """Do it, and wait until the app took it. Slack brings no press a second time: it shows
        an error, and a person presses again."""
        self._last = await act()
        assert self._last is not None
        await self._last.done()
        while self.stubborn and not self._last.acknowledged:
            again = await act()
            await again.done()
            self._last = again

    def shown(self) -> list[str]:
        return [drawn(m.text, m.blocks) for m in self.user.replies]

    def fresh(self) -> list[str]:
        return [drawn(m.text, m.blocks) for m in self.user.replies if m.seq > self._mark]

    def transcript(self) -> str:
        tries = self._last.attempts if self._last else []
        return f"{self.user.transcript()}\n(brought to the app: {tries})"

    def acknowledged(self) -> bool:
        return self._last is None or self._last.acknowledged

    async def file_text(self, name: str) -> str:
        return await self.user.expect_file(name, within=PATIENCE)

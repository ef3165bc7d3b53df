"""What people read, press and type until they are registered, and in the surveys after it.

    python -m bench.conversation            prints the table
    python -m bench.conversation --write    and puts it into docs/conversation.md

The real turns on a database of their own, with somebody who knows their mind: each persona, in
each language, as Telegram and as Slack show it. A word is what stands between spaces and has a
letter or a digit; what is shown again unchanged, and what is left of a question once it is
answered, is not read again. Reading takes a minute for 238 words (Brysbaert 2019, silent reading of
English).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from blueprints.load import default_path, load
from bot.incoming import Filling, Submitted
from bot.outgoing import Action
from bot.turn.context import House
from messages import rich
from messages.message import Field, Form, Kind, Message
from messages.words import Words
from storage.database import Database
from storage.migrate import migrate
from storage.statements import sql
from tests.fakes.chat import Chat

WORDS_A_MINUTE = 238
PLATFORMS = {
    "Telegram": ("telegram", frozenset({"edit", "file"})),
    "Slack": ("slack", frozenset({"edit", "file", "form", "home"})),
}
ABOUT: dict[str, dict[str, Any]] = {
    "expat": {"name": "Jana Nováková", "timezone": "Europe/Berlin"},
    "local": {"name": "Matej Kranjc", "timezone": "Europe/Ljubljana"},
}
"""What Slack knows of a member."""
WORK = {"en": "software developer", "sk": "programátorka", "sl": "programerka"}
ALL = "all"
"""One tap for all consents that suit the persona."""
EXPAT: dict[str, str] = {
    "agree": "agree", "persona": "expat", "name": "Jana Nováková", "home_region": "kosice",
    "place": "Berlin", "profession": "", "field": "it",
    "willingness": "yes", "consents": ALL,
}  # fmt: skip
LOCAL: dict[str, str] = {
    "agree": "agree", "persona": "local", "name": "Matej Kranjc", "place": "Kranj",
    "occupation": "entrepreneur", "wants": "mentor", "consents": ALL,
}  # fmt: skip
PERSONAS = {"expat": EXPAT, "local": LOCAL}
TYPED = frozenset({"name", "place", "profession"})
PAGE = Path(__file__).parents[1] / "docs" / "conversation.md"
MARKS = ("<!-- figures -->", "<!-- end of figures -->")
_WORD = re.compile(r"\S*\w\S*")


@dataclass(slots=True)
class Count:
    """What it took. ``before``: words shown before the first question about the person."""

    before: int = 0
    words: int = 0
    messages: int = 0
    windows: int = 0
    taps: int = 0
    typed: int = 0

    @property
    def seconds(self) -> float:
        return self.words * 60 / WORDS_A_MINUTE

    def since(self, start: Count) -> Count:
        """What was added."""
        return Count(
            0, self.words - start.words, self.messages - start.messages,
            self.windows - start.windows, self.taps - start.taps, self.typed - start.typed,
        )  # fmt: skip


def words_in(text: str) -> int:
    return len(_WORD.findall(text))


class Somebody:
    """A person in a chat, and what they have read and done so far."""

    def __init__(self, chat: Chat, persona: str) -> None:
        self.chat = chat
        self.persona = persona
        self.count = Count()
        self._seen = 0
        self._window = 0
        self._texts: set[str] = set()

    async def say(self, text: str) -> None:
        if not text.startswith("/"):
            self.count.typed += 1
        await self.chat.say(text, **self._about)
        self._read()

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.count.taps += 1
            await self.chat.press(key, **self._about)
            self._read()

    async def choose(self, key: str, value: str) -> None:
        """Choose in the window what decides which fields there are."""
        form = self.form
        assert form is not None
        self.count.taps += 1
        filling = Filling(form.ref, {key: (value,)})
        await self.chat.bring(filling, where="window", place="w", **self._about)
        self._seen = len(self.chat.sent)  # most of it stood there before
        self.count.words += _in_window(self.chat.window) - self._window if self.chat.window else 0

    async def submit(self, given: dict[str, tuple[str, ...]], taps: int, typed: int) -> None:
        """Send in the window that is open."""
        form = self.form
        assert form is not None
        self.count.taps += taps + 1
        self.count.typed += typed
        await self.chat.bring(Submitted(form.ref, given), **self._about)
        assert self.chat.wrong == {}, self.chat.wrong
        self._read()

    @property
    def _about(self) -> dict[str, Any]:
        return ABOUT[self.persona] if self.chat.channel == "slack" else {}

    @property
    def form(self) -> Form | None:
        return self.chat.window.form if self.chat.window is not None else None

    def _read(self) -> None:
        for out in self.chat.sent[self._seen :]:
            if out.action is Action.SEND:
                self.count.messages += 1
            if out.action in (Action.SEND, Action.EDIT) and out.message.widget is not None:
                self._read_text(rich.plain(out.message.text))
            elif out.action is Action.FORM:
                self.count.windows += 1
                self._window = _in_window(out.message)
                self.count.words += self._window
        self._seen = len(self.chat.sent)

    def _read_text(self, text: str) -> None:
        if text not in self._texts:
            self.count.words += words_in(text)
            self._texts.add(text)


def _in_window(message: Message) -> int:
    """Its own words, and those beside the fields."""
    form = message.form
    assert form is not None
    shown = [rich.plain(message.text), form.title]
    shown += [text for field in form.fields for text in (field.label, field.hint) if text]
    return sum(words_in(str(text)) for text in shown)


Walk: TypeAlias = Callable[[Somebody, dict[str, str]], Awaitable[None]]


async def by_chat(somebody: Somebody, answers: dict[str, str]) -> None:
    """Message by message."""
    await somebody.say("/start")
    await somebody.press("start", "agree", answers["persona"])
    somebody.count.before = somebody.count.words - _question(somebody)
    for key, answer in answers.items():
        if key in ("agree", "persona") or "." in key:
            continue
        if key in TYPED:
            await somebody.say(answer)
        else:
            await somebody.press(*answer.split(","))
            if key == "wants":
                await somebody.press("done")
    await somebody.press("done")  # all correct


def _question(somebody: Somebody) -> int:
    return words_in(somebody.chat.last.text)


async def by_window(somebody: Somebody, answers: dict[str, str]) -> None:
    """All at once, where the platform has windows."""
    await somebody.say("/start")
    somebody.count.before = somebody.count.words
    await somebody.press("start")
    await somebody.choose("persona", answers["persona"])
    form = somebody.form
    assert form is not None
    filled = {field.key: _given(field, answers) for field in form.fields}
    new = {field.key for field in form.fields if filled[field.key] not in ((), field.value)}
    typed = sum(key in TYPED for key in new)
    taps = sum(len(filled[key]) for key in new - TYPED if key != "persona")
    await somebody.submit(filled, taps, typed)


def _given(field: Field, answers: dict[str, str]) -> tuple[str, ...]:
    """What goes into a field; a country, which Slack's clock tells, stays as it stands."""
    answer = answers.get(field.key, "")
    if answer == ALL:
        return tuple(option.key for option in field.options)
    return tuple(answer.split(",")) if answer else field.value


async def surveys(somebody: Somebody) -> None:
    """All that are offered, with whatever comes first."""
    done: set[str] = set()
    while survey := _offered(somebody, done):
        done.add(survey)
        await somebody.press(survey)
        if somebody.chat.channel == "slack":
            await _fill_in(somebody)
        else:
            await _answer(somebody)


def _offered(somebody: Somebody, done: set[str]) -> str | None:
    """The next survey, below whatever was said last of it."""
    keys = [option.key for shown in reversed(somebody.chat.log) for option in shown.options()]
    return next((key for key in keys if key.startswith("survey_") and key not in done), None)


async def _answer(somebody: Somebody, ticks: int = 2) -> None:
    while (widget := somebody.chat.last.widget) is not None and widget.ref != "m":
        controls = {option.key for option in widget.controls}
        if "done" in controls and widget.options:
            await somebody.press(*(option.key for option in widget.options[:ticks]), "done")
        elif widget.options:
            await somebody.press(widget.options[0].key)
        elif "skip" in controls:
            await somebody.press("skip")
        else:
            await somebody.say("Something")


async def _fill_in(somebody: Somebody, ticks: int = 2) -> None:
    form = somebody.form
    assert form is not None
    given = {field.key: _first(field, ticks) for field in form.fields}
    await somebody.submit(given, sum(map(len, given.values())), 0)


def _first(field: Field, ticks: int) -> tuple[str, ...]:
    """What is chosen in a field: the first of everything, each rated with the first level."""
    if field.kind is Kind.RATING:
        level = field.levels[0].key
        return tuple(f"{option.key}~{level}" for option in field.options)
    most = ticks if field.kind in (Kind.MULTI, Kind.RANK) else 1
    return tuple(option.key for option in field.options[:most])


@contextlib.contextmanager
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/domov.sqlite3"
        migrate(url)
        with contextlib.closing(Database.open(url)) as opened:
            yield opened


async def walked(house: House, persona: str, language: str, platform: str) -> tuple[Count, Count]:
    """To *registered*, and through the surveys from there."""
    channel, can = PLATFORMS[platform]
    answers = {**PERSONAS[persona]}
    if "profession" in answers:
        answers["profession"] = WORK[language]
    with database() as opened:
        chat = Chat(opened, house, channel=channel, can=can, locale=language)
        somebody = Somebody(chat, persona)
        await (by_window if "form" in can else by_chat)(somebody, answers)
        with opened.reading() as tx:
            assert tx.run(sql("SELECT status FROM person")).fetchall() == [("active",)], (
                chat.transcript()
            )
        said = words_in(chat.last.text)  # that they are registered, and what comes next
        registered = replace(somebody.count, words=somebody.count.words - said)
        await surveys(somebody)
        return registered, somebody.count.since(registered)


def table(house: House) -> str:
    """Both tables, in Markdown."""
    rows = {
        (persona, language, platform): asyncio.run(walked(house, persona, language, platform))
        for persona in PERSONAS
        for language in house.blueprint.languages
        for platform in PLATFORMS
    }
    lines = [
        "| persona | language | platform | words before the first question | messages | windows |"
        " taps | typed answers | words read | seconds of reading |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (persona, language, platform), (one, _) in rows.items():
        lines.append(
            f"| {persona} | {language} | {platform} | {one.before} | {one.messages} |"
            f" {one.windows} | {one.taps} | {one.typed} | {one.words} | {one.seconds:.0f} |"
        )
    lines += [
        "",
        "All surveys that follow, answered with the first of everything:",
        "",
        "| persona | language | platform | messages | windows | taps | words read |"
        " seconds of reading |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (persona, language, platform), (_, then) in rows.items():
        lines.append(
            f"| {persona} | {language} | {platform} | {then.messages} | {then.windows} |"
            f" {then.taps} | {then.words} | {then.seconds:.0f} |"
        )
    return "\n".join(lines)


def write(figures: str) -> None:
    """Put the tables between their marks in the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    PAGE.write_text(f"{before}{MARKS[0]}\n{figures}\n{MARKS[1]}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/conversation.md")
    given = parser.parse_args()
    blueprint = load(default_path())
    figures = table(House(blueprint, Words(blueprint.languages), "0" * 48, "figures"))
    print(figures)
    if given.write:
        write(figures)


if __name__ == "__main__":
    main()

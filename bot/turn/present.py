"""An open question as a message: its words and what can be pressed. Pure."""

from __future__ import annotations

import zlib
from typing import Any

from bot.turn.labels import Labels
from flows.choices import MARKED, Rank, Rating, Review
from flows.dialogue import State, line_label, marks_of
from flows.engine import Waiting
from flows.questions import Item, Question
from flows.script import Label, Template
from messages import rich
from messages.message import Kind, Message, Option, Rich, Widget
from messages.words import capitalised

MENU = "m"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A number as a short id for buttons."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def reference(conversation: int, state: State, question: Question[Any]) -> str:
    """Names conversation, revision and question in at most 20 bytes of a button's data."""
    short = base36(zlib.crc32(question.key.encode()) % 36**4)
    return f"{base36(conversation)}.{base36(state.revision)}.{short}"


class Presenter:
    """Shows the questions of one conversation to one reader."""

    def __init__(
        self, labels: Labels, others: tuple[str, ...] = (), *, forms: bool = False
    ) -> None:
        """``others``: languages to switch to, offered with the first question; ``forms``: the
        platform can show the whole flow in one window."""
        self.labels = labels
        self.others = others
        self.forms = forms

    def question(
        self, conversation: int, waiting: Waiting, state: State, before: Rich = ()
    ) -> Message:
        """The open question, after whatever is to be said ``before``."""
        guesses = state.draft.get("guesses")
        text = self._guess_words() if guesses else self._words(waiting, state)
        return Message(
            text=rich.concat(before, text),
            language=self.labels.language,
            widget=self.widget(conversation, waiting, state),
        )

    def widget(self, conversation: int, waiting: Waiting, state: State) -> Widget:
        """What can be pressed at the open question."""
        question = waiting.question
        guesses = state.draft.get("guesses")
        kind, options = (
            (Kind.CHOICE, self._guesses(question, guesses))
            if guesses
            else (_kind(question), self._options(waiting, state))
        )
        return Widget(
            kind=kind,
            ref=reference(conversation, state, question),
            options=options,
            controls=self._controls(waiting, state),
            levels=self._levels(question),
            maximum=getattr(question, "maximum", None) if isinstance(question, MARKED) else None,
            page=int(state.draft.get("page", 0)),
            placeholder=self.labels.text(question.hint) if question.hint else "",
        )

    def settled(self, waiting: Waiting, state: State, value: Any) -> Message:
        """The question as it stays in the chat after a press: with the answer (None: it was
        skipped or left), without its buttons."""
        question = waiting.question
        if isinstance(question, Review):
            return Message(self._words(waiting, state), self.labels.language)
        text = self.labels.rich(question.text)
        if value is not None:
            chosen = self.labels.button(question.describe(value))
            text = rich.concat(text, self.labels.say("common.chosen", value=chosen))
        return Message(text, self.labels.language)

    def card(self, waiting: Waiting, state: State) -> tuple[tuple[str, str], ...]:
        """The lines of a summary card: name and value."""
        none = Template("common.nothing")
        lines = []
        for asked in waiting.asked:
            stored = state.answers.get(asked.key)
            value = none if stored is None else asked.describe(stored)
            lines.append((self.labels.text(line_label(asked)), self.labels.text(value)))
        return tuple(lines)

    def _words(self, waiting: Waiting, state: State) -> Rich:
        question = waiting.question
        label: Label = question.text
        if isinstance(question, Review) and isinstance(label, Template):
            label = Template(label.key, {**label.values, "lines": self.card(waiting, state)})
        words = self.labels.rich(label)
        if question.hint:
            words = rich.concat(words, self.labels.rich(question.hint))
        if isinstance(question, Rating):
            levels = tuple(
                f"{question.emojis.get(level.key, '')} {self.labels.text(level.label)}".strip()
                for level in question.levels
            )
            words = rich.concat(words, self.labels.say("survey.how_to_rate", levels=levels))
        elif isinstance(question, Rank) and not question.hint:
            words = rich.concat(
                words, self.labels.say("survey.how_to_rank", maximum=question.maximum)
            )
        return words

    def _guess_words(self) -> Rich:
        return self.labels.say("common.did_you_mean")

    def _guesses(self, question: Question[Any], guesses: list[Any]) -> tuple[Option, ...]:
        labels = (self.labels.button(question.describe(guess)) for guess in guesses)
        return tuple(Option(f"{i}", f"~{i}", label) for i, label in enumerate(labels))

    def _options(self, waiting: Waiting, state: State) -> tuple[Option, ...]:
        question = waiting.question
        if isinstance(question, Review):
            return tuple(
                Option(asked.key, f"#{asked.key}", self.labels.text(line_label(asked)))
                for asked in waiting.asked
            )
        items = question.items()
        if isinstance(question, Rating):
            return tuple(self._rated(question, item, state) for item in items)
        if isinstance(question, MARKED):
            return tuple(self._marked(question, item, state) for item in items)
        return tuple(
            Option(item.key, f"={item.key}", self.labels.button(item.label)) for item in items
        )

    def _marked(self, question: Question[Any], item: Item, state: State) -> Option:
        marks = marks_of(question, state)
        label = self.labels.button(item.label)
        if item.key not in marks:
            return Option(item.key, f"+{item.key}", label)
        mark = str(marks.index(item.key) + 1) if isinstance(question, Rank) else "on"
        return Option(item.key, f"-{item.key}", label, mark)

    def _rated(self, question: Rating, item: Item, state: State) -> Option:
        level = marks_of(question, state).get(item.key)
        press = f"+{item.key}~{question.next_level(level)}"
        return Option(item.key, press, self.labels.button(item.label), level or "")

    def _levels(self, question: Question[Any]) -> tuple[Option, ...]:
        if not isinstance(question, Rating):
            return ()
        return tuple(
            Option(
                level.key,
                "",
                f"{question.emojis.get(level.key, '')} {self.labels.text(level.label)}".strip(),
            )
            for level in question.levels
        )

    def _controls(self, waiting: Waiting, state: State) -> tuple[Option, ...]:
        question = waiting.question
        names: list[str] = []
        if isinstance(question, (*MARKED, Review)):
            names.append("done")
        if question.optional:
            names.append("skip")
        if waiting.path or state.draft.get("restore"):
            names.append("back")
        names += ["cancel", "help", "menu"]
        controls = [self._control(name, question) for name in names]
        if self.forms and not waiting.path:
            controls.insert(0, self._control("form", question))
        if not waiting.path:
            controls += [
                Option(
                    f"language_{code}",
                    f"!language.{code}",
                    capitalised(self.labels.words.own_name(code)),
                )
                for code in self.others
            ]
        return tuple(controls)

    def _control(self, name: str, question: Question[Any]) -> Option:
        key = f"common.button_{name}"
        if name == "done" and isinstance(question, Review):
            key = "common.button_all_correct"
        return Option(name, f"!{name}", self.labels.words.text(key, self.labels.language))


def _kind(question: Question[Any]) -> Kind:
    if isinstance(question, Review):
        return Kind.BUTTONS
    if isinstance(question, Rating):
        return Kind.RATING
    if isinstance(question, Rank):
        return Kind.RANK
    if isinstance(question, MARKED):
        return Kind.MULTI
    return Kind.CHOICE if question.items() else Kind.TEXT

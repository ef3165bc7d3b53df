"""An open question as a message: its words and what can be pressed. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.turn.fixed import controls, fixed
from bot.turn.labels import Labels
from flows import dialogue
from flows.choices import FEW, MARKED, Agreement, Marked, Permissions, Rank, Review
from flows.dialogue import State, line_label, marks_of
from flows.engine import Waiting
from flows.questions import Question
from flows.rating import Rating
from flows.script import Template
from messages import rich
from messages.base36 import base36
from messages.message import Kind, Message, Option, Rich, Widget


def reference(labels: Labels, conversation: int, state: State, question: Question[Any]) -> str:
    """Names conversation, revision and question in at most 20 bytes of a button's data."""
    return f"{base36(conversation)}.{base36(state.revision)}.{fixed(labels, question).short}"


class Presenter:
    """Shows the questions of one conversation to one reader."""

    def __init__(
        self,
        labels: Labels,
        others: tuple[str, ...] = (),
        *,
        forms: bool = False,
        tables: bool = False,
    ) -> None:
        """``others``: languages to switch to, offered with the first question; ``forms``: the
        platform can show the whole flow in one window; ``tables``: it shows a rating as a table,
        else one option after the other."""
        self.labels = labels
        self.others = others
        self.forms = forms
        self.tables = tables

    def question(
        self, conversation: int, waiting: Waiting, state: State, before: Rich = ()
    ) -> Message:
        """The open question, after whatever is to be said ``before``."""
        guesses = state.draft.get("guesses")
        text = (
            self._guess_words(waiting.question, guesses) if guesses else self._words(waiting, state)
        )
        return Message(
            text=rich.concat(before, text) if before else text,
            language=self.labels.language,
            widget=self.widget(conversation, waiting, state),
        )

    def widget(self, conversation: int, waiting: Waiting, state: State) -> Widget:
        """What can be pressed at the open question."""
        question = waiting.question
        shown = fixed(self.labels, question)
        guesses = state.draft.get("guesses")
        if isinstance(question, Rating) and not self.tables and not guesses:
            return self._level_buttons(conversation, waiting, state, question)
        kind, options = (
            (Kind.CHOICE, self._guesses(question, guesses))
            if guesses
            else (shown.kind, self._options(waiting, state))
        )
        return Widget(
            kind=kind,
            ref=reference(self.labels, conversation, state, question),
            options=options,
            controls=self._controls(waiting, state),
            levels=shown.levels,
            maximum=getattr(question, "maximum", None) if isinstance(question, MARKED) else None,
            page=0 if self._narrows(question) else int(state.draft.get("page", 0)),
            placeholder=shown.placeholder,
            whole=self._narrows(question),
        )

    def settled(self, waiting: Waiting, state: State, value: Any) -> Message:
        """The question as it stays in the chat after a press: with the answer (None: it was
        skipped or left), without its buttons."""
        question = waiting.question
        if isinstance(question, Review):
            return Message(self._words(waiting, state), self.labels.language)
        shown = fixed(self.labels, question)
        # A first paragraph says enough, but for what was agreed to: that stays as it was read.
        text = shown.words if isinstance(question, Agreement) else shown.brief
        if isinstance(question, Rating) and value:
            text = rich.concat(
                text, self.labels.say("survey.rated", lines=self._rated(value, question))
            )
        elif value is not None:
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
        label = question.text
        if isinstance(question, Review) and isinstance(label, Template):
            lines = self.card(waiting, state)
            return self.labels.rich(Template(label.key, {**label.values, "lines": lines}))
        if isinstance(question, Rating) and not self.tables:
            return self._one_to_rate(question, state, first=not state.draft.get("at"))
        said = fixed(self.labels, question).words
        if isinstance(question, Marked) and self._narrows(question):
            return rich.concat(said, self._so_far(question, marks_of(question, state)))
        return said

    def _so_far(self, question: Marked[Any], marks: list[str]) -> Rich:
        """What is ticked, in its order, and that the others can be typed."""
        if not marks:
            more = self.labels.words.text("common.button_more", self.labels.language)
            return self.labels.say("survey.how_to_find", count=len(question.options), more=more)
        names = [self.labels.text(question.describe([mark])) for mark in marks]
        if isinstance(question, Rank):
            names = [f"{place}. {name}" for place, name in enumerate(names, 1)]
        return self.labels.say("common.chosen", value=", ".join(names))

    def _one_to_rate(self, question: Rating, state: State, *, first: bool) -> Rich:
        """The option of a rating that is open, and how many there are. How to go about it is
        said with the ``first``."""
        key = dialogue.shown(state, question)
        place = question.place(key)
        hint = question.hints.get(key)
        how = self.labels.text(question.hint) if question.hint and first else ""
        return self.labels.say(
            "survey.rate_one",
            asked=self.labels.text(question.text),
            how=how,
            name=self.labels.text(question.options[place].label),
            hint=self.labels.text(hint) if hint else "",
            number=place + 1,
            count=len(question.options),
        )

    def _level_buttons(
        self, conversation: int, waiting: Waiting, state: State, question: Rating
    ) -> Widget:
        """A button a level for the option of a rating that is open. Every press names the option,
        so that the second of a double tap changes nothing."""
        marks, key = marks_of(question, state), dialogue.shown(state, question)
        levels = fixed(self.labels, question).levels
        return Widget(
            kind=Kind.CHOICE,
            ref=reference(self.labels, conversation, state, question),
            options=tuple(
                Option(
                    each.key, f"+{key}~{each.key}", each.label, "on" if each.key == given else ""
                )
                for given in (marks.get(key),)
                for each in levels
            ),
            controls=self._rating_controls(waiting, state, question, key),
        )

    def _rating_controls(
        self, waiting: Waiting, state: State, question: Rating, key: str
    ) -> tuple[Option, ...]:
        """Skip and back are about the option that is open; done ends the rating early."""
        earlier = question.beside(key, -1) is not None
        marks = marks_of(question, state)
        names = ["skip", *(["done"] if marks and question.check(marks) is None else [])]
        rest = [n for n in self._control_names(waiting, state) if n not in ("skip", "done", "back")]
        back = earlier or waiting.asked or state.draft.get("restore")
        names += [*(["back"] if back else []), *rest]
        own = {"skip": f"/{key}", **({"back": f"<{key}"} if earlier else {})}
        made = controls(self.labels, tuple(names), () if waiting.asked else self.others)
        return tuple(replace(each, press=own.get(each.key, each.press)) for each in made)

    def _rated(self, value: dict[str, str], question: Rating) -> tuple[tuple[str, str], ...]:
        """The levels that were given with their signs, and what got each."""
        signs = question.emojis
        return tuple(
            (signs.get(level.key) or self.labels.text(level.label), self.labels.text(options))
            for level, options in question.by_level(value)
        )

    def _guess_words(self, question: Question[Any], guesses: list[Any]) -> Rich:
        asked = question.asks_back(guesses)
        return self.labels.rich(asked) if asked else self.labels.say("common.did_you_mean")

    def _guesses(self, question: Question[Any], guesses: list[Any]) -> tuple[Option, ...]:
        labels = (self.labels.button(question.describe(guess)) for guess in guesses)
        return tuple(Option(f"{i}", f"~{i}", label) for i, label in enumerate(labels))

    def _options(self, waiting: Waiting, state: State) -> tuple[Option, ...]:
        question = waiting.question
        if isinstance(question, Review) and question.folded and not state.draft.get("changing"):
            return ()
        if isinstance(question, Review):
            return tuple(
                Option(asked.key, f"#{asked.key}", self.labels.text(line_label(asked)))
                for asked in waiting.asked
            )
        shown = fixed(self.labels, question)
        if isinstance(question, Marked) and self._narrows(question):
            return self._seen(question, state)
        if isinstance(question, Rating):
            marks = marks_of(question, state)
            return tuple(_rated(question, key, label, marks) for key, label in shown.labels.items())
        if isinstance(question, MARKED) and (marks := marks_of(question, state)):
            ranked = isinstance(question, Rank)
            return tuple(_marked(option, marks, ranked=ranked) for option in shown.options)
        return shown.options

    def _narrows(self, question: Question[Any]) -> bool:
        """Whether only some options are seen at once: where there is no menu to scroll in."""
        long = isinstance(question, Marked) and question.long
        return long and not isinstance(question, Rating) and not self.tables

    def _seen(self, question: Marked[Any], state: State) -> tuple[Option, ...]:
        """Ten of many options, after those ticked that are not among the ten."""
        options = fixed(self.labels, question).options
        start = _page(question, state) * FEW
        there = options[start : start + FEW]
        marks, seen = marks_of(question, state), {option.key for option in there}
        ticked = [option for key in marks for option in options if option.key == key not in seen]
        ranked = isinstance(question, Rank)
        return tuple(_marked(option, marks, ranked=ranked) for option in (*ticked, *there))

    def _controls(self, waiting: Waiting, state: State) -> tuple[Option, ...]:
        others = () if waiting.asked else self.others
        question, names = waiting.question, self._control_names(waiting, state)
        if not (isinstance(question, Marked) and self._narrows(question)):
            return controls(self.labels, tuple(names), others)
        made = controls(self.labels, ("more", *names), others)
        following = (_page(question, state) + 1) % _pages(question)
        return (replace(made[0], press=f">{following}"), *made[1:])

    def _control_names(self, waiting: Waiting, state: State) -> list[str]:
        question = waiting.question
        names: list[str] = []
        if self.forms and (not waiting.asked or state.revision == 0):
            names.append("form")
        if isinstance(question, Review):
            names.append("all_correct")
            if question.folded and not state.draft.get("changing"):
                names.append("change")
        elif isinstance(question, MARKED):
            names += ["all", "done"] if isinstance(question, Permissions) else ["done"]
        if question.optional:
            names.append("skip")
        if waiting.asked or state.draft.get("restore"):
            names.append("back")
        if not isinstance(question, Agreement):  # the first minute: nothing but what is asked
            names += ["cancel", "help", "menu"]
        return names


def _pages(question: Marked[Any]) -> int:
    return -(-len(question.options) // FEW)


def _page(question: Marked[Any], state: State) -> int:
    return min(int(state.draft.get("page", 0)), _pages(question) - 1)


def _marked(option: Option, marks: list[str], *, ranked: bool) -> Option:
    if option.key not in marks:
        return option
    mark = str(marks.index(option.key) + 1) if ranked else "on"
    return Option(option.key, f"-{option.key}", option.label, mark)


def _rated(question: Rating, key: str, label: str, marks: dict[str, str]) -> Option:
    level = marks.get(key)
    return Option(key, f"+{key}~{question.next_level(level)}", label, level or "")

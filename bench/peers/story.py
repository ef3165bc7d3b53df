"""The registration for the peers: one language, fixed texts as long as ours, the same buttons."""

from __future__ import annotations

import os
import re
from html import escape
from typing import Any, NamedTuple

EDITS = os.environ.get("PEER_EDITS", "1") == "1"
"""Whether a pressed question is changed into question and answer, as ours does."""

HELLO = (
    "Hello! I'm the bot of Expats for home. I bring together people who left the Košice region or "
    "Gorenjska and people who live there: for a talk, some mentoring or a good brunch. Nobody has "
    "to move back, and you decide what we keep about you.\n\nCo-funded by the European Union"
)
CONSENT = (
    "<b>May we register you?</b>\n\nCIKE and BSC Kranj will keep what you tell me, to choose "
    "events and bring the right people together. Staff of your region's organisation read it; "
    "nobody else does unless you say so.\n\nWe erase it all by 31 December 2028, or as soon as "
    "you ask. You can leave at any time.\n\n<b>I agree</b> means: register me, and I'm 16 or "
    "older."
)


class Question(NamedTuple):
    """One step: ``kind`` is choice, multi, text or card."""

    key: str
    text: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    valid: str = r"(?s).{1,300}"


FIELDS = (
    ("it", "IT and software"), ("engineering", "Engineering"), ("health", "Health"),
    ("education", "Education"), ("arts", "Arts and culture"), ("business", "Business"),
    ("science", "Science"), ("law", "Law"), ("media", "Media"), ("other", "Another"),
)  # fmt: skip
STORY = (
    Question(
        "hello",
        HELLO,
        "choice",
        (("start", "Let's start"), ("data", "What happens to my data?"), ("sk", "Slovenčina"),
         ("sl", "Slovenščina")),
    ),
    Question(
        "agree",
        CONSENT,
        "choice",
        (("agree", "I agree"), ("read", "Read it all"), ("decline", "No, thank you")),
    ),
    Question(
        "persona",
        "Which of these describes you?",
        "choice",
        (("expat", "I live away from my region"), ("local", "I live in the region")),
    ),
    Question("name", "Thank you! A few short questions now.\n\n1 of 6 · What's your name?",
             valid=r".{2,80}"),
    Question(
        "home_region",
        "2 of 6 · Which region do you come from?",
        "choice",
        (("kosice", "Košice region"), ("gorenjska", "Gorenjska"), ("other", "Another region")),
    ),
    Question("place", "3 of 6 · Where do you live now? Town and country.", valid=r"\D{2,120}"),
    Question("profession", "4 of 6 · What do you do for a living?", valid=r".{2,120}"),
    Question("field", "4 of 6 · Is that IT and digital?", "choice", FIELDS),
    Question(
        "willingness",
        "5 of 6 · Would you like to do something for your home region?",
        "choice",
        (("yes", "Yes, gladly"), ("maybe", "Maybe, tell me more"), ("not_now", "Not now")),
    ),
    Question(
        "consents",
        "6 of 6 · What else may we do? Tick what suits you, or nothing.",
        "multi",
        (("invitations", "Send me invitations"), ("mentoring", "Include me in mentoring"),
         ("sharing", "Share with our partner"), ("public", "You may mention me publicly"),
         ("all", "Allow all of it")),
    ),
    Question("review", "Is this right?", "card"),
)  # fmt: skip
KEYS = tuple(question.key for question in STORY)
BY_KEY = {question.key: question for question in STORY}
THE_END = "You're registered, thank you! We have 3 short surveys for you."
LAST_BUTTONS = [[("survey", "Begin"), ("later", "Later")]]


def after(key: str) -> Question | None:
    """The question that follows."""
    index = KEYS.index(key) + 1
    return STORY[index] if index < len(STORY) else None


def accepts(question: Question, typed: str) -> bool:
    return re.fullmatch(question.valid, typed) is not None


def words(question: Question, answers: dict[str, Any]) -> str:
    """The question's text; the card with all that was answered."""
    if question.kind != "card":
        return question.text
    lines = [f"• <b>{key}</b>: {escape(str(value))}" for key, value in answers.items()]
    return question.text + "\n\n" + "\n".join(lines)


def settled(question: Question, answer: str) -> str:
    """A pressed question as it stays in the chat."""
    return f"{question.text.partition(chr(10))[0]}\n\n→ {escape(answer)}"


def buttons(question: Question, marks: list[str] | None = None) -> list[list[tuple[str, str]]]:
    """Rows of (data, label): options, then controls, as many as ours."""
    if question.kind == "card":
        options = [("change", "Change something")]
    elif question.kind == "multi":
        ticked = marks or []
        options = [
            (key, ("✅ " if key in ticked else "▫️ ") + label) for key, label in question.options
        ]
    else:
        options = list(question.options)
    controls = [("back", "Back"), ("cancel", "Cancel"), ("help", "Help"), ("menu", "Menu")]
    if question.optional:
        controls.insert(0, ("skip", "Skip"))
    if question.kind in ("multi", "card"):
        controls.insert(0, ("done", "Done"))
    return [*_rows(options, 2), *_rows(controls, 3)]


def _rows(flat: list[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    return [flat[start : start + width] for start in range(0, len(flat), width)]

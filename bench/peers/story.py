"""The registration for the peers: one language, fixed texts as long as ours, the same buttons."""

from __future__ import annotations

import os
import re
from html import escape
from typing import Any, NamedTuple

EDITS = os.environ.get("PEER_EDITS", "1") == "1"
"""Whether a pressed question is changed into question and answer, as ours does."""

NOTICE = (
    "<b>Expats for Home</b>\n\nThe Košice region and Gorenjska keep in touch with their people "
    "abroad. We ask what you would like to give back and in which form, invite you to events that "
    "fit, and introduce you to local people who look for a mentor. It takes three minutes.\n\n"
    "Who asks: Creative Industry Košice (CIKE), Kukučínova 2, Košice, Slovakia, and BSC, Business "
    "Support Centre Kranj, Cesta Staneta Žagarja 37, Kranj, Slovenia, as joint controllers.\n\n"
    "How long: until you say so, at most two years after we last heard of each other. What you "
    "say is deleted when you send /forget.\n\nYour rights: you may see, correct, take with you and "
    "erase what we hold, withdraw a consent at any time, and complain to the authority for data "
    "protection in Slovakia or Slovenia.\n\n<i>Co-funded by the European Union.</i>"
)


class Question(NamedTuple):
    """One step: ``kind`` is choice, multi, text or card."""

    key: str
    text: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    valid: str = r"(?s).{1,300}"


YES_NO = (("yes", "Yes"), ("no", "No"))
FIELDS = (
    ("it", "IT and software"), ("engineering", "Engineering"), ("health", "Health"),
    ("education", "Education"), ("arts", "Arts and culture"), ("business", "Business"),
    ("science", "Science"), ("law", "Law"), ("media", "Media"), ("other", "Another"),
)  # fmt: skip
STORY = (
    Question("notice", NOTICE, "choice", (("go_on", "Go on"), ("decline", "No, thank you"))),
    Question("old_enough", "Are you 16 or older?", "choice", YES_NO),
    Question(
        "consents",
        "What may we do? Nothing is ticked beforehand, and only the first is needed to go on.",
        "multi",
        (("register", "Keep me in the register"), ("invitations", "Invite me to events"),
         ("mentoring", "Introduce me to mentees"), ("sharing", "Share with the other region"),
         ("public", "Name me publicly")),
    ),
    Question(
        "persona",
        "Which are you?\n\n• <b>Expat</b>: I live away from home\n• <b>Local</b>: I live there",
        "choice",
        (("expat", "Expat"), ("local", "Local")),
    ),
    Question("name", "Thank you! What is your name?", valid=r".{2,80}"),
    Question(
        "home_region",
        "Which is your home region?",
        "choice",
        (("kosice", "Košice region"), ("gorenjska", "Gorenjska"), ("other", "Another")),
    ),
    Question("country", "Which country do you live in?", valid=r"\D{2,60}"),
    Question("city", "Which town or city?", valid=r"\D{2,80}"),
    Question("since", "Since when do you live there? A year is enough.", valid=r"(19|20)\d\d"),
    Question("profession", "What is your profession?", valid=r".{2,120}"),
    Question("field", "Which field is that?", "choice", FIELDS),
    Question("employer", "Who do you work for?", optional=True),
    Question("expertise", "What are you good at, in a sentence?"),
    Question("linkedin", "Your LinkedIn address?", optional=True, valid=r"https://.+"),
    Question("email", "Your e-mail address?", optional=True, valid=r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    Question(
        "spoken_languages",
        "Which languages can you speak to an audience in?",
        "multi",
        (("en", "English"), ("sk", "Slovak"), ("sl", "Slovenian"), ("de", "German")),
    ),
    Question("review", "This is what we have. Is it right?", "card"),
)  # fmt: skip
KEYS = tuple(question.key for question in STORY)
BY_KEY = {question.key: question for question in STORY}
THE_END = "You are registered. May we ask about what you would like to give back?"
LAST_BUTTONS = [[("survey", "Start"), ("later", "Later")]]


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
        options = [(f"edit_{key}", key) for key in KEYS[4:-1]]
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

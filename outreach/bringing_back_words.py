"""What somebody left unfinished, in words: what is open and how little is left. Pure."""

from __future__ import annotations

from blueprints.schema import Blueprint
from messages.message import MENU, Kind, Message, Option, Widget
from messages.words import Words
from outreach.bringing_back import NO
from outreach.reader import Reader
from storage.unfinished import Left


def unfinished(me: Reader, left: Left, words: Words, blueprint: Blueprint) -> Message | None:
    """With buttons to go on, later, and never; None where the survey is not asked any more."""
    own = words.spoken(me.language, blueprint.language)
    if left.flow == "registration":
        text = words.rich("back.registration", own, name=me.name)
    else:
        survey = blueprint.survey(str(left.params.get("survey")))
        if survey is None or me.persona not in survey.personas:
            return None
        asked = len(survey.questions_for(me.persona, me.organisation or None))
        text = words.rich(
            "back.survey", own, name=me.name, title=survey.title[own], minutes=survey.minutes,
            answered=left.answered, count=max(1, asked - left.answered),
        )  # fmt: skip
    buttons = (
        Option("go_on", f"=continue.{left.conversation}", words.text("back.button_go_on", own)),
        Option("later", "=later", words.text("back.button_not_now", own)),
        Option(NO, f"={NO}.{left.conversation}", words.text("back.button_no", own)),
    )
    return Message(text, own, Widget(Kind.BUTTONS, MENU, buttons))

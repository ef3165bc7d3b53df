"""Any survey of the blueprint: one generic flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint, Condition, SurveyQuestion
from flows.asking import options
from flows.choices import FEW, Choice, Multi, Rank, Review
from flows.engine import Snapshot, flow
from flows.join import yes_no
from flows.questions import Day, Item, Number, Question, Text
from flows.rating import Rating
from flows.script import Json, Label, Say, Script, Template, Texts, ask

TEXT_LIMIT = 500
NUMBER_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """``answers``: question -> stored answer, those on the path alone (None: skipped)."""

    survey: str
    round: str
    answers: Mapping[str, Json]


@flow("survey")
def survey(me: Snapshot) -> Script[Answered]:
    """``me.params``: ``survey`` its key; ``review`` true to end at a card (answers looked at);
    ``round`` where it is not the survey's own, and ``about`` (language -> text) what it is asked
    about: the event, for a survey that follows events."""
    found = me.blueprint.survey(str(me.params["survey"]))
    if found is None:  # a release took the survey away under an open conversation
        yield Say(Template("survey.gone"))
        return Answered(str(me.params["survey"]), "", {})
    title: Label = Texts(found.title.root)
    if about := me.params.get("about"):
        title = Template("survey.title_about", {"title": title, "about": Texts(about)})
    yield Say(
        Template(
            "survey.opening",
            {"title": title, "intro": Texts(found.intro.root), "minutes": found.minutes},
        )
    )
    given: dict[str, Json] = {}
    persona, organisation = str(me.facts.get("persona")), me.facts.get("organisation")
    field = me.facts.get("field")
    for question, when in asked_of(me.blueprint, found.key, persona, organisation, field):
        if when is None or holds(when, given):
            given[question.key] = yield from ask(question)
    if me.params.get("review"):
        yield from ask(Review(key="review", text=Template("survey.card", {"title": title})))
    yield Say(Texts(found.thanks.root))
    asked_in = str(me.params.get("round") or found.round)
    return Answered(found.key, asked_in, {key: _plain(value) for key, value in given.items()})


@once_a_blueprint
def asked_of(
    blueprint: Blueprint, key: str, persona: str, organisation: str | None, field: str | None = None
) -> tuple[tuple[Question[Any], Condition | None], ...]:
    """The survey's questions to this persona, and on which condition each is asked. Where there
    are many options, those likeliest in their ``field`` of work come first."""
    found = blueprint.survey(key)
    asked = found.questions_for(persona, organisation) if found else ()
    likely = likeliest(blueprint, field)
    return tuple((question_of(_ordered(each, likely)), each.when) for each in asked)


def likeliest(blueprint: Blueprint, field: str | None) -> tuple[str, ...]:
    """Skills from the likeliest on: what the region needs most, then what suits their field."""
    own = next((each.skills for each in blueprint.fields if each.key == field), ())
    return tuple(dict.fromkeys((*blueprint.mentoring.priorities, *own)))


def _ordered(asked: SurveyQuestion, likely: tuple[str, ...]) -> SurveyQuestion:
    if asked.kind not in ("multi", "rank") or len(asked.options) <= FEW:
        return asked
    place = {key: number for number, key in enumerate(likely)}
    options = sorted(asked.options, key=lambda option: place.get(option.key, len(place)))
    return asked.model_copy(update={"options": tuple(options)})


def _plain(value: Any) -> Json:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def holds(condition: Condition, given: Mapping[str, Json]) -> bool:
    """Whether a question on that condition is asked after these answers."""
    value = given.get(condition.question)
    values = set(value if isinstance(value, list | tuple | dict) else [value])
    if condition.any and not values.intersection(condition.any):
        return False
    return not values.intersection(condition.none)


def question_of(asked: SurveyQuestion) -> Question[Any]:
    """The question a blueprint's row stands for."""
    common: dict[str, Any] = {
        "key": asked.key,
        "text": Texts(asked.text.root),
        "hint": Texts(asked.hint.root) if asked.hint else None,
        "optional": not asked.needed,
        "why": Texts(asked.why.root) if asked.why else None,
    }
    return _KINDS[asked.kind](asked, common)


def _marks(asked: SurveyQuestion) -> dict[str, Any]:
    return {
        "options": options(asked.options),
        "minimum": asked.minimum or (1 if asked.needed else 0),
        "maximum": asked.maximum,
    }


def _levels(asked: SurveyQuestion) -> dict[str, Any]:
    return {
        "levels": tuple(Item(level.key, Texts(level.label.root)) for level in asked.levels),
        "emojis": {level.key: level.emoji for level in asked.levels},
        "hints": {each.key: Texts(each.hint.root) for each in asked.options if each.hint},
    }


_KINDS: Mapping[str, Callable[[SurveyQuestion, dict[str, Any]], Question[Any]]] = {
    "choice": lambda asked, common: Choice(**common, options=options(asked.options)),
    "yes_no": lambda asked, common: Choice(**common, options=yes_no()),
    "multi": lambda asked, common: Multi(**common, **_marks(asked)),
    "rank": lambda asked, common: Rank(**common, **_marks(asked)),
    "rating": lambda asked, common: Rating(**common, **_marks(asked), **_levels(asked)),
    "text": lambda asked, common: Text(
        **common, maximum=asked.max_length or TEXT_LIMIT, lines=True
    ),
    "number": lambda asked, common: Number(
        **common, minimum=asked.minimum or 0, maximum=asked.maximum or NUMBER_LIMIT
    ),
    "date": lambda asked, common: Day(**common),
}

"""A new broadcast, asked step by step; and when one that is written shall go out."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.choices import Choice, Review
from flows.engine import Snapshot, flow
from flows.questions import Day, Item, Text
from flows.script import Plain, Script, Step, Template, ask, ask_optional
from flows.staff_event import which_organisation
from flows.staff_questions import Body, Clock, Lines, Web, audience, spoken, words, words_in

TITLE_LIMIT, BODY_LIMIT, LABEL_LIMIT = 80, 3000, 40
NOTHING, LINK, QUESTION = "nothing", "link", "question"
AT, LOCAL = "at", "local"
HOURS = ("09:00", "10:00", "12:00", "17:00", "18:00")


@dataclass(frozen=True, slots=True)
class BroadcastDraft:
    """What was written. ``bodies`` language -> text; ``link`` the address and its labels by
    language; ``options`` the quick answers, each with its labels by language."""

    organisation: str
    title: str
    bodies: Mapping[str, str]
    audience: str
    link: tuple[str, Mapping[str, str]] | None = None
    options: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SendingTime:
    """When the broadcast numbered ``broadcast`` goes out: ``hour`` "HH:MM" of ``day`` in the
    organisation's zone, or (``local``) where each reader is."""

    broadcast: int
    day: date
    hour: str
    local: bool


@flow("staff_broadcast")
def staff_broadcast(me: Snapshot) -> Script[BroadcastDraft]:
    """``me.params``: ``organisations`` the keys it may be for; ``audiences`` saved ones."""
    organisation = yield from which_organisation(me)
    title = yield from ask(Text(key="name", **words("name"), maximum=TITLE_LIMIT))
    languages = spoken(me.blueprint.languages, organisation.language)
    bodies = {}
    for language in languages.all:
        question = Body(
            key=f"body_{language}", **words_in("body", language), maximum=BODY_LIMIT,
            optional=language != languages.first,
        )  # fmt: skip
        text = yield from ask_optional(question)
        if text:
            bodies[language] = text
    link, options = yield from _below(tuple(bodies))
    saved = tuple(str(each) for each in me.params.get("audiences") or ())
    filter_ = yield from ask(audience(saved, Plain(organisation.name)))
    yield from ask(Review(key="review", text=Template("staff.card_broadcast")))
    return BroadcastDraft(organisation.key, title, bodies, filter_, link, options)


def _below(
    languages: tuple[str, ...],
) -> Generator[
    Step, Any, tuple[tuple[str, Mapping[str, str]] | None, tuple[Mapping[str, str], ...]]
]:
    """What stands below the text: nothing, a link, or answers to press."""
    offered = tuple(
        Item(each, Template(f"staff.below_{each}")) for each in (NOTHING, LINK, QUESTION)
    )
    below = yield from ask(Choice(key="below", **words("below"), options=offered))
    if below == LINK:
        url = yield from ask(Web(key="url", **words("url")))
        labels = {}
        for language in languages:
            labels[language] = yield from ask(
                Text(key=f"button_{language}", **words_in("button", language), maximum=LABEL_LIMIT)
            )
        return (url, labels), ()
    if below == QUESTION:
        return None, (yield from _options(languages))
    return None, ()


def _options(languages: tuple[str, ...]) -> Generator[Step, Any, tuple[Mapping[str, str], ...]]:
    """The quick answers: as many in every language as in the first."""
    by_language: dict[str, tuple[str, ...]] = {}
    count = None
    for language in languages:
        lines = yield from ask(
            Lines(key=f"options_{language}", **words_in("options", language), count=count)
        )
        by_language[language], count = lines, len(lines)
    return tuple(
        {language: lines[index] for language, lines in by_language.items()}
        for index in range(count or 0)
    )


@flow("staff_when")
def staff_when(me: Snapshot) -> Script[SendingTime]:
    """``me.params``: ``broadcast`` its number; ``zone`` the organisation's time zone."""
    zone = str(me.params.get("zone") or "UTC")
    options = (
        Item(LOCAL, Template("staff.when_local")),
        Item(AT, Template("staff.when_at", {"zone": zone})),
    )
    way = yield from ask(Choice(key="way", **words("way"), options=options))
    day = yield from ask(Day(key="day", **words("send_day")))
    presets = tuple(Item(each, Plain(each)) for each in HOURS)
    hour = yield from ask(Clock(key="hour", **words("send_hour"), presets=presets))
    return SendingTime(int(me.params.get("broadcast") or 0), day, hour, local=way == LOCAL)

"""A broadcast as one reader gets it. Pure: everything it says comes in as arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import UnknownLocaleError

from blueprints.schema import Blueprint
from messages import rich
from messages.base36 import base36
from messages.message import Kind, Link, Message, Option, Picture, Rich, Widget
from messages.words import Words
from outreach import footer
from outreach.broadcasts.template import fill
from outreach.reader import Reader
from storage.broadcasts import BroadcastRow

PRESS = "@b"  # begins the ref of a broadcast's widget; its number in base 36 follows
SPARE = "en"  # for a reader whose own language has no text, where there is one in this


def render(
    broadcast: BroadcastRow,
    reader: Reader,
    words: Words,
    blueprint: Blueprint,
    answer: str | None = None,
) -> Message:
    """What ``reader`` is shown, with the footer; ``answer`` is the key of what they pressed, if
    they did. Raises LookupError for a broadcast without any text."""
    message = written(broadcast, reader, words, blueprint, answer)
    return footer.signed(message, "broadcast", broadcast.organisation, words, blueprint)


def written(
    broadcast: BroadcastRow,
    reader: Reader,
    words: Words,
    blueprint: Blueprint,
    answer: str | None = None,
) -> Message:
    """What staff wrote, as ``reader`` is shown it.

    Where their language has no text they get another's, and are told which. Raises LookupError
    for a broadcast without any text.
    """
    own = words.spoken(reader.language, blueprint.language)
    body = body_language(broadcast, own, blueprint)
    parts = [_spare(words, body, own), _filled(broadcast, body, own, reader, words, blueprint)]
    if broadcast.question:
        parts += [_asked(broadcast.question, own, body)]
        parts += [_chosen(broadcast.question, own, body, answer, words)]
    return Message(
        text=rich.concat(*parts),
        language=own,
        widget=_widget(broadcast, own, body, answer),
        links=tuple(_links(broadcast, own, body)),
        picture=_picture(broadcast),
    )


def withdrawn(reader: Reader, words: Words, blueprint: Blueprint) -> Message:
    """What a withdrawn message becomes where it can no longer be taken back."""
    own = words.spoken(reader.language, blueprint.language)
    return Message(words.rich("broadcast.withdrawn", own), own)


def body_language(broadcast: BroadcastRow, language: str, blueprint: Blueprint) -> str:
    """The language in which somebody of ``language`` gets the text. Raises LookupError."""
    for candidate in (language, SPARE, *blueprint.languages, *broadcast.bodies):
        if candidate in broadcast.bodies:
            return candidate
    raise LookupError(f"broadcast {broadcast.key} has no text")


def values_of(
    reader: Reader, sender: str, language: str, words: Words, blueprint: Blueprint
) -> dict[str, str]:
    """The variables of a text in ``language`` (see template.VARIABLES); "" where unknown.
    ``sender``: the key of the organisation whose text it is; it signs it, whoever reads it."""
    organisation = blueprint.organisation(sender)
    return {
        "name": reader.name,
        "city": reader.city,
        "country": _country(reader.country, language, words),
        "organisation": organisation.name if organisation else "",
        "programme": _text(blueprint.programme.short_name.root, language, language),
    }


def label_of(broadcast: BroadcastRow, key: str, language: str) -> str:
    """The label of a quick answer; its key where the question has no such answer (any more)."""
    for option in (broadcast.question or {}).get("options", ()):
        if option["key"] == key:
            return _text(option["label"], language, SPARE)
    return key


def _country(code: str, language: str, words: Words) -> str:
    if not code:
        return ""
    try:
        return words.country(code, language)
    except (LookupError, UnknownLocaleError):
        return code


def _spare(words: Words, body: str, own: str) -> Rich:
    if body == own:
        return ()
    named = words.language_name(body, own)
    return words.rich("broadcast.in_language", own, language=named)


def _filled(
    broadcast: BroadcastRow,
    body: str,
    own: str,
    reader: Reader,
    words: Words,
    blueprint: Blueprint,
) -> Rich:
    return fill(
        broadcast.bodies[body],
        values_of(reader, broadcast.organisation, body, words, blueprint),
    )


def _asked(question: Mapping[str, Any], own: str, body: str) -> Rich:
    return rich.paragraph(_text(question.get("text") or {}, own, body), bold=True)


def _chosen(
    question: Mapping[str, Any], own: str, body: str, answer: str | None, words: Words
) -> Rich:
    for option in question["options"]:
        if option["key"] == answer:
            return words.rich("broadcast.chosen", own, value=_text(option["label"], own, body))
    return ()


def _widget(broadcast: BroadcastRow, own: str, body: str, answer: str | None) -> Widget | None:
    if not broadcast.question:
        return None
    options = tuple(
        Option(
            option["key"],
            f"={option['key']}",
            _text(option["label"], own, body),
            "on" if option["key"] == answer else "",
        )
        for option in broadcast.question["options"]
    )
    return Widget(Kind.BUTTONS, PRESS + base36(broadcast.id), options)


def _links(broadcast: BroadcastRow, own: str, body: str) -> list[Link]:
    return [Link(_text(each["label"], own, body), each["url"]) for each in broadcast.buttons]


def _picture(broadcast: BroadcastRow) -> Picture | None:
    if broadcast.media_id is None:
        return None
    return Picture(broadcast.media_id, broadcast.media_name or "", broadcast.media_type or "")


def _text(texts: Mapping[str, str], language: str, spare: str) -> str:
    """One of a text's languages: the reader's, the body's, or whichever there is."""
    for candidate in (language, spare):
        if texts.get(candidate):
            return texts[candidate]
    return next(iter(texts.values()), "")

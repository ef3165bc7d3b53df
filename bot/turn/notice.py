"""The words that people agree to, as they read them: the notice and the consents, by language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint, Organisation
from bot.incoming import Left, Opened
from bot.turn.context import House, Turn
from bot.turn.labels import labels_in
from flows.join import consent, hello, other_consents, parts
from flows.questions import Question
from messages import rich
from messages.message import Link
from messages.words import Words
from outreach import notices
from storage import notice_texts
from storage.transaction import Transaction

PAGE = "/notice"
"""Where the web page of the notice stands (bot.notice_page)."""
AGREED = frozenset({"joining", "active", "paused"})


def texts(house: House) -> dict[str, str]:
    """language -> what is read before agreeing: the first message, the short words, and the whole
    notice (who, what for, how long, which rights, and each purpose with what it means)."""
    return {language: _text(house, language) for language in house.blueprint.languages}


def _text(house: House, language: str) -> str:
    """The short words, the whole notice part by part, and how the other consents are asked for, at
    the end of the registration and one by one where they are needed."""
    return _read(house.blueprint, house.words, language)


@once_a_blueprint
def _read(blueprint: Blueprint, words: Words, language: str) -> str:
    labels = labels_in(words, language)
    questions: tuple[Question[Any], ...] = (
        hello(blueprint), consent(blueprint), *parts(blueprint), other_consents(blueprint),
    )  # fmt: skip
    read = [blueprint.programme.name[language]]
    read += [rich.plain(labels.rich(each.text)) for each in questions]
    free = [each.key for each in blueprint.purposes if not each.needed]
    read += [rich.plain(labels.say(f"allow.ask_{key}")) for key in free]
    return "\n\n".join(read)


def controller(words: Words, organisation: Organisation, language: str) -> str:
    """An organisation's part of the whole notice, with its seat where that is known."""
    text = organisation.controller[language]
    if organisation.seat is None:
        return text
    return f"{text} {words.text('privacy.seat', language, seat=organisation.seat)}"


def links(turn: Turn) -> tuple[Link, ...]:
    """The whole notice as a web page, where the program has a public address."""
    if turn.house.public_url is None:
        return ()
    label = turn.labels.words.text("join.button_page", turn.who.language)
    return (Link(label, f"{turn.house.public_url.rstrip('/')}{PAGE}/{turn.who.language}"),)


def stored(turn: Turn) -> None:
    """See to it that the words somebody is about to agree to are stored (a start does it, too)."""
    programme = turn.blueprint.programme
    notice_texts.keep(
        turn.tx,
        programme.notice_version,
        {turn.who.language: _text(turn.house, turn.who.language)},
        turn.now,
        material=programme.notice_material,
    )


def outdated(turn: Turn) -> bool:
    """Whether somebody who has agreed, and says a word, must be asked again."""
    if turn.who.status not in AGREED or isinstance(turn.incoming.said, Left | Opened):
        return False
    return notices.outdated(turn.who.notice, notices.fine(turn.blueprint, turn.house.fine))


def changed(tx: Transaction, house: House) -> list[str]:
    """What is wrong where the words were changed and the version was not: a sentence a language."""
    version = house.blueprint.programme.notice_version
    return [
        f"[programme] notice_version: the words of the notice or the consents in {language!r} are"
        f" not those that were stored under {version!r} on {since:%Y-%m-%d}; people agreed to"
        " these. Give the new words another notice_version (and notice_material = true where it is"
        " more than other wording), or put the old words back"
        for language, since in notice_texts.changed(tx, version, texts(house)).items()
    ]


def keep(tx: Transaction, house: House, now: datetime) -> None:
    """Store the words of this version in all languages, where they are not stored yet."""
    programme = house.blueprint.programme
    notice_texts.keep(
        tx, programme.notice_version, texts(house), now, material=programme.notice_material
    )

"""What the values of a blueprint say about each other: unique keys, references, limits.

The checks read the raw data, so that they find their problems beside those of the schema.
Surveys have their own module, :mod:`blueprints.survey_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from babel import Locale
from babel.core import get_global

from blueprints.problems import Finding, Place, did_you_mean
from blueprints.raw import Placed, Raw, keys, questions, tables, top, words
from blueprints.schema import CONTACT, Timings
from blueprints.values import COUNTRY, NUTS, SPAN, span

# Slack refuses a longer text on a button or in a list (Block Kit reference).
LONGEST_LABEL = 75
_KEYED = (
    "organisations",
    "regions",
    "purposes",
    "personas",
    "occupations",
    "wants",
    "skills",
    "formats",
    "fields",
    "surveys",
    "facts",
    "lists",
    "answers",
)
_NEEDED_LISTS = ("organisations", "regions", "purposes", "personas", "fields", "surveys")


def checks(raw: Raw, supported: tuple[str, ...]) -> Iterator[Finding]:
    """Everything but the surveys. ``supported``: languages that the program has words for."""
    yield from _languages(raw, supported)
    yield from _never_empty(raw)
    yield from _unique(raw)
    yield from _labels(raw)
    yield from _countries(raw)
    yield from _organisations(raw)
    yield from _regions(raw)
    yield from _purposes(raw)
    yield from _days(raw)
    yield from _answers(raw)
    yield from _end(raw)
    yield from _first_minute(raw)
    yield from _fields(raw)
    yield from _bring_back(raw)


def _languages(raw: Raw, supported: tuple[str, ...]) -> Iterator[Finding]:
    given = raw.get("languages")
    if isinstance(given, list) and not given:
        remedy = f'Name at least one, like ["{supported[0]}"].'
        yield Finding(("languages",), "is empty", remedy)
    seen: set[str] = set()
    for index, language in enumerate(words(given)):
        place = ("languages", index)
        if language in seen:
            yield Finding(place, f'"{language}" is there twice', "Remove one.")
        elif language not in supported:
            remedy = f"Choose from {', '.join(supported)}, or add its catalog to messages/locale."
            yield Finding(place, f'the program has no words in "{language}"', remedy)
        seen.add(language)


def _never_empty(raw: Raw) -> Iterator[Finding]:
    for name in _NEEDED_LISTS:
        if raw.get(name) == []:
            yield Finding((name,), "is empty", f"Add at least one [[{name}]].")


def _unique(raw: Raw) -> Iterator[Finding]:
    for name in _KEYED:
        yield from unique(top(raw, name))
    yield from unique(top(raw, "targets"), "organisation")


def unique(items: Iterable[Placed], name: str = "key") -> Iterator[Finding]:
    """No two items of a list may have the same key."""
    seen: set[str] = set()
    for place, table in items:
        key = table.get(name)
        if isinstance(key, str):
            if key in seen:
                yield Finding((*place, name), f'"{key}" is there twice', "Give each its own.")
            seen.add(key)


def _labels(raw: Raw) -> Iterator[Finding]:
    for name in _KEYED:
        for item in top(raw, name):
            yield from _short(item)
    for _, (place, question) in questions(raw):
        for name in ("options", "levels"):
            for item in tables(question.get(name), *place, name):
                yield from _short(item)


def _short(item: Placed) -> Iterator[Finding]:
    place, table = item
    for name in ("label", "name", "title"):
        texts = table.get(name)
        for language, text in texts.items() if isinstance(texts, dict) else ():
            if isinstance(text, str) and len(text.strip()) > LONGEST_LABEL:
                message = f"has {len(text.strip())} characters"
                remedy = f"Shorten it to {LONGEST_LABEL}: it stands on a button."
                yield Finding((*place, name, language), message, remedy)


def _countries(raw: Raw) -> Iterator[Finding]:
    for name in ("organisations", "regions"):
        for place, table in top(raw, name):
            country = table.get("country")
            if isinstance(country, str) and len(country) == 2 and not _is_known(country):
                remedy = 'Write its ISO 3166-1 code, like "SK".'
                yield Finding((*place, "country"), f'"{country}" is no country', remedy)


def _is_known(country: str) -> bool:
    # Nearly all are among those with a time zone, and the names take 10 ms to read.
    return country in get_global("territory_zones") or country in Locale("en").territories


def _organisations(raw: Raw) -> Iterator[Finding]:
    """References to organisations, and their language."""
    known = keys(top(raw, "organisations"))
    languages = words(raw.get("languages"))
    for place, table in top(raw, "organisations"):
        language = table.get("language")
        if isinstance(language, str) and languages and language not in languages:
            message = f'"{language}" is not one of the blueprint\'s languages'
            remedy = f"Choose from {', '.join(languages)}."
            yield Finding((*place, "language"), message, remedy)
        yield from _contact(place, table)
    for name in ("regions", "targets"):
        for place, table in top(raw, name):
            yield from _known((*place, "organisation"), table.get("organisation"), known)
    for place, option in _all_options(raw):
        for index, key in enumerate(words(option.get("organisations"))):
            yield from _known((*place, "organisations", index), key, known)


def _contact(place: Place, organisation: Raw) -> Iterator[Finding]:
    """GDPR, Article 13(1)(a): the notice names the controller's contact."""
    texts = organisation.get("controller")
    for language, text in texts.items() if isinstance(texts, dict) else ():
        if isinstance(text, str) and text.strip() and CONTACT not in text:
            remedy = f"Write {CONTACT} where the privacy contact shall stand."
            yield Finding((*place, "controller", language), "does not name the contact", remedy)


def _known(place: tuple[str | int, ...], key: object, known: list[str]) -> Iterator[Finding]:
    if isinstance(key, str) and key not in known:
        yield Finding(place, f'there is no organisation "{key}"', did_you_mean(key, known))


def _all_options(raw: Raw) -> Iterator[Placed]:
    for name in ("occupations", "wants", "skills", "formats", "fields"):
        yield from top(raw, name)
    for _, (place, question) in questions(raw):
        yield from tables(question.get("options"), *place, "options")
        yield from tables(question.get("levels"), *place, "levels")


def _regions(raw: Raw) -> Iterator[Finding]:
    for place, region in top(raw, "regions"):
        nuts, country = region.get("nuts"), region.get("country")
        if not isinstance(nuts, str) or not isinstance(country, str):
            continue
        if re.match(NUTS, nuts) and re.match(COUNTRY, country) and not nuts.startswith(country):
            message = f'"{nuts}" is not in {country}'
            remedy = "A NUTS code begins with the country's (Greece: EL)."
            if not (nuts.startswith("EL") and country == "GR"):
                yield Finding((*place, "nuts"), message, remedy)


def _purposes(raw: Raw) -> Iterator[Finding]:
    """GDPR, Article 7(4): only what registration itself needs may be a condition of it."""
    for place, purpose in top(raw, "purposes"):
        key, needed = purpose.get("key"), purpose.get("needed")
        if key == "register" and needed is not True:
            remedy = "Write needed = true: without it nothing can be kept."
            yield Finding(place, "register is not needed", remedy)
        elif key != "register" and needed is True:
            remedy = "Remove needed: only register may be a condition (GDPR, Article 7(4))."
            yield Finding((*place, "needed"), f"{key} must be free to refuse", remedy)
    known = keys(top(raw, "purposes"))
    if known and "register" not in known:
        remedy = 'Add [[purposes]] with key = "register" and needed = true.'
        yield Finding(("purposes",), "register is missing", remedy)


LONGEST_ANSWER = 400  # characters: two sentences, read in ten seconds on a telephone
WHY = "why"  # the key of the answer to "why do you ask?"


def _answers(raw: Raw) -> Iterator[Finding]:
    """What is answered in the middle of a question must be short, and must be found."""
    for place, answer in top(raw, "answers"):
        texts = answer.get("text")
        for language, text in texts.items() if isinstance(texts, dict) else ():
            if isinstance(text, str) and len(" ".join(text.split())) > LONGEST_ANSWER:
                message = f"has {len(' '.join(text.split()))} characters"
                remedy = f"Shorten it to {LONGEST_ANSWER}: two sentences."
                yield Finding((*place, "text", language), message, remedy)
        if answer.get("key") != WHY and "asked" not in answer:
            remedy = 'Add asked.en = ["…"] and the like: the words that ask for it.'
            yield Finding(place, "nobody can ask for it", remedy)


# Of two lengths in [timings] the first may not be longer than the second, and why.
_WITHIN = (
    ("unfinished_notice_days", "unfinished_days", "it is told before"),
    ("unfinished_notice_days", "delivery_days", "that it was told is known as long"),
    ("proof_days", "erasure_days", "the proof stands in the mark"),
)
_LONGEST = 3653  # days: ten years
_OF_PEOPLE = tuple(name for name in Timings.model_fields if name.endswith("_days"))


def _days(raw: Raw) -> Iterator[Finding]:
    """GDPR, Article 5(1)(e): nothing is kept without an end, and the lengths fit together."""
    given = raw.get("timings")
    days = {name: field.default for name, field in Timings.model_fields.items()}
    if not isinstance(given, dict):
        return
    days |= {name: value for name, value in given.items() if type(value) is int and value > 0}
    for name in _OF_PEOPLE:
        if name in given and days[name] > _LONGEST:
            remedy = f"Write at most {_LONGEST}: what is kept for ever needs another reason."
            yield Finding(("timings", name), f"{days[name]} days are more than ten years", remedy)
    for name, longer, why in _WITHIN:
        if days[name] > days[longer]:
            place = ("timings", name if name in given else longer)
            message = f"{name} ({days[name]}) is more than {longer} ({days[longer]})"
            yield Finding(place, message, f"Make it shorter: {why}.")


def _end(raw: Raw) -> Iterator[Finding]:
    """What people read of how long their data is kept names the year in which the program erases
    it."""
    programme = raw.get("programme")
    if not isinstance(programme, dict):
        return
    ends_on, texts = programme.get("ends_on"), programme.get("retention")
    year = ends_on.year if isinstance(ends_on, date) else str(ends_on or "")[:4]
    for language, text in texts.items() if isinstance(texts, dict) and year else ():
        if isinstance(text, str) and text.strip() and str(year) not in text:
            message = f"does not name {year}, the year of ends_on"
            remedy = "Say on which day everything is erased, or change ends_on."
            yield Finding(("programme", "retention", language), message, remedy)


LONGEST_NAME = 64  # https://core.telegram.org/bots/api#setmyname
HELLO_WORDS = 60  # the whole first message, funding statement included
SHORT_NOTICE_WORDS = 45  # the program's own words make it 80 (tests/turn/test_first_minute.py)


def _first_minute(raw: Raw) -> Iterator[Finding]:
    """What people read before the first button is short in every language."""
    programme = raw.get("programme")
    if not isinstance(programme, dict):
        return
    funding = programme.get("funding_statement")
    below = funding if isinstance(funding, dict) else {}
    for language, text in _texts(programme.get("hello")):
        count = count_words(text) + count_words(str(below.get(language, "")))
        if count > HELLO_WORDS:
            message = f"has {count} words with the funding statement"
            remedy = f"Shorten it to {HELLO_WORDS}: it is the first thing anybody reads."
            yield Finding(("programme", "hello", language), message, remedy)
    for language, text in _texts(programme.get("bot_name")):
        if len(text.strip()) > LONGEST_NAME:
            remedy = f"Shorten it to {LONGEST_NAME}: Telegram takes no longer name."
            message = f"has {len(text.strip())} characters"
            yield Finding(("programme", "bot_name", language), message, remedy)
    for language, text in _texts(programme.get("short_notice")):
        if (count := count_words(text)) > SHORT_NOTICE_WORDS:
            remedy = f"Shorten it to {SHORT_NOTICE_WORDS}: the rest stands behind *Read it all*."
            yield Finding(("programme", "short_notice", language), f"has {count} words", remedy)


def _texts(texts: object) -> Iterator[tuple[str, str]]:
    for language, text in texts.items() if isinstance(texts, dict) else ():
        if isinstance(text, str):
            yield language, text


def count_words(text: str) -> int:
    """Words as a reader counts them: a dash or another sign that stands alone is none."""
    return sum(any(map(str.isalnum, part)) for part in text.split())


def _fields(raw: Raw) -> Iterator[Finding]:
    """The skills of a field are among the skills."""
    skills = keys(top(raw, "skills"))
    for place, table in top(raw, "fields"):
        for index, key in enumerate(words(table.get("skills"))):
            if key not in skills:
                remedy = did_you_mean(key, skills)
                yield Finding((*place, "skills", index), f'there is no skill "{key}"', remedy)


BRINGS_BACK = 2  # times that something unfinished is brought back, at most
BACK_DAYS = timedelta(days=30)  # by when the last of them comes


def _bring_back(raw: Raw) -> Iterator[Finding]:
    """Twice at most, the second after the first, both before it is too late for it."""
    outreach = raw.get("outreach")
    listed = words(outreach.get("bring_back")) if isinstance(outreach, dict) else []
    place: Place = ("outreach", "bring_back")
    if len(listed) > BRINGS_BACK:
        remedy = 'Name two at most, like ["1d", "6d"].'
        yield Finding(place, f"names {len(listed)} times", remedy)
    spans = [span(each) for each in listed if re.fullmatch(SPAN, each)]
    if spans != sorted(set(spans)):
        yield Finding(
            place, "does not go forward in time", 'Write the shorter first: ["1d", "6d"].'
        )
    if spans and not timedelta(hours=1) <= min(spans) <= max(spans) <= BACK_DAYS:
        remedy = "Choose between one hour and thirty days."
        yield Finding(place, "is too soon or too late", remedy)

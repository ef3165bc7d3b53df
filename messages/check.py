"""What is wrong with the templates and their translations: ``problems`` finds everything at once.

Used by the tests, ``domov check`` and ``make check``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry

from messages import catalogs, cldr, extract, rich
from messages.errors import CatalogError, MarkupError
from messages.extract import Source
from messages.words import Words

BUTTON_LIMIT = 28  # characters: what a phone shows of one button, two of them in a row
WRITTEN_LIMIT = 40  # of a button whose label staff write, or that names a moment
# Translations that are right although they equal the English.
SAME: dict[str, frozenset[str]] = {
    "sk": frozenset({"Chat", "E-mail", "Mentoring", "Menu", "Online", "Video"}),
    "sl": frozenset({"Video"}),
}

# Labels of one or two words that mean the same wherever they stand; any other that is used in two
# templates needs a context (docs/words.md).
SHARED = frozenset(
    {
        *("Another reason", "Answer buttons", "Cancel", "Change", "Chat", "Chat page", "Continue"),
        *("Country", "Done", "E-mail", "Events", "Field", "Help", "How often", "I agree"),
        *("Language", "Languages", "Maybe", "Mentoring", "Menu", "Messages", "More", "Name", "No"),
        *("Online", "People", "Send", "Skills", "Start", "Time zone", "Topics"),
        *("announced", "cancelled", "draft", "over", "paused", "<b>Your rights</b>"),
    }
)
# Blocks that are options to choose from, and stand on buttons.
_OPTION = re.compile(
    r"mentor\.(?:mode_|urgency_|rhythm_|hours_|field_any)"
    r"|staff\.(?:where_|audience_|below_|when_|sending_|format_none)"
)
_SHORT = 2  # words

_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_PERCENT = re.compile(r"%(?!\(\w+\)s)")
_TAG = re.compile(r"<[^<>]*>")
_LETTERS = re.compile(r"[^\W\d_]{2}")


def problems(words: Words) -> list[str]:
    """One sentence for each fault of the languages of ``words``; empty when all is well."""
    texts = extract.sources(words.root)
    found = [problem for source in texts for problem in _source_problems(source)]
    found += _two_meanings(texts)
    for language in words.languages:
        if language != catalogs.SOURCE_LANGUAGE:
            found += _catalog_problems(words.root, language, texts)
    return found


def is_button(key: str) -> bool:
    """Whether a message key names the label of a button, or of an option that stands on one."""
    area, _, name = key.partition(".")
    if _OPTION.match(key):
        return True
    # The area `refused` answers to reasons, of which "button.unknown" is one.
    return area == "buttons" or (name.startswith("button_") and area != "refused")


def _two_meanings(texts: list[Source]) -> Iterator[str]:
    """Short labels that two templates share without anybody having said that they mean the same."""
    for source in texts:
        areas = {key.partition(".")[0] for key in source.keys}
        short = source.plural is None and len(source.singular.split()) <= _SHORT
        if short and len(areas) > 1 and source.context is None and source.singular not in SHARED:
            users = " and ".join(source.keys)
            yield f"{source.singular!r} of {users} needs a context (docs/words.md), or is SHARED"


def _catalog_problems(root: Path, language: str, texts: list[Source]) -> Iterator[str]:
    try:
        catalog = catalogs.read(root, language)
    except CatalogError as error:
        yield str(error)
        return
    header = f"Plural-Forms: {extract.plural_forms(language)}"
    if header not in catalogs.path(root, language).read_text(encoding="utf-8"):
        yield f"{language}: the header should say {header!r}"
    forms = cldr.plural_count(language)
    for source in texts:
        entry = catalog.get(source.id, source.context)
        where = f"{language}: {source.keys[0]}: {source.singular!r}"
        yield from (f"{where}: {fault}" for fault in _faults(entry, source, language, forms))
    yield from _unused(catalog, language, texts)


def _unused(catalog: Catalog, language: str, texts: list[Source]) -> Iterator[str]:
    known = {(source.context, source.singular) for source in texts}
    for entry in catalog:
        singular = entry.id if isinstance(entry.id, str) else entry.id[0]
        if singular and (entry.context or None, singular) not in known:
            yield f"{language}: {singular!r} is in no template: run python -m messages.extract"


def _faults(entry: Entry | None, source: Source, language: str, forms: int) -> Iterator[str]:
    if entry is None or isinstance(entry.id, str) != (source.plural is None):
        yield "not in the catalog: run python -m messages.extract"
        return
    if entry.fuzzy:
        yield "marked fuzzy"
    strings = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    if not all(strings) or not strings:
        yield "not translated" if source.plural is None else "a plural form is missing"
        return
    if source.plural is not None and len(strings) != forms:
        yield f"{len(strings)} plural forms, should be {forms}"
    for index, string in enumerate(strings):
        if _placeholders(string) not in _allowed_placeholders(source, language, index):
            yield f"other placeholders than the source: {string!r}"
        yield from _string_faults(string, source, language)


def _string_faults(string: str, source: Source, language: str) -> Iterator[str]:
    english = source.singular if source.plural is None else source.plural
    if Counter(_TAG.findall(string)) != Counter(_TAG.findall(english)):
        yield f"other tags than the source: {string!r}"
    if string in (source.singular, english) and _must_differ(string, language):
        yield "the same as the English"
    if string != string.strip() or string.count("\n\n") != english.count("\n\n"):
        yield f"other space around it, or other paragraphs, than the source: {string!r}"
    yield from _text_faults(string, source)


def _source_problems(source: Source) -> Iterator[str]:
    for text in (source.singular, source.plural):
        if text is not None:
            for fault in _text_faults(text, source):
                yield f"{source.keys[0]}: {source.singular!r}: {fault}"


def _text_faults(text: str, source: Source) -> Iterator[str]:
    if _PERCENT.search(text.replace("%%", "")):
        yield f"a bare % (write %%): {text!r}"
        return
    try:
        shown = rich.plain(rich.parse(text.replace("%%", "%")))
    except MarkupError as error:
        yield str(error)
        return
    label = _PLACEHOLDER.sub("99", shown)
    if any(is_button(key) for key in source.keys) and len(label) > BUTTON_LIMIT:
        yield f"longer than a button may be ({BUTTON_LIMIT} characters): {text!r}"


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def _allowed_placeholders(source: Source, language: str, form: int) -> list[frozenset[str]]:
    """The source's. "One event" may leave the number out, but only where that form is for a
    single number: Slovenian says "101 dogodek" with the form of 1."""
    if source.plural is None:
        return [_placeholders(source.singular)]
    index = cldr.plural_index(language)
    single = sum(index(n) == form for n in range(1000)) == 1
    allowed = [_placeholders(source.plural)]
    return [*allowed, _placeholders(source.singular)] if single else allowed


def _must_differ(text: str, language: str) -> bool:
    bare = _TAG.sub("", _PLACEHOLDER.sub("", text))
    return bool(_LETTERS.search(bare)) and text not in SAME.get(language, frozenset())

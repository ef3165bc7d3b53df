"""A broadcast as a file: YAML between two lines of dashes, then a text a language.

    ---
    key: newsletter-november
    title: News of November
    organisation: cike
    buttons:
      - label: {en: Read more, sk: Viac}
        url: https://example.org/news
    question:
      text: {en: "Shall we meet in December?", sk: "Stretneme sa v decembri?"}
      options:
        - {key: yes, label: {en: "Yes", sk: Áno}}
        - {key: no, label: {en: "No", sk: Nie}}
    ---
    # en
    Dear {{ name|default("friend") }}, …

    # sk
    …

docs/broadcasts.md tells all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from blueprints.problems import did_you_mean
from blueprints.schema import Blueprint
from outreach.broadcasts import attachment
from outreach.broadcasts.fields import button_of, expiry, key_of, question_of
from outreach.broadcasts.front import Front, Notes, Value
from outreach.broadcasts.template import faults, remarks
from outreach.errors import BadFile
from outreach.told import Told, why
from storage.media import Medium

BYTES = 64 * 1024  # of a file
BUTTONS = 5  # links; more than that nobody reads
KEYS = (
    "key", "title", "organisation", "audience", "picture", "file", "buttons", "question", "expires",
)  # fmt: skip

_FENCE = re.compile(r"---[ \t]*")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*")


@dataclass(frozen=True, slots=True)
class Written:
    """A broadcast as it was written, with nothing wrong in it. ``organisation`` and ``audience``
    are None where the file leaves them out; ``remarks`` what may read badly."""

    key: str
    title: str
    bodies: Mapping[str, str]
    organisation: str | None = None
    audience: str | None = None
    buttons: tuple[Mapping[str, Any], ...] = ()
    question: Mapping[str, Any] | None = None
    medium: Medium | None = None
    expires_at: datetime | None = None
    remarks: tuple[str, ...] = field(default=())


def read(path: Path, blueprint: Blueprint) -> Written:
    """What a file says. Raises BadFile naming everything that is wrong, each with its line."""
    try:
        if path.stat().st_size > BYTES:
            raise BadFile(path.name, [f"it is longer than {BYTES // 1024} kB"])
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(path.name, [f"it cannot be read: {error.strerror or error}"]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile(path.name, [f"line {line}: not UTF-8; save it as UTF-8"]) from None
    return parse(content, path.name, blueprint, path.parent)


def parse(content: str, name: str, blueprint: Blueprint, folder: Path) -> Written:
    """What a file of this content says; pictures are looked for in ``folder``. Raises BadFile."""
    return _Reading(content, name, blueprint, folder).done()


def text_problems(bodies: Mapping[str, str]) -> list[Told]:
    """What is wrong with texts that came without a file, from a conversation; empty when all is
    well."""
    return [
        why("text_line", language=language, line=fault.line, wrong=fault.told)
        for language, body in bodies.items()
        for fault in faults(body)
    ]


class _Reading:
    def __init__(self, content: str, name: str, blueprint: Blueprint, folder: Path) -> None:
        self.name, self.blueprint, self.folder = name, blueprint, folder
        self.notes = Notes()
        self.front = Front(self.notes, 2)
        self.remarks: list[str] = []
        lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        matter, self.rest, self.after = self._parted(lines)
        self.values = self.front.read(matter, KEYS)

    def done(self) -> Written:
        bodies = self._bodies()
        values = self.values
        organisation = self._organisation(values.get("organisation"))
        zone = self.blueprint.zone(organisation)
        written = Written(
            key=key_of(self._needed("key"), self.notes, self.front) or "",
            title=self.front.text(values.get("title")) or "",
            bodies=bodies,
            organisation=organisation,
            audience=self.front.text(values.get("audience")),
            buttons=tuple(self._buttons(tuple(bodies))),
            question=self._question(tuple(bodies)),
            medium=attachment.of(values, self.front, self.notes, self.folder),
            expires_at=expiry(values.get("expires"), self.notes, self.front, zone),
            remarks=tuple(self.remarks),
        )
        problems = self.notes.told()
        if problems:
            raise BadFile(self.name, problems)
        return written

    def _parted(self, lines: list[str]) -> tuple[str, list[str], int]:
        """The front matter, the lines after it, and the number of the first of these."""
        if not _FENCE.fullmatch(lines[0]):
            remedy = "begin with a line ---, then key: …, then another line ---"
            self.notes.add(1, f"there is no front matter; {remedy}")
            return "", lines, 1
        for number, line in enumerate(lines[1:], 1):
            if _FENCE.fullmatch(line):
                return "\n".join(lines[1:number]), lines[number + 1 :], number + 2
        self.notes.add(1, "the front matter does not end; put a line --- below it")
        return "\n".join(lines[1:]), [], len(lines)

    def _bodies(self) -> dict[str, str]:
        bodies: dict[str, str] = {}
        for language, first, lines in self._sections():
            blank = next((n for n, line in enumerate(lines) if line.strip()), 0)
            text = "\n".join(lines[blank:]).rstrip()
            if language in bodies:
                self.notes.add(first - 1, f"# {language} is there twice; put the texts together")
            bodies[language] = text
            for fault in faults(text):
                self.notes.add(first + blank + fault.line - 1, fault.what)
            self.remarks += [
                f"line {first + blank + remark.line - 1}: {remark.what}" for remark in remarks(text)
            ]
        if not bodies:
            known = ", ".join(f"# {each}" for each in self.blueprint.languages)
            self.notes.add(self.after, f"there is no text; write some below {known}")
        return bodies

    def _sections(self) -> Iterator[tuple[str, int, list[str]]]:
        """(language, number of the first line, lines) of each text."""
        language, start = "", 0
        for number, line in enumerate([*self.rest, None]):
            heading = _HEADING.fullmatch(line) if line is not None else None
            if line is None or (heading and self._is_language(heading, number)):
                if language:
                    yield language, self.after + start, self.rest[start:number]
                language, start = heading[2].lower() if heading else "", number + 1
            elif line.strip() and not language:
                self.notes.add(self.after + number, "a text before the first heading; put it below")

    def _is_language(self, heading: re.Match[str], number: int) -> bool:
        if len(heading[1]) == 1 and heading[2].lower() in self.blueprint.languages:
            return True
        known = ", ".join(f"# {each}" for each in self.blueprint.languages)
        remedy = f"texts begin with {known}; a heading inside a text is written in **bold**"
        self.notes.add(self.after + number, f"{heading[0].strip()!r} isn't a language; {remedy}")
        return False

    def _needed(self, key: str) -> Value | None:
        if key not in self.values and (self.values or not self.notes.found):
            self.notes.add(2, f"there is no {key}; add a line {key}: …")
        return self.values.get(key)

    def _organisation(self, value: Value | None) -> str | None:
        key = self.front.text(value)
        if value is not None and key and self.blueprint.organisation(key) is None:
            known = [each.key for each in self.blueprint.organisations]
            self.notes.add(
                value.line, f"there is no organisation {key!r}. {did_you_mean(key, known)}"
            )
        return key

    def _buttons(self, needed: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        value = self.values.get("buttons")
        items = self.front.items(value) if value else []
        if value and len(items) > BUTTONS:
            self.notes.add(value.line, f"{len(items)} buttons; at most {BUTTONS}")
        for item in items:
            yield button_of(item, self.front, self.notes, self.blueprint.languages, needed)

    def _question(self, needed: tuple[str, ...]) -> dict[str, Any] | None:
        value = self.values.get("question")
        if value is None:
            return None
        return question_of(value, self.front, self.notes, self.blueprint.languages, needed)

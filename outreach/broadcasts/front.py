"""The front matter of a broadcast's file: YAML, read with the line of everything in it.

Only mappings, lists and plain texts are read; YAML's types (dates, "no" for False) are left
alone, so what staff write is what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from blueprints.problems import did_you_mean

DEEP = 20  # levels of YAML inside each other; a front matter has four


@dataclass(slots=True)
class Notes:
    """Problems, each with its line in the file."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, what: str) -> None:
        self.found.append((line, what))

    def told(self) -> list[str]:
        """In the order of the file."""
        return [f"line {line}: {what}" for line, what in sorted(dict.fromkeys(self.found))]


@dataclass(frozen=True, slots=True)
class Value:
    """Something in the front matter: ``name`` as the reader would call it."""

    node: Node
    name: str
    line: int


class Front:
    """Reads values and notes what is wrong with them; what cannot be read comes out as None."""

    def __init__(self, notes: Notes, first_line: int) -> None:
        self._notes = notes
        self._first = first_line

    def read(self, text: str, known: Iterable[str]) -> dict[str, Value]:
        """The top level's values by key."""
        try:
            depth = 0
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                depth += isinstance(event, yaml.CollectionStartEvent)
                depth -= isinstance(event, yaml.CollectionEndEvent)
                if depth > DEEP or isinstance(event, yaml.AliasEvent):
                    self._notes.add(self._line(event), "too intricate; write it out plainly")
                    return {}
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark else 0
            remedy = "write KEY: VALUE; put a text with signs such as : ? , in quotes"
            self._notes.add(self._first + line, f"{error.problem}; {remedy}")
            return {}
        except yaml.YAMLError as error:
            self._notes.add(self._first, " ".join(str(error).split()))
            return {}
        return {} if root is None else self._fields(root, "", known, self._first)

    def fields(self, value: Value, known: Iterable[str]) -> dict[str, Value]:
        """A mapping's values by key."""
        return self._fields(value.node, value.name, known, value.line)

    def items(self, value: Value) -> list[Value]:
        """A list's values."""
        if not isinstance(value.node, SequenceNode):
            self._notes.add(value.line, f"{value.name} is a list; begin each line with a dash")
            return []
        return [
            Value(node, f"{value.name} {number}", self._line(node))
            for number, node in enumerate(value.node.value, 1)
        ]

    def text(self, value: Value | None) -> str | None:
        """A line of text."""
        if value is None:
            return None
        if not isinstance(value.node, ScalarNode):
            self._notes.add(value.line, f"{value.name} is one line of text")
            return None
        text = " ".join(str(value.node.value).split())
        if not text:
            self._notes.add(value.line, f"{value.name} is empty; fill it in or leave it out")
            return None
        return text

    def texts(
        self,
        value: Value | None,
        languages: Iterable[str],
        needed: Iterable[str],
        check: Callable[[str], str | None],
    ) -> dict[str, str]:
        """A text in each language; one line alone is for all of ``needed``."""
        if value is None:
            return {}
        if isinstance(value.node, ScalarNode):
            text = self._checked(value, check)
            return dict.fromkeys(needed, text) if text else {}
        by_language = self._fields(value.node, value.name, languages, value.line)
        texts = {key: self._checked(each, check) for key, each in by_language.items()}
        for lacking in (key for key in needed if key not in by_language):
            self._notes.add(value.line, f"{value.name} is not there in {lacking!r}; add it")
        return {key: text for key, text in texts.items() if text}

    def _checked(self, value: Value, check: Callable[[str], str | None]) -> str | None:
        text = self.text(value)
        wrong = check(text) if text else None
        if wrong:
            self._notes.add(value.line, f"{value.name}: {wrong}")
        return text

    def _fields(self, node: Node, name: str, known: Iterable[str], line: int) -> dict[str, Value]:
        if not isinstance(node, MappingNode):
            what = name or "the front matter"
            self._notes.add(line, f"{what} is made of lines KEY: VALUE")
            return {}
        names = tuple(known)
        found: dict[str, Value] = {}
        for key, value in self._pairs(node):
            called = f"{name} {key.value}".strip()
            if key.value not in names:
                remedy = did_you_mean(str(key.value), names)
                self._notes.add(self._line(key), f"there is no {called!r}. {remedy}")
            elif key.value in found:
                self._notes.add(self._line(key), f"{called} is there twice; take one away")
            else:
                found[key.value] = Value(value, called, self._line(key))
        return found

    def _pairs(self, node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key, value
            else:
                self._notes.add(self._line(key), "a key is one word")

    def _line(self, marked: Node | yaml.Event) -> int:
        return self._first + (marked.start_mark.line if marked.start_mark else 0)

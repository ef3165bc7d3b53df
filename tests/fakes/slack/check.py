"""The pieces every Block Kit rule is made of: fields, strings, text objects, ids, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass
class Check:
    """One walk over one message or view: the problems found and the ids met."""

    problems: list[str] = field(default_factory=list)
    action_ids: set[str] = field(default_factory=set)
    block_ids: set[str] = field(default_factory=set)
    text: int = 0
    inputs: int = 0

    def wrong(self, at: str, what: str) -> None:
        self.problems.append(f"{what} [json-pointer:{at}]")

    def keys(self, thing: object, at: str, required: str, optional: str = "") -> bool:
        """Whether ``thing`` is an object with exactly these fields (beside ``type``)."""
        if not isinstance(thing, dict):
            self.wrong(at, "must provide an object")
            return False
        allowed = {"type", *required.split(), *optional.split()}
        for name in sorted(set(thing) - allowed):
            self.wrong(f"{at}/{name}", f"no more than the known fields allowed: {name}")
        missing = [name for name in required.split() if name not in thing]
        for name in missing:
            self.wrong(at, f"missing required field: {name}")
        return not missing

    def string(self, value: object, at: str, longest: int, *, shortest: int = 1) -> None:
        if not isinstance(value, str):
            self.wrong(at, "must provide a string")
        elif len(value) < shortest:
            self.wrong(at, f"must be more than {shortest - 1} characters")
        elif len(value) > longest:
            self.wrong(at, f"must be less than {longest + 1} characters")

    def plain(self, thing: object, at: str, longest: int) -> None:
        self.words(thing, at, longest, kinds=("plain_text",))

    def words(
        self,
        thing: object,
        at: str,
        longest: int,
        kinds: tuple[str, ...] = ("plain_text", "mrkdwn"),
    ) -> None:
        """A text object."""
        optional = "emoji verbatim"
        if not self.keys(thing, at, "text", optional) or not isinstance(thing, dict):
            return
        if thing.get("type") not in kinds:
            self.wrong(f"{at}/type", f"must be one of {', '.join(kinds)}")
        if "verbatim" in thing and thing.get("type") != "mrkdwn":
            self.wrong(f"{at}/verbatim", "verbatim is for mrkdwn only")
        if "emoji" in thing and thing.get("type") != "plain_text":
            self.wrong(f"{at}/emoji", "emoji is for plain_text only")
        self.string(thing["text"], f"{at}/text", longest)
        self.text += len(str(thing["text"]))

    def identify(self, thing: Json, at: str, *, name: str, seen: set[str]) -> None:
        if name not in thing:
            return
        self.string(thing[name], f"{at}/{name}", 255)
        if thing[name] in seen:
            self.wrong(f"{at}/{name}", f"`{name}`: {thing[name]!r} already exists")
        seen.add(str(thing[name]))

    def rows(
        self, value: object, at: str, most: int, *, least: int = 1
    ) -> Iterator[tuple[Any, str]]:
        if not isinstance(value, list):
            self.wrong(at, "must provide a list")
            return
        if not least <= len(value) <= most:
            self.wrong(at, f"must have between {least} and {most} items, has {len(value)}")
        for index, item in enumerate(value):
            yield item, f"{at}/{index}"


Rule: TypeAlias = Callable[[Check, Json, str], None]

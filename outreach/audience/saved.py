"""Saved audiences: ``@vienna`` inside any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.audience.compiling import compile_filter
from outreach.audience.nodes import And, Node, Not, Or, Saved, Term
from outreach.audience.parsing import LONGEST, parse, tidy
from outreach.audience.pointing import Problem, bad, did_you_mean
from outreach.errors import BadFilter, NotFound, WrongState
from outreach.told import why
from storage import audiences
from storage.audiences import AudienceRow
from storage.transaction import Transaction

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DEEPEST = 10  # audiences within audiences


def expand(tx: Transaction, text: str) -> str:
    """The text with every saved audience put in, so that it stands on its own.

    Keep the expanded text with what is planned: a later change of the saved audience does not
    change to whom something goes that was reviewed before. Raises BadFilter.
    """
    return _expanded(tx, text, ())


def _expanded(tx: Transaction, text: str, inside: tuple[str, ...]) -> str:
    text = tidy(text)
    parts: list[str] = []
    end = 0
    for saved in _saved(parse(text, None)):
        parts += [text[end : saved.at.start], f"({_one(tx, text, saved, inside)})"]
        end = saved.at.end
    whole = "".join([*parts, text[end:]])
    if len(whole) > LONGEST:
        raise BadFilter(why("expanded_too_long", most=LONGEST))
    return whole


def _one(tx: Transaction, text: str, saved: Saved, inside: tuple[str, ...]) -> str:
    if saved.key in inside or len(inside) >= _DEEPEST:
        way = " → ".join(f"@{key}" for key in (*inside, saved.key))
        raise bad(text, [Problem(saved.at, why("made_of_itself", way=way))])
    row = audiences.get(tx, saved.key)
    if row is None:
        known = {each.key: f"@{each.key}" for each in audiences.listed(tx)}
        hint = did_you_mean(saved.key, known) or why("see_saved")
        raise bad(text, [Problem(saved.at, why("no_saved", key=saved.key, hint=hint))])
    return _expanded(tx, row.filter, (*inside, saved.key)).strip() or "everybody"


def _saved(node: Node) -> Iterator[Saved]:
    """The saved audiences in a tree, in the order of the text."""
    for each in _leaves(node):
        if isinstance(each, Saved):
            yield each


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Not(inner):
            yield from _leaves(inner)
        case And(nodes) | Or(nodes):
            for each in nodes:
                yield from _leaves(each)
        case _:
            yield node


def remarks(tx: Transaction, text: str) -> tuple[str, ...]:
    """What is allowed but may be a slip: events that do not exist. Raises BadFilter."""
    known = audiences.event_keys(tx)
    named = [
        value.partition("/")[0].lower()
        for each in _leaves(parse(expand(tx, text), None))
        if isinstance(each, Term) and each.field == "event"
        for value in each.values
    ]
    missing = [key for key in dict.fromkeys(named) if key not in known]
    return tuple(
        f"there is no event {key} yet{f'; {hint}' if hint else ''}"
        for key in missing
        for hint in (did_you_mean(key, {each: each for each in known}),)
    )


def save(
    tx: Transaction,
    key: str,
    text: str,
    blueprint: Blueprint,
    now: datetime,
    organisation: str | None = None,
    created_by: int | None = None,
) -> AudienceRow:
    """Save an audience under a key, or change the one there is. Raises BadFilter."""
    key = key.removeprefix("@").lower()
    if not _KEY.fullmatch(key):
        raise BadFilter(why("no_saved_key", key=key))
    text = " ".join(tidy(text).split()) if '"' not in text else tidy(text).strip()
    compile_filter(_expanded(tx, text, (key,)), blueprint, now)
    audiences.put(tx, key, organisation, text, created_by, now)
    return AudienceRow(key, organisation, text, created_by, now)


def get(tx: Transaction, key: str) -> AudienceRow:
    """Raises NotFound, naming what is like it."""
    key = key.removeprefix("@").lower()
    row = audiences.get(tx, key)
    if row is None:
        known = {each.key: each.key for each in audiences.listed(tx)}
        hint = did_you_mean(key, known) if known else why("none_saved")
        raise NotFound(why("no_audience", key=key, hint=hint or ""))
    return row


def users(tx: Transaction, key: str) -> list[str]:
    """What is not over and made of this audience: "event brunch-nov", "audience all-of-us"."""
    found = []
    for kind, name, text in audiences.texts(tx):
        try:
            keys = {saved.key for saved in _saved(parse(text, None))}
        except BadFilter:
            continue
        if key in keys:
            found.append(f"{kind} {name}")
    return found


def delete(tx: Transaction, key: str) -> AudienceRow:
    """Forget a saved audience. Raises NotFound, and WrongState while something needs it."""
    row = get(tx, key)
    needed = users(tx, row.key)
    if needed:
        raise WrongState(why("audience_needed", key=row.key, needed=", ".join(needed)))
    audiences.delete(tx, row.key)
    return row

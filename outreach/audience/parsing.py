"""From text to tree: ``residence:international and not (country:DE,AT or event:brunch-nov)``.

    either  = both { "or" both }
    both    = one { "and" one }
    one     = "not" one | "(" either ")" | "everybody" | "@" key | field ":" value { "," value }

``not`` binds closer than ``and``, that closer than ``or``. Words end at blanks and at ``( ) , :``;
anything else goes into quotes, where ``\\`` stands before a quote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from outreach.audience.fields import ALIASES, FIELDS, Field
from outreach.audience.nodes import And, Everybody, Node, Not, Or, Saved, Span, Term
from outreach.audience.pointing import Problem, bad, did_you_mean
from outreach.told import Told, why

LONGEST = 20_000  # characters
DEEPEST = 40  # brackets within brackets
MOST_TERMS = 300  # SQLite takes expressions up to a depth of 1000
MOST_VALUES = 3_000

_TOKEN = re.compile(
    r"""\s*(?: (?P<sign>[(),:])
      | (?P<quoted>"(?:[^"\\]|\\.)*" | [“„](?:[^"“”\\]|\\.)*["“”])
      | (?P<open>["“„”])
      | (?P<word>(?:[^\s(),:"“„”\\]|\\.?)+) )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# What people write who know it otherwise, or in their own language.
_MEANT = {
    **dict.fromkeys(("&&", "&", "+", "aj", "in", "ter", "a"), "and"),
    **dict.fromkeys(("||", "|", "alebo", "ali"), "or"),
    **dict.fromkeys(("!", "-", "nie", "ne", "ni"), "not"),
    **dict.fromkeys(("all", "everyone", "*", "anybody"), "everybody"),
}


class _Token(NamedTuple):
    kind: str  # "sign", "word", "quoted", "end"
    text: str
    at: Span

    @property
    def keyword(self) -> str:
        return self.text.lower() if self.kind == "word" else ""


def parse(text: str, fields: Mapping[str, Field] | None = FIELDS) -> Node:
    """The tree of an audience's text; an empty text is everybody.

    The names of ``fields`` are checked (None: any may be one, where no blueprint is at hand; they
    are checked when it is compiled), values are not: see compile_filter. Raises BadFilter, which
    points at the word and says what would be right.
    """
    text = tidy(text)
    if len(text) > LONGEST:
        at = Span(LONGEST, LONGEST + 1)
        raise bad(text, [Problem(at, why("too_long", most=LONGEST))])
    return _Parser(text, fields).everything()


def tidy(text: str) -> str:
    """The text whose places tokens and errors speak of: an accent is part of its letter."""
    return unicodedata.normalize("NFC", text)


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str, fields: Mapping[str, Field] | None) -> None:
        self.text = text
        self.fields = FIELDS if fields is None else fields
        self.any_field = fields is None
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = self.terms = 0

    def everything(self) -> Node:
        if self.token.kind == "end":
            return Everybody()
        node = self.either()
        if self.token.kind != "end":
            self.left_over()
        return node

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.token
        self.next += token.kind != "end"
        return token

    def fail(self, at: Span, what: Told) -> NoReturn:
        raise bad(self.text, [Problem(at, what)])

    def either(self) -> Node:
        nodes = [self.both()]
        while self.token.keyword == "or":
            self.take()
            nodes.append(self.both())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def both(self) -> Node:
        nodes = [self.one()]
        while self.token.keyword == "and":
            self.take()
            nodes.append(self.one())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def one(self) -> Node:
        self.depth += 1
        token = self.token
        if self.depth > DEEPEST:
            self.fail(token.at, why("brackets_deep", most=DEEPEST))
        node = self.single(self.take())
        self.depth -= 1
        return node

    def single(self, token: _Token) -> Node:
        if token.keyword == "not":
            return Not(self.one())
        if token.text == "(" and token.kind == "sign":
            return self.bracket(token)
        if token.kind != "word" or token.keyword in ("and", "or"):
            self.no_condition(token)
        if token.keyword == "everybody":
            return Everybody()
        if token.text.startswith("@"):
            return self.saved(token)
        return self.term(token)

    def bracket(self, opened: _Token) -> Node:
        node = self.either()
        closing = self.token
        if closing.kind == "end":
            self.fail(opened.at, why("bracket_open"))
        if closing.text != ")" or closing.kind != "sign":
            self.left_over()
        self.take()
        return node

    def saved(self, token: _Token) -> Saved:
        key = token.text[1:].lower()
        if not _KEY.fullmatch(key):
            self.fail(token.at, why("saved_key"))
        return Saved(key, token.at)

    def term(self, token: _Token) -> Term:
        name = token.text.lower()
        if self.token.text != ":" or self.token.kind != "sign":
            self.no_colon(token)
        if name not in self.fields and not (self.any_field and _KEY.fullmatch(name)):
            self.no_field(token)
        self.terms += 1
        if self.terms > MOST_TERMS:
            self.fail(token.at, why("many_conditions", most=MOST_TERMS))
        self.take()
        values = [self.value(token)]
        while self.token.text == "," and self.token.kind == "sign":
            self.take()
            values.append(self.value(token))
        if len(values) > MOST_VALUES:
            self.fail(token.at, why("many_values", most=MOST_VALUES))
        return Term(name, tuple(each.text for each in values), tuple(each.at for each in values))

    def value(self, field: _Token) -> _Token:
        token = self.token
        before = self.tokens[self.next - 1]
        if (
            before.text == ","
            and token.text.lower() in self.fields
            and self.tokens[self.next + 1].text == ":"
        ):
            self.fail(before.at, why("commas"))
        if token.kind not in ("word", "quoted") or token.keyword in ("and", "or", "not"):
            at = token.at if token.kind != "end" else Span(token.at.start, token.at.start + 1)
            self.fail(at, why("value_missing", example=self.example(field.text.lower())))
        if not token.text.strip():
            self.fail(token.at, why("value_empty"))
        return self.take()

    def no_condition(self, token: _Token) -> NoReturn:
        here = self.tokens.index(token)
        before = self.tokens[here - 1].text if here else ""
        before = before if before.lower() in ("and", "or", "not", "(") else ""
        if token.kind == "end":
            self.fail(token.at, why("condition_missing", before=before))
        if token.text == ")" and not before:
            self.fail(token.at, why("bracket_unopened"))
        self.fail(token.at, why("condition_expected", before=before))

    def no_colon(self, token: _Token) -> NoReturn:
        word = token.text.lower()
        if word in _MEANT:
            self.fail(token.at, why("written", word=token.text, meant=_MEANT[word]))
        if word[0] in "!-" and len(word) > 1:
            self.fail(token.at, why("instead", sign=word[0], right=f"not {token.text[1:]}…"))
        name, sign, value = token.text.partition("=")
        if sign:
            right = f"{name.strip('!<>') or 'country'}:{value.strip('=') or '…'}"
            self.fail(token.at, why("write", right=right))
        if word in self.fields:
            self.fail(token.at, why("colon_missing", field=word, example=self.example(word)))
        key = word if _KEY.fullmatch(word) else "vienna"
        self.fail(token.at, why("no_condition", word=token.text, key=key))

    def no_field(self, token: _Token) -> NoReturn:
        word = token.text.lower()
        if word[0] in "!-" and len(word) > 1:
            self.fail(token.at, why("instead", sign=word[0], right=f"not {token.text[1:]}:…"))
        hint = did_you_mean(word, {**{each: each for each in self.fields}, **ALIASES})
        hint = hint or why("there_are", listed=", ".join(self.fields))
        self.fail(token.at, why("no_field", word=token.text, hint=hint))

    def example(self, field: str) -> str:
        known = self.fields.get(field)
        return f"{field}:{known.example if known else '…'}"

    def left_over(self) -> NoReturn:
        token = self.token
        if token.text == ")" and token.kind == "sign":
            self.fail(token.at, why("bracket_unopened"))
        if token.text == ":" and token.kind == "sign":
            self.fail(token.at, why("value_colon"))
        if token.text == "," and token.kind == "sign":
            self.fail(token.at, why("commas"))
        if (meant := _MEANT.get(token.keyword)) in ("and", "or"):
            self.fail(token.at, why("written", word=token.text, meant=meant))
        bare = self.token_is_field()
        self.fail(token.at, why("word_missing") if bare else why("word_missing_or_quotes"))

    def token_is_field(self) -> bool:
        after = self.tokens[min(self.next + 1, len(self.tokens) - 1)]
        return after.text == ":" or self.token.text in ("(",) or self.token.keyword == "not"


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = len(text.rstrip())
    at = 0
    while at < end:
        found = _TOKEN.match(text, at)
        kind = found.lastgroup if found else None
        assert found is not None  # noqa: S101 - one of the four always fits
        assert kind is not None  # noqa: S101 (for the types: known fields only)
        span = Span(*found.span(kind))
        tokens.append(_token(text, kind, found[kind], span))
        at = span.end
    tokens.append(_Token("end", "", Span(end, end)))
    return tokens


def _token(text: str, kind: str, word: str, at: Span) -> _Token:
    if kind == "open":
        raise bad(text, [Problem(at, why("quote_open"))])
    for offset, character in enumerate(word):
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            place = Span(at.start + offset, at.start + offset + 1)
            raise bad(text, [Problem(place, why("unseen_character"))])
    if kind == "quoted":
        return _Token(kind, _ESCAPED.sub(r"\1", word[1:-1]), at)
    return _Token(kind, word, at)

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
from typing import NamedTuple, NoReturn

from outreach.audience.fields import ALIASES, FIELDS
from outreach.audience.nodes import And, Everybody, Node, Not, Or, Saved, Span, Term
from outreach.audience.pointing import Problem, bad, did_you_mean

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


def parse(text: str) -> Node:
    """The tree of an audience's text; an empty text is everybody.

    Field names are checked, values are not (that takes the blueprint: see compile_filter).
    Raises BadFilter, which points at the word and says what would be right.
    """
    text = tidy(text)
    if len(text) > LONGEST:
        at = Span(LONGEST, LONGEST + 1)
        raise bad(text, [Problem(at, f"an audience is at most {LONGEST:,} characters long")])
    return _Parser(text).everything()


def tidy(text: str) -> str:
    """The text whose places tokens and errors speak of: an accent is part of its letter."""
    return unicodedata.normalize("NFC", text)


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
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

    def fail(self, at: Span, message: str) -> NoReturn:
        raise bad(self.text, [Problem(at, message)])

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
            self.fail(token.at, f"there are more than {DEEPEST} brackets within brackets")
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
            self.fail(opened.at, "this bracket is never closed; a ) is missing")
        if closing.text != ")" or closing.kind != "sign":
            self.left_over()
        self.take()
        return node

    def saved(self, token: _Token) -> Saved:
        key = token.text[1:].lower()
        if not _KEY.fullmatch(key):
            self.fail(token.at, "after @ comes the key of a saved audience, like @vienna")
        return Saved(key, token.at)

    def term(self, token: _Token) -> Term:
        name = token.text.lower()
        if self.token.text != ":" or self.token.kind != "sign":
            self.no_colon(token)
        if name not in FIELDS:
            self.no_field(token)
        self.terms += 1
        if self.terms > MOST_TERMS:
            self.fail(token.at, f"there are more than {MOST_TERMS} conditions")
        self.take()
        values = [self.value(token)]
        while self.token.text == "," and self.token.kind == "sign":
            self.take()
            values.append(self.value(token))
        if len(values) > MOST_VALUES:
            self.fail(token.at, f"there are more than {MOST_VALUES:,} values")
        return Term(name, tuple(each.text for each in values), tuple(each.at for each in values))

    def value(self, field: _Token) -> _Token:
        token = self.token
        before = self.tokens[self.next - 1]
        if (
            before.text == ","
            and token.text.lower() in FIELDS
            and self.tokens[self.next + 1].text == ":"
        ):
            self.fail(before.at, "between conditions write and or or; commas stand between values")
        if token.kind not in ("word", "quoted") or token.keyword in ("and", "or", "not"):
            example = FIELDS[field.text.lower()].example
            at = token.at if token.kind != "end" else Span(token.at.start, token.at.start + 1)
            self.fail(at, f"a value is missing here, as in {field.text.lower()}:{example}")
        if not token.text.strip():
            self.fail(token.at, "this value is empty")
        return self.take()

    def no_condition(self, token: _Token) -> NoReturn:
        here = self.tokens.index(token)
        before = self.tokens[here - 1].text if here else ""
        after = f" after “{before}”" if before.lower() in ("and", "or", "not", "(") else ""
        if token.kind == "end":
            self.fail(token.at, f"a condition is missing{after}, like country:DE")
        if token.text == ")" and not after:
            self.fail(token.at, "this bracket was never opened")
        self.fail(token.at, f"a condition is expected here{after}, like country:DE")

    def no_colon(self, token: _Token) -> NoReturn:
        word = token.text.lower()
        if word in _MEANT:
            self.fail(token.at, f"“{token.text}” is written “{_MEANT[word]}”")
        if word[0] in "!-" and len(word) > 1:
            self.fail(token.at, f"instead of “{word[0]}” write: not {token.text[1:]}…")
        name, sign, value = token.text.partition("=")
        if sign:
            self.fail(token.at, f"write {name.strip('!<>') or 'country'}:{value.strip('=') or '…'}")
        if word in FIELDS:
            example = FIELDS[word].example
            self.fail(token.at, f"after {word} come a colon and a value, as in {word}:{example}")
        self.fail(
            token.at,
            f"“{token.text}” is no condition; one is written field:value, like country:DE,"
            f" and a saved audience @{word if _KEY.fullmatch(word) else 'vienna'}",
        )

    def no_field(self, token: _Token) -> NoReturn:
        word = token.text.lower()
        if word[0] in "!-" and len(word) > 1:
            self.fail(token.at, f"instead of “{word[0]}” write: not {token.text[1:]}:…")
        hint = did_you_mean(word, {**{each: each for each in FIELDS}, **ALIASES})
        if not hint:
            hint = f"; there are {', '.join(FIELDS)}"
        self.fail(token.at, f"there is no field “{token.text}”{hint}")

    def left_over(self) -> NoReturn:
        token = self.token
        if token.text == ")" and token.kind == "sign":
            self.fail(token.at, "this bracket was never opened")
        if token.text == ":" and token.kind == "sign":
            self.fail(token.at, "a value with a colon in it goes into quotes")
        if token.text == "," and token.kind == "sign":
            self.fail(token.at, "between conditions write and or or; commas stand between values")
        if (meant := _MEANT.get(token.keyword)) in ("and", "or"):
            self.fail(token.at, f"“{token.text}” is written “{meant}”")
        self.fail(
            token.at,
            "“and” or “or” is missing before this"
            + ("" if self.token_is_field() else "; a value of several words goes into quotes"),
        )

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
        assert kind is not None  # noqa: S101
        span = Span(*found.span(kind))
        tokens.append(_token(text, kind, found[kind], span))
        at = span.end
    tokens.append(_Token("end", "", Span(end, end)))
    return tokens


def _token(text: str, kind: str, word: str, at: Span) -> _Token:
    if kind == "open":
        raise bad(text, [Problem(at, "this quote is never closed")])
    for offset, character in enumerate(word):
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            place = Span(at.start + offset, at.start + offset + 1)
            raise bad(text, [Problem(place, "here stands a character that cannot be seen")])
    if kind == "quoted":
        return _Token(kind, _ESCAPED.sub(r"\1", word[1:-1]), at)
    return _Token(kind, word, at)

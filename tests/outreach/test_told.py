"""What stands against something is said in every language, without a word of English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from messages import catalogs
from messages.words import Words
from outreach.errors import BadFile, BadFilter, NotFound, OutreachError, WrongState
from outreach.told import Told, Value, why

ROOT = Path(__file__).parents[2]
WORDS = Words(("en", "sk", "sl"))
_SENTENCES = (catalogs.ROOT / "templates" / "problem.j2").read_text(encoding="utf-8")
PROBLEMS = set(re.findall(r"{% block (\w+) %}", _SENTENCES))
FILES = [
    file
    for folder in ("outreach", "bot/turn/staff")
    for file in sorted((ROOT / folder).rglob("*.py"))
]
RAISED = {"OutreachError", "BadFile", "BadFilter", "NotFound", "WrongState", "Problem", "Fault",
          "Unfit", "bad"}  # fmt: skip
# Only the command line reads files and posts to groups; who may not is told in words of its own.
ENGLISH = ("outreach/broadcasts/file.py", "outreach/events/file.py", "outreach/events/posting.py")
# Written by staff as they are: the filter's words and examples, a text's, and commands.
KEPT = {
    "and", "country", "name", "city", "vienna", "never", "poster", "default", "domov",
    "audience", "broadcast", "event", "list", "for", "set", "endif", "else", "include", "import",
    "extends", "block", "macro", "call", "filter", "with", "https", "replace", "bot", "token",
    "csv", "utf",
    "mentor",  # the same word in all three
}  # fmt: skip

ALIKE = {"sk": {"text"}, "sl": set[str]()}  # words of theirs as well


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) == name:
                yield file, node


def _name(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _keys(node: ast.expr) -> list[str]:
    """The names of the sentences that a first argument can mean."""
    known = sorted(PROBLEMS)
    if isinstance(node, ast.JoinedStr):
        before = node.values[0]
        assert isinstance(before, ast.Constant)
        return [key for key in known if key.startswith(str(before.value))]
    assert isinstance(node, ast.Constant)
    return [str(node.value)]


@cache
def _said() -> dict[str, set[str]]:
    """Every sentence that the code says, with the names of its values."""
    found: dict[str, set[str]] = {}
    for _, node in _calls("why"):
        for key in _keys(node.args[0]):
            found.setdefault(key, set()).update(each.arg or "" for each in node.keywords)
    return found


def _value(name: str) -> Value:
    if name in ("most", "size", "line"):
        return 12_345
    if name == "named":
        return (why("country", code="DE"), why("country", code="AT"))
    return "country" if name == "before" else f"X{name[:1]}9"


def _example(key: str) -> Told:
    return why(key, **{name: _value(name) for name in _said()[key]})


def _english(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in KEPT}


def test_every_sentence_is_used_and_every_one_used_is_there() -> None:
    assert set(_said()) == PROBLEMS
    assert len(PROBLEMS) > 100


@pytest.mark.parametrize("key", sorted(PROBLEMS))
def test_a_sentence_has_no_english_in_other_languages(key: str) -> None:
    sentence = _example(key)
    english = str(sentence)
    for language, alike in ALIKE.items():
        said = sentence.text(WORDS, language)
        assert _english(english) & _english(said) <= alike, language
        for name in _said()[key] - {"named", "code", "before", *("most", "size", "line")}:
            if str(_value(name)) in english:
                assert str(_value(name)) in said, language


def test_what_the_bot_may_show_is_never_raised_in_english() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for name in RAISED
        for file, node in _calls(name)
        if not str(file.relative_to(ROOT)).startswith(ENGLISH)
        if any(map(_bare, node.args))
    ]
    assert bare == []


def _bare(node: ast.AST) -> bool:
    """Whether a text is written right here, not inside a sentence's values."""
    if isinstance(node, ast.Call) and _name(node) == "why":
        return False
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant):
        return " " in str(node.value)
    return any(map(_bare, ast.iter_child_nodes(node)))


@pytest.mark.parametrize(
    ("code", "bare"),
    [
        ("X('no such thing')", True),
        ("X(f'no {thing}')", True),
        ("X(name, ['a b'])", True),
        ("X(why('no', thing=f'{a} b'))", False),
        ("X(1, why('a') if b else why('c'))", False),
        ("X(argument)", False),
    ],
)
def test_a_bare_text_is_found(code: str, bare: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert any(map(_bare, call.args)) == bare


def test_an_error_is_english_on_the_command_line() -> None:
    assert str(NotFound(why("no_event", key="x"))) == (
        "there is no event 'x'; domov event list shows all"
    )
    assert str(BadFile("x", [why("expires_past"), "y"])) == (
        "x: 2 thing(s) to mend\n  expires: that is past\n  y"
    )


def test_an_error_tells_whether_it_can_be_said() -> None:
    assert WrongState("only English").told is None
    assert OutreachError().told is None
    assert BadFile("x", ["y", why("expires_past")]).told is None
    listed = BadFile("x", [why("expires_past"), why("no_text_at_all")]).told
    assert listed is not None
    assert listed.text(WORDS, "sk") == (
        "koniec platnosti: to už uplynulo\ntext nie je v žiadnom jazyku"
    )
    assert BadFilter(why("many_bound", most=3)).told is not None

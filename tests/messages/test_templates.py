"""Every block of every template renders in every language, and every refusal has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta, nodes

from messages import catalogs, rich, slack, telegram, templating, web
from messages.check import BUTTON_LIMIT, is_button
from messages.rich import EDGE, NEWLINE
from messages.words import Words

LANGUAGES = ("en", "sk", "sl")
FLOWS = Path(__file__).parents[2] / "flows"

# What a variable of that name holds; any other is a short text.
_NUMBERS = (
    *("age", "count", "guests", "length", "maximum", "minimum", "minutes", "open", "page", "pages"),
    *("days", "most", "people", "places", "size"),
)
_LISTS = ("contacts", "controllers", "levels", "named", "names", "what")
_PAIRS = ("lines", "personas", "purposes")
SAMPLES: dict[str, Any] = {
    **dict.fromkeys(_NUMBERS, 2),
    **{name: ["*one*", "two & co."] for name in _LISTS},
    **{name: [("Label", "<b>- value"), ("B", "1. x")] for name in _PAIRS},
    "country": "DE",
    "events": [("<b>Title", "- when", "1. answer")],
    "latest": date(2031, 3, 5),
    "zone": "Europe/Bratislava",
    "until": date(2026, 3, 5),
    **dict.fromkeys(("last_day", "told_on", "erased_on", "visit"), date(2028, 12, 31)),
}


TEMPLATES = catalogs.ROOT / "templates"


def _keys() -> Iterator[str]:
    """Message keys, as they are written in the templates."""
    for file in sorted(TEMPLATES.rglob("*.j2")):
        area = file.relative_to(TEMPLATES).as_posix().removesuffix(".j2")
        for name in re.findall(r"{%-? *block (\w+)", file.read_text(encoding="utf-8")):
            yield f"{area}.{name}"


KEYS = sorted(_keys())


@pytest.fixture(scope="module")
def variables() -> dict[str, set[str]]:
    """The variables of each block, by message key."""
    env = templating.environment(catalogs.ROOT, {})
    found: dict[str, set[str]] = {}
    for name in env.list_templates(extensions=["j2"]):
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        for block in env.parse(source).find_all(nodes.Block):
            alone = nodes.Template([block], lineno=block.lineno)
            alone.set_environment(env)
            used = meta.find_undeclared_variables(alone) - set(env.globals)
            found[f"{name.removesuffix('.j2')}.{block.name}"] = used
    return found


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(LANGUAGES)


def test_templates_are_those_that_words_knows(words: Words, variables: dict[str, set[str]]) -> None:
    assert sorted(words.keys()) == sorted(variables) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_template_renders_in_every_language_on_every_platform(
    words: Words, variables: dict[str, set[str]], key: str
) -> None:
    values = {name: SAMPLES.get(name, "some text") for name in variables[key]}
    for language in LANGUAGES:
        text = words.rich(key, language, **values)
        shown = rich.plain(text)
        assert shown.strip(), language
        assert not {EDGE, NEWLINE} & set(shown), language
        assert "%(" not in shown, language
        assert telegram.length(text) <= telegram.TEXT_LIMIT, language
        assert slack.blocks(text), language
        assert web.html(text), language
        if is_button(key):
            assert len(words.text(key, language, **values)) <= BUTTON_LIMIT, language


def _reasons() -> Iterator[str]:
    """The reasons that flows give to NotUnderstood, wherever they are written out."""
    for file in sorted(FLOWS.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "NotUnderstood":
                for node in ast.walk(call.args[0]) if call.args else ():
                    if isinstance(node, ast.Constant) and "." in str(node.value):
                        yield str(node.value)


REASONS = sorted(set(_reasons()))


def test_reasons_are_found() -> None:
    assert {"text.empty", "country.unknown", "linkedin.other_site"} <= set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_reason_for_a_refusal_has_words(words: Words, reason: str) -> None:
    known = words.keys()
    assert "refused." + reason.replace(".", "_") in known


def test_plural_of_surveys_in_slovak_and_slovenian(words: Words) -> None:
    numbers = (1, 2, 3, 4, 5, 11, 101, 102)

    def first(language: str, n: int) -> str:
        text = words.rich("survey.offer", language, count=n, title="T", minutes=n)
        return rich.plain(text).split("\n")[0]

    assert [first("sk", n) for n in numbers] == [
        "Máme pre vás jeden krátky dotazník.",
        *(f"Máme pre vás {n} krátke dotazníky." for n in (2, 3, 4)),
        *(f"Máme pre vás {n} krátkych dotazníkov." for n in (5, 11, 101, 102)),
    ]
    assert [first("sl", n) for n in numbers] == [
        "Za vas imamo 1 kratek vprašalnik.",
        "Za vas imamo 2 kratka vprašalnika.",
        *(f"Za vas imamo {n} kratke vprašalnike." for n in (3, 4)),
        *(f"Za vas imamo {n} kratkih vprašalnikov." for n in (5, 11)),
        "Za vas imamo 101 kratek vprašalnik.",
        "Za vas imamo 102 kratka vprašalnika.",
    ]

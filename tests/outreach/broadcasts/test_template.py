"""The sandbox of staff's texts: what it takes, what it refuses and how it says so."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages import rich, slack, telegram
from messages.message import Listing, Paragraph, Span
from outreach.broadcasts.markdown import typed
from outreach.broadcasts.template import BYTES, VARIABLES, faults, fill, remarks

VALUES = {
    "name": "Jana", "city": "Wien", "country": "Austria", "organisation": "CIKE",
    "programme": "Expats",
}  # fmt: skip
NOTHING = dict.fromkeys(VARIABLES, "")


def plain(text: str, **values: str) -> str:
    return rich.plain(fill(text, {**VALUES, **values}))


def spans(text: str) -> list[tuple[str, str]]:
    """(text, look) of the only paragraph."""
    (block,) = fill(text, VALUES)
    assert isinstance(block, Paragraph)
    return [(span.text, _look(span)) for span in block.spans]


def _look(span: Span) -> str:
    marks = {"b": span.bold, "i": span.italic, "c": span.code}
    return "".join(mark for mark, on in marks.items() if on) + (span.href or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**a** b", [("a", "b"), (" b", "")]),
        ("*a* b", [("a", "i"), (" b", "")]),
        ("***a*** b", [("a", "bi"), (" b", "")]),
        ("<b>a</b> **c**", [("a", "b"), (" ", ""), ("c", "b")]),
        ("`*a*`", [("*a*", "c")]),
        ("[a *b*](https://x.org/?a=1&b=2)", [("a ", "https://x.org/?a=1&b=2"),
                                             ("b", "ihttps://x.org/?a=1&b=2")]),
        ("**Hi {{ name }}**!", [("Hi Jana", "b"), ("!", "")]),
        ("2 * 3 * 4, a*b*c, snake_case_name", [("2 * 3 * 4, a*b*c, snake_case_name", "")]),
        (r"\*a\* \[x\](y) \`", [("*a* [x](y) `", "")]),
        ("1 < 2, <3, a & b, &lt;", [("1 < 2, <3, a & b, <", "")]),
        ("** a ** and * b *", [("** a ** and * b *", "")]),
    ],
)  # fmt: skip
def test_markdown_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert faults(text) == []
    assert spans(text) == expected


def test_lists_and_paragraphs() -> None:
    text = "One\nline.\n\n- a\n- b\nwrapped\n\n  - c\n\n1. d\n2. e\n\n\\- no item"
    assert fill(text, VALUES) == (
        Paragraph((Span("One line."),)),
        Listing(((Span("a"),), (Span("b wrapped"),), (Span("c"),))),
        Paragraph((Span("1. d\n2. e"),)),
        Paragraph((Span("- no item"),)),
    )


def test_variables_defaults_and_conditions() -> None:
    text = (
        '{{ name|default("friend") }} in {{ city|d("your town") }}'
        "{% if country and not city %} ({{ country }}){% elif city %}!{% else %}?{% endif %}"
    )
    assert faults(text) == []
    assert plain(text) == "Jana in Wien!"
    assert plain(text, city="") == "Jana in your town (Austria)"
    assert plain(text, **NOTHING) == "friend in your town?"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n{{ nme }}", 2, "did you mean name?"),
        ("{{ secret }}", 1, "There are name, city"),
        ("{% for a in name %}{{ a }}{% endfor %}", 1, "cannot repeat"),
        ("{{ name.upper() }}", 1, "nothing can be called"),
        ("{{ name.__class__.__mro__ }}", 1, "variables have no parts"),
        ("{{ name['x'] }}", 1, "variables have no parts"),
        ("{{ range(10**9) }}", 1, "nothing can be called"),
        ("{{ lipsum }}", 1, "there is no {{ lipsum }}"),
        ("{{ self }}", 1, "there is no {{ self }}"),
        ("{{ name|upper }}", 1, "the only filter"),
        ("{{ name|default(city, true) }}", 1, "one text"),
        ("{{ name|attr('x') }}", 1, "the only filter"),
        ("{{ 10**10 }}", 1, "cannot be used here"),
        ("{{ 'a' * 99999999 }}", 1, "cannot be used here"),
        ("{{ name ~ city }}", 1, "cannot be used here"),
        ("{{ 7 }}", 1, "isn't a text"),
        ("{% set x = name %}a", 1, "nothing can be set"),
        ("{% include 'x' %}", 1, "whole text itself"),
        ("{% import 'x' as y %}a", 1, "whole text itself"),
        ("{% macro x() %}{% endmacro %}a", 1, "nothing can be defined"),
        ("{% if city == 'Wien' %}a{% endif %}b", 1, "whether something is known"),
        ("{% if city is defined %}a{% endif %}b", 1, "a test"),
        ("{{ 'a' if city else 'b' }}", 1, "inline if"),
        ("{% block x %}{% endblock %}a", 1, "one text"),
        ("a\n\n{% nonsense %}", 3, "There is only {% if city %}"),
        ("a {{ name", 1, r"written \{"),
        ("a\n\n**b\n\n<b>c", 5, "not closed"),
        ("a </b>", 1, "closes nothing"),
        ("<script>x</script>", 1, "not one of"),
        ("<a href=\"{{ city }}\">x</a>", 1, "a variable inside a tag"),
        ("a\n[x](javascript:alert)", 2, "isn't an address to link to"),
        ("{{ name\n}}\n[x](javascript:alert)", 3, "isn't an address to link to"),
        ("[x](file:///etc/passwd)", 1, "isn't an address to link to"),
        ("{% if city %}a{% endif %}", 1, "would get an empty message"),
        ("{% if city %}<b>{% endif %}x</b>", 1, "closes nothing"),
        ("{{ name }}", 1, "would get an empty message"),
        ("", 1, "there is no text"),
        ("x" * (BYTES + 1), 1, "at most 8,192"),
        ("č" * (BYTES // 2 + 1), 1, "at most 8,192"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    found = faults(text)
    assert [fault.line for fault in found] == [line]
    assert said in found[0].what


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 4000,
        "{{ " + "(" * 4000 + "name" + ")" * 4000 + " }}",
        "{{ " + "not " * 2000 + "name }}",
        "{% if city %}" * 300 + "x" + "{% endif %}" * 300,
        "{{ name" + "|default('a')" * 600 + " }}",
        "{{ " + " or ".join(["name"] * 1000) + " }} x",
        "**" * 4096,
        "*a" * 4000,
        "[" * 8000,
        "[a](" * 2000,
        "<b>" * 2700,
        "`" * 8000,
        r"\*" * 4000,
        "\n\n- " * 2000 + "x",
    ],
    ids=lambda text: text[:12],
)
def test_nothing_takes_long(text: str) -> None:
    begun = time.thread_time()
    if not faults(text):
        fill(text, VALUES)
    assert time.thread_time() - begun < 3  # of the processor, however busy it is


_PIECES = st.sampled_from(
    [
        "{{ name }}",
        '{{ city|default("x") }}',
        "{% if city %}",
        "{% else %}",
        "{% endif %}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "**",
        "*",
        "`",
        "[a](https://a.b)",
        "<b>",
        "</b>",
        "<br>",
        "<",
        ">",
        "&amp;",
        "\\",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "č",
        "a ",
        "@here",
        "\x00",
        "\u202e",
        "\ufdd0",
        "\U000f0000",
    ]
)
_TEXTS = st.lists(_PIECES | st.text(max_size=8), max_size=25).map("".join)
_VALUE = st.text(max_size=20) | st.sampled_from(
    ["", "<b>x</b>", "*x*", "@here", "=1+1", "- a", "{{ name }}", "\n\n- x", "</b>", "&lt;"]
)


@given(text=_TEXTS, name=_VALUE, city=_VALUE)
@example(text="{{ name }} a", name="<b>", city="")
def test_a_text_without_faults_can_be_filled_for_anybody(text: str, name: str, city: str) -> None:
    if faults(text):
        return
    filled = fill(text, {**VALUES, "name": name, "city": city})
    assert filled
    telegram.html(filled)
    slack.blocks(filled)


@given(name=_VALUE)
def test_values_are_data_never_markup(name: str) -> None:
    filled = fill("x **{{ name }}** y", {**VALUES, "name": name})
    (block,) = filled
    assert isinstance(block, Paragraph)
    shown = "".join(span.text for span in block.spans)
    assert shown == f"x {rich.visible(_lines(name))} y"
    assert [s.bold for s in block.spans] in ([False, True, False], [False])
    assert all(span.href is None for span in block.spans)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(text=st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=60))
def test_what_is_typed_in_a_chat_keeps_its_lines_and_signs(text: str) -> None:
    """Of texts without markup every visible character is there, in its line."""
    words = "".join(c for c in text if c not in "*[]`\\{}<>&_").strip()
    lines = [" ".join(line.split()) for line in rich.visible(_lines(words)).split("\n")]
    if faults(typed(words)) or any(line.startswith("-") for line in lines):
        return
    shown = rich.plain(fill(typed(words), NOTHING))
    assert [" ".join(line.split()) for line in shown.split("\n") if line.strip()] == [
        line for line in lines if line
    ]


def test_a_typed_text_has_its_line_breaks_and_lists() -> None:
    text = typed("Hello\nI am here, 1 < 2 <3\n\n- a\n- b\n\nBye **you**")
    assert faults(text) == []
    assert rich.plain(fill(text, VALUES)) == ("Hello\nI am here, 1 < 2 <3\n• a\n• b\n\nBye you")


def test_what_stands_in_an_expression_is_a_value_too() -> None:
    text = '{{ name|default("*a* [b](c) <b>\\n- 1. d") }}!'
    assert faults(text) == []
    assert plain(text, name="") == "*a* [b](c) <b>\n- 1. d!"


def test_variables_that_may_be_empty_are_remarked() -> None:
    told = remarks('a\n{{ city }} {{ name|default("x") }}{% if country %}{{ country }}{% endif %}')
    assert [(remark.line, remark.what.split(":")[0]) for remark in told] == [(2, "{{ city }}")]


def _expressions() -> st.SearchStrategy[str]:
    """What the grammar allows in braces and after ``if``; some of it gives no text."""
    words = st.text("a *_-#{}%<>&|`\\n\\\\1.", max_size=6).map(lambda text: text.replace("\\", ""))
    odd = st.sampled_from(["", "\\n", "\\x00", "\\ud83d", "\\U00100000", "{{", "- x", "1. x"])
    quoted = st.one_of(words, odd).map(lambda text: f'"{text}"')
    return st.recursive(
        st.one_of(st.sampled_from(VARIABLES), quoted),
        lambda inner: st.one_of(
            inner.map(lambda one: f"not {one}"),
            inner.map(lambda one: f"({one})"),
            inner.map(lambda one: f"({one})|d"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]})|default({two[1]})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        ),
        max_leaves=5,
    )


def _texts() -> st.SearchStrategy[str]:
    """Templates of the allowed grammar between pieces of Markdown."""
    said = st.one_of(
        st.text("abč 1.*_-#<>&`[]()\n", max_size=12),
        st.sampled_from(["**", "\n\n", "- ", "[x](https://x.org/)", "{# c #}", r"\{", "<br>"]),
        _expressions().map(lambda one: f"{{{{ {one} }}}}"),
        _expressions().map(lambda one: f"{{{{- {one} -}}}}"),
    )
    return st.recursive(
        said,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(_expressions(), inner).map(
                lambda two: f"{{% if {two[0]} %}}{two[1]}{{% endif %}}"
            ),
            st.tuples(_expressions(), inner, _expressions(), inner, inner).map(
                lambda five: (
                    f"{{% if {five[0]} %}}{five[1]}{{% elif {five[2]} %}}{five[3]}"
                    f"{{%- else %}}{five[4]}{{% endif %}}"
                )
            ),
        ),
        max_leaves=6,
    )


@given(_texts(), st.sets(st.sampled_from(VARIABLES)))
@example("{{ not name }}", set())
@example('{{ (not name)|default("x") }} a', {"name"})
@example("a {{ name and not city }}", {"name"})
@example("{{ name|default(not city) }} a", set())
def test_what_the_check_passes_can_be_sent(text: str, known: set[str]) -> None:
    """Of every text that the grammar allows the check says something or nothing; of nothing each
    reader gets a message on each platform."""
    if faults(text):
        return
    said = fill(text, {name: VALUES[name] if name in known else "" for name in VARIABLES})
    assert rich.plain(said).strip()
    assert telegram.html(said)
    assert slack.blocks(said)


@pytest.mark.parametrize(
    "text", ["{{ not name }}", "a {{ name and not city }}", '{{ city|default(not "x") }}']
)
def test_yes_and_no_are_no_text(text: str) -> None:
    (fault,) = faults(text)
    assert fault.what == "a yes or no can't be shown here; ask in {% if not city %}…{% endif %}"
    assert faults("{% if not city %}Where do you live?{% endif %} Hello") == []

"""What staff write at the beginning of a line is what people read, on every platform."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages import rich
from messages.message import Listing, Rich
from outreach.broadcasts.markdown import typed
from outreach.broadcasts.template import VARIABLES, faults, fill
from tests.messages.reading import everywhere
from tests.messages.strategies import patient

VALUES = {**dict.fromkeys(VARIABLES, ""), "name": "Jana"}


def seen(text: str, **values: str) -> str:
    """What is read of a text, the same everywhere but for blank space."""
    assert faults(text) == []
    filled = fill(text, {**VALUES, **values})
    shown = {place: said.split() for place, said in everywhere(filled).items()}
    assert all(said == shown["plain"] for said in shown.values()), shown
    return rich.plain(filled)


DATES = (
    "28. 11. 2026 o 18.00",
    "2. ročník",
    "3. letnik",
    "1. decembra",
    "5.–7. 12.",
    "2. 12. ob 18.00",
    "28.11.2026 v Košiciach",
    "18.00 – registrácia",
    "007. Bond",
    "12345678901. riadok",
    "2) druhý",
    "1.1. Úvod",
    "9.",
    "9. / 10. / 11. 12.",
)


@pytest.mark.parametrize("date", DATES)
def test_a_number_at_the_beginning_is_read_as_it_was_written(date: str) -> None:
    assert seen(date) == date
    assert seen(f"Ahoj!\n\n{date}\n\nPríďte") == f"Ahoj!\n\n{date}\n\nPríďte"
    assert seen(f"**{date}**\n\n<i>{date}</i>") == f"{date}\n\n{date}"
    assert seen(f"- {date}\n- {date}") == f"• {date}\n• {date}"
    assert seen(typed(f"Ahoj\n{date}\nPríďte")) == f"Ahoj\n{date}\nPríďte"


@pytest.mark.parametrize(
    "text",
    [
        "9. 12. Viedeň\n10. 12. Graz\n11. 12. Celje",
        "Termíny\n9. 12. Viedeň\n10. 12. Graz",
        "Program:\n1. Privítanie\n2. Večera",
        "1. jedna\n1. dve\n1. tri",
        "3. tri\n2. dve\n1. jedna",
        "1. jedna\n\n2. dve",
        "Dôjdite.\n28. 11. 2026 o 18.00",
        "18.00 registrácia\n18.30 privítanie",
        "5.–7. 12. Viedeň\n12.–14. 12. Graz",
        "1) jedna\n2) dve",
        "18:00 registrácia\n18:30 privítanie",
    ],
)
def test_lines_with_numbers_stay_lines(text: str) -> None:
    assert seen(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Stretneme sa v sobotu\n28. 11. 2026 o 18.00 v Košiciach.",
        "28. 11. 2026 o 18.00\nv Košiciach.",
        "Dobimo se\n1. decembra v Kranju.",
        "Bude to už\n2. ročník.",
    ],
)
def test_a_sentence_wrapped_at_its_date_stays_a_sentence(text: str) -> None:
    assert seen(text) == text.replace("\n", " ")


def test_a_numbered_line_goes_on_in_the_next() -> None:
    assert seen("1. Privítanie\n   a prípitok\n2. Večera") == "1. Privítanie a prípitok\n2. Večera"


@pytest.mark.parametrize(
    "line",
    ["+ dva", "* tri", "• štyri", "# nadpis", "### x", "> citát", ">", "| a | 1 |", "|---|--:|",
     "---", "===", "***", "___", "-", "+", "+421 900 123", "-5 °C", "–", "#domov", "```", "~~~",
     "![x] [y]", "[1]: https://x.org", "<!-- x -->", "<?x?>", "<3", "&copy", "1 < 2", "{x}", r"\d"],
)  # fmt: skip
def test_nothing_else_at_the_beginning_means_anything(line: str) -> None:
    assert seen(line) == line
    assert seen(f"Ahoj\n\n{line}\n\nPríďte") == f"Ahoj\n\n{line}\n\nPríďte"
    assert seen(f"Ahoj\n\n    {line}\n\nPríďte") == f"Ahoj\n\n{line}\n\nPríďte"
    assert seen(typed(f"Ahoj\n{line}\nPríďte")) == f"Ahoj\n{line}\nPríďte"


def test_what_is_drawn_in_lines_stays_in_lines() -> None:
    text = "# 1\nx\n===\n> y\n| a | b |\n|---|---|\n```\nx\n```\n+ dva\n* tri\n• päť\n---\nkoniec"
    assert seen(text) == text


def test_a_dash_makes_an_item_at_any_depth() -> None:
    text = "Vezmite:\n- 2 lyžice\n  - 3. vidličku\n    a nôž\n\n- **nič**\n\nHotovo"
    assert seen(text) == "Vezmite:\n• 2 lyžice\n• 3. vidličku a nôž\n• nič\n\nHotovo"
    assert [type(block) for block in fill(text, VALUES)].count(Listing) == 1


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2*3*4 a 2**3**4", "2*3*4 a 2**3**4"),
        ("2**3 a b**", "2**3 a b**"),
        ("**a 2**3", "**a 2**3"),
        ("hotel **, izba x**", "hotel **, izba x**"),
        ("**a (** b", "**a (** b"),
        ("a*b c*", "a*b c*"),
        ("*a b*c", "*a b*c"),
        ("a_*b c* d", "a_*b c* d"),
        ("*a b*_c", "*a b*_c"),
        ("`` `a` ``", "`a`"),
        ("hotel ****, penzión ***. (****) a (***)", "hotel ****, penzión ***. (****) a (***)"),
        ("**Kedy:**28. 11.", "Kedy:28. 11."),
        ("*28.* 11.", "28. 11."),
        ("__init__ _a_", "__init__ _a_"),
        ("`2. *x*` a ``a`b``", "2. *x* a a`b"),
        ("`a\nb`", "`a b`"),
        (r"28\. 11. a \{{ name }}", "28. 11. a {{ name }}"),
        ("&amp; &lt;b&gt; &copy", "& <b> &copy"),
        ("[č (1)](https://x.org/č_(1)?a=1&b=2)", "č (1)"),
    ],
)
def test_looks_change_no_sign_of_the_words(text: str, read: str) -> None:
    filled = fill(text, VALUES)
    assert faults(text) == []
    assert rich.plain(filled) == read
    assert not {"%", "&amp;"} & {span.href or "" for span in _spans(filled)}


def _spans(text: Rich) -> list[Any]:
    return [span for block in text if not isinstance(block, Listing) for span in block.spans]


@pytest.mark.parametrize(
    "text", ["- ahoj\n- \n\nb", "a\n- \nb", "a\\\nb", "a\n  - b", "a < b\n<Ján> <b", "x \t\ny"]
)
def test_a_typed_line_stays_a_line(text: str) -> None:
    lines = [re.sub("^- (?=.)", "• ", line.strip()) for line in text.split("\n")]
    assert seen(typed(text)) == "\n".join(lines)


def test_typed_code_keeps_its_signs() -> None:
    assert seen(typed("`a < <x>` < <y>")) == "a < <x> < <y>"


def test_addresses_stay_as_they_were_written() -> None:
    (link,) = _spans(fill("[x](https://x.org/č_(1)?a=1&b=%20)", VALUES))
    assert link.href == "https://x.org/č_(1)?a=1&b=%20"


def test_a_value_never_decides_where_a_link_leads() -> None:
    for text in ("[x](https://x.org/{{ name }})", "[x]({{ name }})"):
        assert [fault.told.key for fault in faults(text)] == ["variable_in_tag"]
        (words,) = _spans(fill(text, {**VALUES, "name": "https://evil.org"}))
        assert (words.text, words.href) == ("x", None)


def test_an_address_that_is_none_is_shown_as_it_was_written() -> None:
    assert "'x.org/?a=1&b=2'" in faults("a\n\n[x](x.org/?a=1&b=2)")[0].what


@pytest.mark.parametrize("value", ["1. Jana", "- x", "**x**", "2.\n3. x", "`x", "[a](https://b.c)"])
def test_a_value_is_no_markup_wherever_it_stands(value: str) -> None:
    read = seen("{{ name }}\n\n- {{ name }}\n\n*{{ name }}* 7. {{ name }}", name=value)
    assert read == f"{value}\n• {value}\n\n{value} 7. {value}"


def test_conditions_are_looked_at_before_markdown_is() -> None:
    text = "{% if name %}- pre {{ name }}{% else %}2. bez mena{% endif %}"
    assert seen(text) == "• pre Jana"
    assert seen(text, name="") == "2. bez mena"
    assert seen("{% if name %}\n1. a\n{% endif %}\n2. b") == "1. a\n\n2. b"
    assert seen("**{% if city %}v {{ city }}{% endif %}**3. ročník") == "3. ročník"


_NUMBER = st.integers(0, 10**12).map(str) | st.sampled_from(["007", "0", "28", "1", "2026"])
_PIECE = st.sampled_from(
    [".", ". ", ". ", ")", ":", "–", "-", " ", "/", ", ", "*", " o ", " ročník"]
)
_DATED = st.tuples(_NUMBER, st.lists(_PIECE | _NUMBER, max_size=6).map("".join)).map("".join)
_LINE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "- ", "  ", "    ", "\t", "> ", "+ ", "**"]),
    _DATED,
    st.sampled_from(["", "", ".", "**", "  ", "\\"]),
)
_LINES = st.lists(_LINE | st.sampled_from(["", "Ahoj", "v Košiciach.", "-", "1.", "{{ name }}"]))


@patient
@given(_LINES.map("\n".join))
@example("28. 11. 2026 o 18.00")
@example("9.\n10.\n11. 12.")
@example("2. ročník\n\n1. 1. 1.")
@example("2*3*4\n5 * 6 * 7")
def test_no_number_is_ever_rewritten(text: str) -> None:
    digits = re.findall(r"\d+", text)
    for written in (text, typed(text)):
        if digits:
            assert faults(written) == []
        for place, said in everywhere(fill(written, {**VALUES, "name": "x"})).items():
            assert re.findall(r"\d+", said) == digits, place


@patient
@given(_LINES.map("\n".join))
def test_a_typed_text_keeps_every_line(text: str) -> None:
    """Of a text without looks; an item's dash is a bullet."""
    words = text.replace("*", "").replace("\\", "").replace("{{ name }}", "x")
    lines = [re.sub(r"^-[ \t]+(?=\S)", "• ", line.strip()) for line in words.strip().split("\n")]
    said = rich.plain(fill(typed(words), VALUES)).split("\n")
    assert [line.split() for line in said if line] == [line.split() for line in lines if line]

"""Words: templates rendered with values, translated, with plurals; and what goes wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import rich
from messages.errors import BadValue, CatalogError, UnknownKey, UnknownLanguage
from messages.message import Listing, Paragraph, Span
from messages.words import Words
from tests.messages.strategies import patient, typed

TEMPLATE = """
{% block hello %}{% trans name=name %}Hello <b>{{ name }}</b>, 100 % of
you.{% endtrans %}{% endblock %}
{% block both %}
{% trans %}One paragraph.{% endtrans %}

{% trans %}Lead:

- a
- b{% endtrans %}
{% endblock %}
{% block items %}
{% for item in items %}
- {{ item }}
{% endfor %}
{% endblock %}
{% block events %}{% trans count=count %}{{ count }} event{% pluralize %}{{ count }} events{% endtrans %}{% endblock %}
{% block here %}{% trans "a place" %}Here{% endtrans %}, {% trans "an answer" %}Here{% endtrans %}{% endblock %}
{% block seats %}{% trans "a chair" num=count %}one place{% pluralize %}{{ num }} places{% endtrans %}{% endblock %}
{% block filters %}{{ day|date }}; {{ day|date("day") }}; {{ at|datetime("Europe/Berlin") }}; {{ code|country }}; {{ spoken|language_name|capitalised }}; {{ zone|timezone }}; {{ names|listing }}; {{ n|number }}; {{ spoken|own_name }}{% endblock %}
{% block raw %}{{ value }}{% endblock %}
{% block link %}<a href="{{ url }}">{% trans %}Here{% endtrans %}</a>{% endblock %}
"""  # noqa: E501
SLOVAK = """
msgid ""
msgstr ""
"Language: sk\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);\\n"

msgid "Hello <b>%(name)s</b>, 100 %% of you."
msgstr "Dobrý deň, <b>%(name)s</b>, všetkých 100 %%."

msgid "%(count)s event"
msgid_plural "%(count)s events"
msgstr[0] "%(count)s podujatie"
msgstr[1] "%(count)s podujatia"
msgstr[2] "%(count)s podujatí"

msgctxt "a place"
msgid "Here"
msgstr "Tu"

msgctxt "an answer"
msgid "Here"
msgstr "Som tu"

msgctxt "a chair"
msgid "one place"
msgid_plural "%(num)s places"
msgstr[0] "jedno miesto"
msgstr[1] "%(num)s miesta"
msgstr[2] "%(num)s miest"

#, fuzzy
msgid "Here"
msgstr "Zle"
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    root = tmp_path_factory.mktemp("words")
    (root / "templates").mkdir()
    (root / "templates" / "test.j2").write_text(TEMPLATE, encoding="utf-8")
    for language, catalog in (("sk", SLOVAK), ("sl", "")):
        folder = root / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "domov.po").write_text(catalog, encoding="utf-8")
    return Words(("en", "sk", "sl"), root)


def test_keys_are_area_and_block(words: Words) -> None:
    blocks = ("hello", "both", "items", "events", "here", "seats", "filters", "raw", "link")
    assert words.keys() == {f"test.{block}" for block in blocks}


def test_rich_fills_values_in_each_language(words: Words) -> None:
    assert words.rich("test.hello", "en", name="<i>") == (
        Paragraph((Span("Hello "), Span("<i>", bold=True), Span(", 100 % of you."))),
    )
    assert words.rich("test.hello", "sk", name="Eva") == (
        Paragraph((Span("Dobrý deň, "), Span("Eva", bold=True), Span(", všetkých 100 %."))),
    )


def test_rich_falls_back_to_english_without_translation(words: Words) -> None:
    assert words.text("test.hello", "sl", name="Eva") == "Hello Eva, 100 % of you."


def test_rich_does_not_use_fuzzy_translations(words: Words) -> None:
    assert words.text("test.link", "sk", url="https://x.sk") == "Here"


def test_rich_keeps_paragraphs_and_lists_of_a_translation_unit(words: Words) -> None:
    assert words.rich("test.both", "en") == (
        Paragraph((Span("One paragraph."),)),
        Paragraph((Span("Lead:"),)),
        Listing(((Span("a"),), (Span("b"),))),
    )


def test_rich_makes_one_list_of_a_loop(words: Words) -> None:
    assert words.rich("test.items", "en", items=["- x", "1. y\n\nz"]) == (
        Listing(((Span("- x"),), (Span("1. y\n\nz"),))),
    )


def test_rich_gives_the_same_text_each_time(words: Words) -> None:
    first = words.rich("test.both", "sk")
    assert words.rich("test.both", "sk") is first
    assert words.rich("test.both", "en") == first


def test_text_is_one_line(words: Words) -> None:
    assert words.text("test.both", "en") == "One paragraph. Lead: • a • b"
    assert words.text("test.raw", "en", value=" a\n b ") == "a b"


def test_contexts_tell_equal_words_apart(words: Words) -> None:
    assert words.text("test.here", "sk") == "Tu, Som tu"
    assert words.text("test.here", "en") == "Here, Here"


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "1 event, 2 events, 5 events, 101 events"),
        ("sk", "1 podujatie, 2 podujatia, 5 podujatí, 101 podujatí"),
    ],
)
def test_plural_follows_the_number(words: Words, language: str, forms: str) -> None:
    texts = [words.text("test.events", language, count=n) for n in (1, 2, 5, 101)]
    assert ", ".join(texts) == forms


def test_plural_with_context_and_without_number(words: Words) -> None:
    texts = [words.text("test.seats", "sk", count=n) for n in (1, 3, 11)]
    assert texts == ["jedno miesto", "3 miesta", "11 miest"]


def test_link_takes_an_address_as_value(words: Words) -> None:
    assert words.rich("test.link", "en", url='https://x.sk/?a=1&b="2"') == (
        Paragraph((Span("Here", href='https://x.sk/?a=1&b="2"'),)),
    )


FILTERED = {
    "en": "5 March 2026; 5 March; 1 July 2026, 18:00; Germany; Slovak; Prague; a, b and c; "
    "12,345; slovenčina",
    "sk": "5. marca 2026; 5. marca; 1. júla 2026, 18:00; Nemecko; Slovenčina; Praha; a, b a c; "
    "12\u00a0345; slovenčina",
    "sl": "5. marca 2026; 5. marca; 1. julija 2026, 18:00; Nemčija; Slovaščina; Praga; a, b in c; "
    "12.345; slovenčina",
}


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_filters_write_as_the_language_does(words: Words, language: str) -> None:
    (block,) = words.rich(
        "test.filters",
        language,
        day=date(2026, 3, 5),
        at=datetime(2026, 7, 1, 16, 0),  # noqa: DTZ001 - naive is UTC here
        code="DE",
        spoken="sk",
        zone="Europe/Prague",
        names=["a", "b", "c"],
        n=12345,
    )
    assert isinstance(block, Paragraph)
    assert "".join(span.text for span in block.spans) == FILTERED[language]


@patient
@given(value=typed, language=st.sampled_from(["en", "sk", "sl"]))
def test_value_never_becomes_markup(words: Words, value: str, language: str) -> None:
    visible = rich.visible(value.replace("\r\n", "\n").replace("\r", "\n"))
    (block,) = words.rich("test.hello", language, name=value)
    assert isinstance(block, Paragraph)
    bold = [span.text for span in block.spans if span.bold]
    assert bold == ([visible] if visible else [])
    assert len(block.spans) == (3 if visible else 1)
    alone = words.rich("test.raw", language, value=value)
    assert alone == ((Paragraph((Span(visible),)),) if visible.strip() else ())


def test_rich_refuses_unknown_keys_and_languages(words: Words) -> None:
    with pytest.raises(UnknownKey, match=r"'test\.no'"):
        words.rich("test.no", "en")
    with pytest.raises(UnknownLanguage, match="'de'"):
        words.rich("test.both", "de")


@pytest.mark.parametrize(
    ("key", "values", "fault"),
    [
        ("test.raw", {}, "'value' is undefined"),
        ("test.hello", {}, "'name' is undefined"),
        ("test.events", {"count": "2"}, "no number to count with"),
        ("test.raw", {"value": None}, "None"),
        ("test.raw", {"value": True}, "True"),
        ("test.raw", {"value": date(2026, 1, 1)}, r"\|date"),
        ("test.hello", {"name": ["a"]}, r"\|listing"),
    ],
)
def test_rich_refuses_missing_and_unusable_values(
    words: Words, key: str, values: dict[str, object], fault: str
) -> None:
    with pytest.raises(BadValue, match=fault):
        words.rich(key, "en", **values)


def test_words_need_a_catalog_for_each_language(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    with pytest.raises(CatalogError, match="no catalog for 'sk'"):
        Words(("en", "sk"), tmp_path)


def test_words_refuse_a_broken_catalog(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    folder = tmp_path / "locale" / "sk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "domov.po").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="domov"):
        Words(("sk",), tmp_path)

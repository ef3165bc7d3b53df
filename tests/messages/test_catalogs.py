"""The project's own catalogs are whole, and the checker finds each kind of fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from messages import catalogs, check, extract
from messages.check import problems
from messages.words import Words

LANGUAGES = ("en", "sk", "sl")


def test_catalogs_have_no_problems() -> None:
    assert problems(Words(LANGUAGES)) == []


def test_catalogs_are_up_to_date_with_the_templates() -> None:
    pot = catalogs.ROOT / "locale" / "domov.pot"
    assert pot.read_text(encoding="utf-8") == extract.template_text(catalogs.ROOT)
    for language in extract.languages(catalogs.ROOT):
        file = catalogs.path(catalogs.ROOT, language)
        assert file.read_text(encoding="utf-8") == extract.catalog_text(catalogs.ROOT, language)


def test_every_button_is_a_button_to_the_checker() -> None:
    assert check.is_button("common.button_back")
    assert check.is_button("buttons.any")
    assert check.is_button("mentor.rhythm_once")
    assert not check.is_button("refused.button_unknown")
    assert not check.is_button("join.ask_button_colour")


TEMPLATES = """\
{% block hello %}{% trans name=name %}Hello <b>{{ name }}</b>{% endtrans %}{% endblock %}
{% block events %}{% trans n=n %}one event{% pluralize %}{{ n }} events{% endtrans %}{% endblock %}
{% block button_go %}{% trans %}Go on{% endtrans %}{% endblock %}
"""
HELLO = 'msgid "Hello <b>%(name)s</b>"\nmsgstr "Zdravo, <b>%(name)s</b>"\n'
EVENTS = """\
msgid "one event"
msgid_plural "%(n)s events"
msgstr[0] "%(n)s dogodek"
msgstr[1] "%(n)s dogodka"
msgstr[2] "%(n)s dogodki"
msgstr[3] "%(n)s dogodkov"
"""
GO = 'msgid "Go on"\nmsgstr "Naprej"\n'
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: sl\\n"\n'
    '"Plural-Forms: nplurals=4; '
    'plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);\\n"\n'
)


def _words(root: Path, catalog: str, templates: str = TEMPLATES, language: str = "sl") -> Words:
    (root / "templates").mkdir()
    (root / "templates" / "x.j2").write_text(templates, encoding="utf-8")
    file = catalogs.path(root, language)
    file.parent.mkdir(parents=True)
    file.write_text(catalog, encoding="utf-8")
    return Words(("en", language), root)


def _catalog(hello: str = HELLO, events: str = EVENTS, go: str = GO, header: str = HEADER) -> str:
    return "\n".join([header, hello, events, go])


def test_problems_finds_nothing_in_a_whole_catalog(tmp_path: Path) -> None:
    assert problems(_words(tmp_path, _catalog())) == []


@pytest.mark.parametrize(
    ("catalog", "problem"),
    [
        (_catalog(go=""), "sl: x.button_go: 'Go on': not in the catalog"),
        (_catalog(go='msgid "Go on"\nmsgstr ""\n'), "sl: x.button_go: 'Go on': not translated"),
        (_catalog(go="#, fuzzy\n" + GO), "sl: x.button_go: 'Go on': marked fuzzy"),
        (
            _catalog(go='msgid "Go on"\nmsgstr "Go on"\n'),
            "sl: x.button_go: 'Go on': the same as the English",
        ),
        (
            _catalog(go=f'msgid "Go on"\nmsgstr "{"Naprej " * 6}in naprej"\n'),
            "sl: x.button_go: 'Go on': longer than a button may be (28 characters)",
        ),
        (
            _catalog(go='msgid "Go on"\nmsgstr " Naprej"\n'),
            "sl: x.button_go: 'Go on': other space around it",
        ),
        (
            _catalog(go='msgid "Go on"\nmsgstr "Naprej 100 %"\n'),
            "sl: x.button_go: 'Go on': a bare % (write %%)",
        ),
        (
            _catalog(hello=HELLO.replace('", <b>%(name)s', '"').replace(", <b>%(name)s", ", <b>")),
            "other placeholders than the source",
        ),
        (
            _catalog(hello=HELLO.replace("Zdravo, <b>%(name)s</b>", "Zdravo, %(name)s")),
            "other tags than the source",
        ),
        (
            _catalog(hello=HELLO.replace("Zdravo, <b>%(name)s</b>", "Zdravo, </b>%(name)s<b>")),
            "</b> closes nothing",
        ),
        (
            _catalog(events=EVENTS.replace('"%(n)s dogodki"', '""')),
            "sl: x.events: 'one event': a plural form is missing",
        ),
        (
            _catalog(events=EVENTS.replace('"%(n)s dogodek"', '"en dogodek"')),
            "sl: x.events: 'one event': other placeholders than the source: 'en dogodek'",
        ),
        (
            _catalog(header=HEADER.replace("n%100==2 ? 1", "n%100==5 ? 1")),
            "sl: the header should say 'Plural-Forms: nplurals=4;",
        ),
        (_catalog(header=""), "sl: the header should say 'Plural-Forms: nplurals=4;"),
        (
            _catalog(events='msgid "one event"\nmsgstr "en dogodek"\n'),
            "sl: x.events: 'one event': not in the catalog",
        ),
        (
            _catalog() + '\nmsgid "Old"\nmsgstr "Staro"\n',
            "sl: 'Old' is in no template",
        ),
    ],
)
def test_problems_finds_each_kind_of_fault(tmp_path: Path, catalog: str, problem: str) -> None:
    found = problems(_words(tmp_path, catalog))
    assert any(problem in each for each in found), found


def test_problems_allows_slovak_to_leave_out_the_number_of_one(tmp_path: Path) -> None:
    events = (
        'msgid "one event"\nmsgid_plural "%(n)s events"\nmsgstr[0] "jedno podujatie"\n'
        'msgstr[1] "%(n)s podujatia"\nmsgstr[2] "%(n)s podujatí"\n'
    )
    header = f'msgid ""\nmsgstr ""\n"Plural-Forms: {extract.plural_forms("sk")}\\n"\n'
    words = _words(tmp_path, _catalog(events=events, header=header), language="sk")
    assert problems(words) == []


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("{% block a %}{% trans %}<b>x{% endtrans %}{% endblock %}", "not closed"),
        (
            "{% block button_a %}{% trans %}A label that is far too long for any button"
            "{% endtrans %}{% endblock %}",
            "longer than a button",
        ),
    ],
)
def test_problems_looks_at_the_english_too(tmp_path: Path, block: str, fault: str) -> None:
    words = _words(tmp_path, _catalog(), TEMPLATES + block)
    assert any(each.startswith("x.") and fault in each for each in problems(words))


def test_problems_asks_for_a_context_where_two_templates_share_a_label(tmp_path: Path) -> None:
    words = _words(tmp_path, _catalog())
    other = tmp_path / "templates" / "y.j2"
    shared = "{% block state_go %}{% trans %}Go on{% endtrans %}{% endblock %}"
    other.write_text(shared, encoding="utf-8")
    assert (
        "'Go on' of x.button_go and y.state_go needs a context (docs/words.md), or is SHARED"
        in (problems(words))
    )
    other.write_text(shared.replace("trans %}", 'trans "in a list" %}', 1), encoding="utf-8")
    assert not [each for each in problems(words) if "needs a context" in each]


def test_problems_names_a_catalog_lost_after_the_start(tmp_path: Path) -> None:
    words = _words(tmp_path, _catalog())
    catalogs.path(tmp_path, "sl").unlink()
    assert [each for each in problems(words) if "no catalog for 'sl'" in each]


def test_refresh_keeps_translations_adds_new_texts_and_drops_old(tmp_path: Path) -> None:
    templates = TEMPLATES.replace("Go on", "Carry on") + (
        '{% block here %}{% trans "a place" %}Here{% endtrans %}{% endblock %}'
    )
    _words(tmp_path, _catalog(), templates)
    changed = extract.refresh(tmp_path)
    assert {file.name for file in changed} == {"domov.pot", "domov.po"}
    catalog = catalogs.read(tmp_path, "sl")
    assert {(entry.context, entry.id): entry.string for entry in catalog if entry.id} == {
        (None, "Hello <b>%(name)s</b>"): "Zdravo, <b>%(name)s</b>",
        (None, ("one event", "%(n)s events")): (
            "%(n)s dogodek",
            "%(n)s dogodka",
            "%(n)s dogodki",
            "%(n)s dogodkov",
        ),
        (None, "Carry on"): "",
        ("a place", "Here"): "",
    }
    assert extract.refresh(tmp_path) == []


def test_refresh_writes_no_dates_and_no_line_numbers(tmp_path: Path) -> None:
    _words(tmp_path, _catalog())
    extract.refresh(tmp_path)
    before = catalogs.path(tmp_path, "sl").read_text(encoding="utf-8")
    (tmp_path / "templates" / "x.j2").write_text("\n\n" + TEMPLATES, encoding="utf-8")
    assert extract.refresh(tmp_path) == []
    assert "Date" not in before
    assert "#. x.hello\n" in before


def test_template_of_catalogs_joins_equal_texts(tmp_path: Path) -> None:
    again = "{% block other %}{% trans %}Go on{% endtrans %}{% endblock %}"
    _words(tmp_path, _catalog(), TEMPLATES + again)
    text = extract.template_text(tmp_path)
    assert text.count('msgid "Go on"') == 1
    assert "#. x.button_go x.other\n" in text


def test_main_says_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "messages"
    root.mkdir()
    _words(root, _catalog())
    monkeypatch.setattr(catalogs, "ROOT", root)
    assert extract.main() == 0
    assert capsys.readouterr().out == (
        "messages/locale/domov.pot written\nmessages/locale/sl/LC_MESSAGES/domov.po written\n"
    )
    assert extract.main() == 0
    assert capsys.readouterr().out == "the catalogs are up to date\n"

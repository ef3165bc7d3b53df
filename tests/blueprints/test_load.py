"""Reading files: what cannot be read, and what a loaded blueprint answers."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from blueprints.load import (
    SUPPORTED_LANGUAGES,
    BlueprintError,
    default_path,
    load,
    loads,
    warnings,
)
from blueprints.schema import Survey, SurveyQuestion, Texts
from tests.blueprints.editing import TINY, change, load_text, tiny

ROOT = Path(__file__).parents[2]


def refused(path: Path) -> str:
    with pytest.raises(BlueprintError) as caught:
        load(path)
    return str(caught.value).replace(str(path), "PATH")


def test_load_tells_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.toml") == snapshot("""\
The blueprint PATH has 1 problem:
  no.toml: does not exist. Look at BLUEPRINT or the name.\
""")


def test_load_tells_a_directory(tmp_path: Path) -> None:
    assert refused(tmp_path).replace(tmp_path.name, "DIR") == snapshot("""\
The blueprint PATH has 1 problem:
  DIR: cannot be read (Is a directory). It must be a file that this user may read.\
""")


def test_load_tells_the_line_of_a_foreign_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('# ok\nname = "Košice"\n'.encode("cp1250"))
    assert refused(path) == snapshot("""\
The blueprint PATH has 1 problem:
  latin.toml:2: is not UTF-8 text. Save it as UTF-8.\
""")


def test_load_tells_the_line_of_a_syntax_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(change(tiny(), 'round = "spring"', 'round = "spring'), "utf-8")
    assert refused(path) == snapshot("""\
The blueprint PATH has 1 problem:
  broken.toml:74: is not valid TOML: Illegal character '\\n'. Look at the quotes, brackets and = on this line and just before it.\
""")


def test_load_tells_a_file_that_ends_too_early(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text('languages = ["sl",\n"en"\n', "utf-8")
    assert refused(path) == snapshot("""\
The blueprint PATH has 1 problem:
  short.toml:3: is not valid TOML: Unclosed array. Look at the quotes, brackets and = on this line and just before it.\
""")


def test_load_tells_a_key_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "twice.toml"
    path.write_text("[programme]\nkey = 1\nkey = 2\n", "utf-8")
    assert refused(path) == snapshot("""\
The blueprint PATH has 1 problem:
  twice.toml:3: is not valid TOML: Cannot overwrite a value. Look at the quotes, brackets and = on this line and just before it.\
""")


def test_load_tells_all_that_an_empty_file_lacks(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", "utf-8")
    assert refused(path) == snapshot("""\
The blueprint PATH has 8 problems:
  empty.toml: programme: is missing. Add [programme].
  empty.toml: languages: is missing. Add languages = [ … ].
  empty.toml: organisations: is missing. Add [[organisations]].
  empty.toml: regions: is missing. Add [[regions]].
  empty.toml: purposes: is missing. Add [[purposes]].
  empty.toml: personas: is missing. Add [[personas]].
  empty.toml: fields: is missing. Add [[fields]].
  empty.toml: surveys: is missing. Add [[surveys]].\
""")


def test_load_reads_a_file_with_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + tiny().replace("\n", "\r\n").encode())
    assert load(path) == load(TINY)


def test_load_unwraps_long_texts_and_keeps_paragraphs() -> None:
    text = change(
        tiny(),
        'about = { sl = "Mala skupina iz Murske Sobote.", en =',
        'about.sl = """\nMala skupina\n  iz Murske Sobote.\n\n\nPišite nam.\n"""\nabout = { en =',
    )
    text = text.replace('about = { en = "A small group from Murska Sobota." }', 'about.en = "A"')
    assert load_text(text).programme.about["sl"] == "Mala skupina iz Murske Sobote.\n\nPišite nam."


def test_load_lets_the_program_say_which_languages_it_has() -> None:
    with pytest.raises(BlueprintError, match='no words in "sl"'):
        loads(tiny(), "x", supported=("en",))


def test_controller_names_the_privacy_contact() -> None:
    controller = load(TINY).organisations[0].controller
    assert controller["sl"] == "Društvo Štorklja, privacy@stork.example.org."


def test_texts_fall_back_to_the_first_language() -> None:
    texts = Texts({"sl": "hruška", "en": "pear"})
    assert (texts["en"], texts["sk"], "sk" in texts) == ("pear", "hruška", False)


def test_loaded_blueprint_cannot_be_changed() -> None:
    blueprint = load(TINY)
    with pytest.raises(ValueError, match="frozen"):
        blueprint.skills[0].key = "haste"  # type: ignore[misc]


def test_blueprint_answers_look_ups() -> None:
    found = load(TINY)
    assert found.language == "sl"
    assert [each.key for each in found.surveys_for("expat")] == ["pulse"]
    assert found.surveys_for("local") == ()
    assert found.organisation("stork") is found.organisations[0]
    assert found.organisation("crane") is None
    assert found.region("pomurje") is found.regions[0]
    assert found.purpose("invitations") is found.purposes[1]
    assert found.persona("local") is None
    assert found.target("stork") is None
    assert found.skill_label("humour", "en") == "Humour"
    assert found.skill_label("courage", "en") == "courage"
    assert found.field_label("rest", "sl") == "Vse drugo"
    assert found.region_label("pomurje", "en") == "Pomurje"
    assert found.region_label("atlantis", "en") == "atlantis"


def test_blueprint_knows_which_question_feeds_a_column() -> None:
    found = load(TINY)
    survey = found.survey("pulse")
    assert isinstance(survey, Survey)
    assert found.column("skills_offered") == (survey, survey.question("brings"))
    assert found.column("formats") is None


def test_question_has_the_options_of_the_list_it_names() -> None:
    question = load(TINY).surveys[0].question("brings")
    assert isinstance(question, SurveyQuestion)
    assert [each.key for each in question.options] == ["patience", "humour", "listening"]
    assert question.option("humour") == question.options[1]
    assert question.option("x") is None


@pytest.mark.parametrize(
    ("region", "country", "language", "organisation"),
    [
        ("kosice", "SI", "sl", "cike"),
        ("gorenjska", "SK", "sk", "bsc_kranj"),
        ("other", "SI", "sk", "bsc_kranj"),
        ("other", "SK", "sl", "cike"),
        ("other", "DE", "sl", "bsc_kranj"),
        ("other", "DE", "en", "cike"),
        ("gone", None, "sl", "bsc_kranj"),
        (None, None, None, "cike"),
    ],
)
def test_organisation_for_follows_region_country_language(
    region: str | None, country: str | None, language: str | None, organisation: str
) -> None:
    found = load(default_path()).organisation_for(region, country, language)
    assert found.key == organisation


def test_question_for_an_organisation_leaves_out_options_of_others() -> None:
    text = default_path().read_text("utf-8")
    text = change(text, 'key = "story"\n', 'key = "story"\norganisations = ["bsc_kranj"]\n')
    survey = loads(text, "x").survey("formats")
    assert isinstance(survey, Survey)
    kosice, kranj = (survey.questions_for("expat", key)[0] for key in ("cike", "bsc_kranj"))
    assert {each.key for each in kranj.options} - {each.key for each in kosice.options} == {"story"}
    assert survey.questions_for("expat")[0] == kranj


def test_warnings_name_placeholders_and_unmarked_free_text() -> None:
    text = change(tiny(), '"privacy@stork.example.org"', '"privacy@storklja.si"')
    text = change(text, 'kind = "yes_no"', 'kind = "text"')
    text = change(text, 'when = { question = "visit", any = ["yes"] }\n', "")
    assert warnings(load_text(text)) == snapshot(
        (
            "organisations.stork.website: https://stork.example.org is a placeholder. Replace it before real people are asked.",
            "surveys.pulse.visit: free text can hold anything. Write personal = true.",
        )
    )


def test_supported_languages_are_those_with_a_catalog() -> None:
    """English is the language of the templates themselves and needs none."""
    catalogs = {path.parent.parent.name for path in ROOT.glob("messages/locale/*/*/*.po")}
    assert catalogs | {"en"} == set(SUPPORTED_LANGUAGES)


def test_importing_the_loader_reads_no_file() -> None:
    code = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "import blueprints.load\n"
        "sys.exit(any(name.endswith('.toml') for name in opened))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

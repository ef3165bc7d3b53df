"""The blueprint that comes with the program: what the issue and the partners ask of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from blueprints.load import default_path, load
from blueprints.schema import Blueprint, SurveyQuestion
from blueprints.values import Column, PurposeKey

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "sk", "sl")


@cache
def real() -> Blueprint:
    return load(default_path())


def question(survey: str, key: str) -> SurveyQuestion:
    found = real().survey(survey)
    assert found is not None
    asked = found.question(key)
    assert asked is not None
    return asked


def every_text() -> list[tuple[str, str]]:
    """(language, text) of everything that people read."""
    pairs: list[tuple[str, str]] = []

    def collect(value: object) -> None:
        if isinstance(value, dict):
            if set(value) == set(LANGUAGES):
                pairs.extend(each for each in value.items() if isinstance(each[1], str))
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                collect(inner)

    collect(real().model_dump())
    return pairs


def test_real_blueprint_has_both_partners_and_their_targets() -> None:
    found = real()
    assert [(each.key, each.country, each.language) for each in found.organisations] == [
        ("cike", "SK", "sk"),
        ("bsc_kranj", "SI", "sl"),
    ]
    assert [(each.key, each.nuts, each.organisation) for each in found.regions] == [
        ("kosice", "SK042", "cike"),
        ("gorenjska", "SI042", "bsc_kranj"),
        ("other", None, None),
    ]
    for organisation in ("cike", "bsc_kranj"):
        target = found.target(organisation)
        assert target is not None
        assert (target.domestic, target.international) == (10, 10)


def test_real_blueprint_asks_for_every_purpose_and_needs_only_the_first() -> None:
    assert [each.key for each in real().purposes] == list(get_args(PurposeKey))
    assert [each.needed for each in real().purposes] == [True, False, False, False, False]
    assert real().programme.minimum_age == 16


def test_real_blueprint_has_the_funding_statement_in_full() -> None:
    assert real().programme.funding_statement.root == {
        "en": "Co-funded by the European Union",
        "sk": "Spolufinancovaný Európskou úniou",
        "sl": "Sofinancira Evropska unija",
    }


def test_real_blueprint_has_31_skills_each_with_its_own_esco_concept() -> None:
    skills = real().skills
    assert len(skills) == 31
    assert len({each.esco for each in skills} - {None}) == 31


def test_real_blueprint_has_the_eleven_formats() -> None:
    assert [each.key for each in real().formats] == [
        "ted_talk",
        "networking",
        "online_mentoring",
        "workshop",
        "conversation",
        "radio_podcast",
        "meetup",
        "micro_session",
        "labour_debate",
        "guest_lecture",
        "story",
    ]


def test_real_blueprint_feeds_every_column_of_the_living_database() -> None:
    fed = {column: real().column(column) for column in get_args(Column)}
    assert {column: found and found[1].key for column, found in fed.items()} == {
        "willingness": "willingness",
        "roles": "roles",
        "formats": "formats",
        "skills_used": "used",
        "skills_needed": "needed",
        "skills_offered": "offered",
    }


def test_willingness_survey_goes_on_only_with_those_who_would() -> None:
    assert [each.key for each in question("willingness", "willingness").options] == [
        "yes",
        "maybe",
        "not_now",
    ]
    for key in ("roles", "how_often", "mode"):
        condition = question("willingness", key).when
        assert condition is not None
        assert (condition.question, condition.any) == ("willingness", ("yes", "maybe"))
    assert [each.key for each in question("willingness", "roles").options] == [
        "mentor",
        "speaker",
        "ambassador",
        "host",
    ]


def test_formats_survey_rates_with_three_levels_of_which_one_counts() -> None:
    levels = question("formats", "formats").levels
    assert [(each.key, each.emoji, each.counts) for each in levels] == [
        ("liked", "👍", True),
        ("possible", "👌", False),
        ("not_for_me", "✖️", False),
    ]


def test_skills_survey_asks_for_five_used_and_three_ranked() -> None:
    assert (question("skills", "used").kind, question("skills", "used").maximum) == ("multi", 5)
    assert (question("skills", "needed").kind, question("skills", "needed").maximum) == ("rank", 3)
    assert question("skills", "offered").maximum is None


def test_locals_are_asked_what_concerns_them() -> None:
    asked = {
        survey.key: [each.key for each in survey.questions_for("local")]
        for survey in real().surveys_for("local")
    }
    assert asked == {"formats": ["formats", "wishes"], "skills": ["needed", "comment"]}


def test_retention_texts_name_the_timing() -> None:
    days = str(real().timings.abandoned_days)
    for language in LANGUAGES:
        assert re.search(rf"\b{days}\b", real().programme.retention[language])
        age = str(real().programme.minimum_age)
        assert age in real().purposes[0].detail[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_privacy_notice_fits_one_message(language: str) -> None:
    """Telegram takes 4096 characters; a quarter is left for headings and contacts."""
    programme = real().programme
    parts = [programme.purpose, programme.retention, programme.rights, programme.funding_statement]
    parts += [each.controller for each in real().organisations]
    assert sum(len(part[language]) for part in parts) < 3072


def test_texts_are_cleanly_typed() -> None:
    """No double spaces, straight quotes, dots instead of an ellipsis, or loose punctuation."""
    wrong = re.compile(r"  |\"|\.\.\.| [,.;:?!]|--|\u00a0 ")
    assert [pair for pair in every_text() if wrong.search(pair[1])] == []


def test_questions_end_with_a_question_mark() -> None:
    for survey in real().surveys:
        for asked in survey.questions:
            for language in LANGUAGES:
                assert asked.text[language].endswith("?")


def test_languages_are_not_mixed() -> None:
    """Letters that a language does not have, and English left behind. Names keep theirs."""
    names = re.compile(
        r"Úrad na ochranu osobných údajov SR|Poslovno podporni center|Creative Industry Košice"
        r"|Informacijski pooblaščenec|Expats for home|Interreg CENTRAL EUROPE|Košic\w*"
    )
    foreign = {
        "en": re.compile(r"[^\W\d_a-zA-Z]"),
        "sk": re.compile(r"[ćđěřů]|\b(the|and|you|your|with)\b", re.IGNORECASE),
        "sl": re.compile(r"[áéíóúýäôľĺŕťďň]|\b(the|and|you|your|with)\b", re.IGNORECASE),
    }
    left = [
        (language, text)
        for language, text in every_text()
        if foreign[language].search(names.sub("", text))
    ]
    assert left == []


def test_translations_differ_from_english() -> None:
    """A label left in English shows as the same words; the few that are the same are named."""
    same = {
        "Gorenjska",
        "Mentor",
        "Online",
        "Online mentoring",
        "Sport",
        "Šport",
    }
    found = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            if set(value) == set(LANGUAGES) and (value["en"] in (value["sk"], value["sl"])):
                found.add(value["en"])
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                collect(inner)

    collect(real().model_dump())
    assert found <= same


def test_nothing_of_the_real_blueprint_is_in_the_code() -> None:
    """Keys of organisations and regions stand in the blueprint alone."""
    words = [each.key for each in real().organisations]
    words += [each.key for each in real().regions if each.key != "other"]
    wanted = re.compile(rf"[\"']({'|'.join(words)})[\"']")
    packages = ("blueprints", "flows", "messages", "storage", "outreach", "console", "bot")
    found = [
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if wanted.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_question_says_why_it_is_asked_and_there_is_an_answer_to_what_people_ask() -> None:
    unsaid = [q.key for survey in real().surveys for q in survey.questions if q.why is None]
    assert unsaid == []
    assert {each.key for each in real().answers} >= {
        *("why", "free", "who", "who_sees", "how_long", "safe", "have_to", "robot", "contact"),
        *("stop", "what"),
    }


def test_answers_are_two_sentences_and_each_can_be_asked_for_in_every_language() -> None:
    for each in real().answers:
        for language in LANGUAGES:
            assert 1 <= len(re.findall(r"[.!](?: [^\Wa-z]|$)", each.text[language])) <= 2, each.text
            assert each.key == "why" or each.asked.root[language], each.key

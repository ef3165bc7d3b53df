"""What is told when values do not fit together: languages, keys, references, purposes."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from inline_snapshot import snapshot

from tests.blueprints.editing import after, change, tiny, told


def test_no_language_is_told() -> None:
    assert told(change(tiny(), 'languages = ["sl", "en"]', "languages = []")) == snapshot(
        ['4 languages: is empty. Name at least one, like ["en"].']
    )


def test_language_without_words_is_told() -> None:
    assert told(
        change(tiny(), 'languages = ["sl", "en"]', 'languages = ["sl", "en", "it"]')
    ) == snapshot(
        [
            '4 languages[2]: the program has no words in "it". Choose from en, sk, sl, or add its catalog to messages/locale.'
        ]
    )


def test_language_twice_is_told() -> None:
    assert told(
        change(tiny(), 'languages = ["sl", "en"]', 'languages = ["sl", "en", "sl"]')
    ) == snapshot(['4 languages[2]: "sl" is there twice. Remove one.'])


def test_organisation_with_a_foreign_language_is_told() -> None:
    assert told(change(tiny(), 'language = "sl"', 'language = "sk"')) == snapshot(
        [
            '24 organisations.stork.language: "sk" is not one of the blueprint\'s languages. Choose from sl, en.'
        ]
    )


def test_controller_without_contact_is_told() -> None:
    assert told(change(tiny(), 'sl = "Društvo Štorklja, {contact}."', 'sl = "Mi."')) == snapshot(
        [
            "27 organisations.stork.controller.sl: does not name the contact. Write {contact} where the privacy contact shall stand."
        ]
    )


def test_key_twice_is_told() -> None:
    assert told(change(tiny(), 'key = "humour"', 'key = "patience"')) == snapshot(
        ['65 skills[1].key: "patience" is there twice. Give each its own.']
    )


def test_survey_twice_is_told() -> None:
    assert told(
        tiny() + tiny()[tiny().index("[[surveys]]") :].replace('column = "skills_offered"\n', "")
    ) == snapshot(['96 surveys[1].key: "pulse" is there twice. Give each its own.'])


def test_question_twice_is_told() -> None:
    assert told(change(tiny(), 'key = "brings"', 'key = "visit"')) == snapshot(
        ['88 surveys.pulse.questions[1].key: "visit" is there twice. Give each its own.']
    )


def test_unknown_country_is_told() -> None:
    assert told(after(tiny(), "[[regions]]", 'country = "SI"', 'country = "QX"')) == snapshot(
        [
            '31 regions.pomurje.nuts: "SI031" is not in QX. A NUTS code begins with the country\'s (Greece: EL).',
            '32 regions.pomurje.country: "QX" is no country. Write its ISO 3166-1 code, like "SK".',
        ]
    )


def test_nuts_code_of_another_country_is_told() -> None:
    assert told(change(tiny(), '"SI031"', '"SK042"')) == snapshot(
        [
            '31 regions.pomurje.nuts: "SK042" is not in SI. A NUTS code begins with the country\'s (Greece: EL).'
        ]
    )


def test_region_of_an_unknown_organisation_is_told() -> None:
    assert told(change(tiny(), 'organisation = "stork"', 'organisation = "storck"')) == snapshot(
        [
            '33 regions.pomurje.organisation: there is no organisation "storck". Did you mean "stork"?'
        ]
    )


def test_option_for_an_unknown_organisation_is_told() -> None:
    assert told(
        change(tiny(), 'key = "humour"', 'key = "humour"\norganisations = ["crane"]')
    ) == snapshot(
        ['66 skills.humour.organisations[0]: there is no organisation "crane". Known here: stork.']
    )


def test_target_of_an_unknown_organisation_is_told() -> None:
    assert told(
        tiny() + '[[targets]]\norganisation = "crane"\ndomestic = 1\ninternational = 1\n'
    ) == snapshot(
        ['96 targets[0].organisation: there is no organisation "crane". Known here: stork.']
    )


def test_target_twice_is_told() -> None:
    assert told(
        tiny() + '[[targets]]\norganisation = "stork"\ndomestic = 1\ninternational = 1\n' * 2
    ) == snapshot(['100 targets[1].organisation: "stork" is there twice. Give each its own.'])


def test_register_that_may_be_refused_is_told() -> None:
    assert told(
        change(tiny(), 'needed = true\nlabel = { sl = "Prijavite', 'label = { sl = "Prijavite')
    ) == snapshot(
        [
            "36 purposes.register: register is not needed. Write needed = true: without it nothing can be kept."
        ]
    )


def test_purpose_that_may_not_be_refused_is_told() -> None:
    assert told(
        change(tiny(), 'key = "invitations"', 'key = "invitations"\nneeded = true')
    ) == snapshot(
        [
            "44 purposes.invitations.needed: invitations must be free to refuse. Remove needed: only register may be a condition (GDPR, Article 7(4))."
        ]
    )


def test_no_register_is_told() -> None:
    assert told(change(tiny(), 'key = "register"\nneeded = true', 'key = "sharing"')) == snapshot(
        [
            '36 purposes: register is missing. Add [[purposes]] with key = "register" and needed = true.'
        ]
    )


def test_no_surveys_is_told() -> None:
    without = tiny()[: tiny().index("[[surveys]]")]
    text = change(without, "languages = [", "surveys = []\nlanguages = [")
    assert told(text) == snapshot(["4 surveys: is empty. Add at least one [[surveys]]."])

"""What each kind of wrong value is told as: line, key, problem, remedy."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from inline_snapshot import snapshot

from tests.blueprints.editing import after, change, tiny, told


def test_missing_text_is_told() -> None:
    assert told(
        change(tiny(), 'label = { sl = "Humor", en = "Humour" }', 'label = { en = "Humour" }')
    ) == snapshot(['66 skills.humour.label: sl is missing. Add label.sl = "…".'])


def test_missing_text_of_a_question_is_told() -> None:
    assert told(
        after(tiny(), 'key = "visit"', 'sl = "Boste letos prišli na obisk?", ', "")
    ) == snapshot(['85 surveys.pulse.questions[0].text: sl is missing. Add text.sl = "…".'])


def test_missing_texts_is_told() -> None:
    assert told(change(tiny(), 'label = { sl = "Humor", en = "Humour" }\n', "")) == snapshot(
        ["64 skills.humour.label: is missing. Add label = { en = … } with a text in each language."]
    )


def test_empty_text_is_told() -> None:
    assert told(change(tiny(), 'sl = "Humor"', 'sl = "  "')) == snapshot(
        ["66 skills.humour.label.sl: is empty. Write the text, in this language."]
    )


def test_text_that_is_no_text_is_told() -> None:
    assert told(change(tiny(), 'sl = "Humor"', "sl = 3")) == snapshot(
        ["66 skills.humour.label.sl: is not a text. Put it in quotes."]
    )


def test_text_in_a_foreign_language_is_told() -> None:
    assert told(change(tiny(), 'en = "Humour" }', 'en = "Humour", sk = "Humor" }')) == snapshot(
        [
            '66 skills.humour.label.sk: "sk" is not one of the blueprint\'s languages. Add it to languages or remove the text; languages are en, sl.'
        ]
    )


def test_text_without_languages_is_told() -> None:
    assert told(
        change(tiny(), 'label = { sl = "Humor", en = "Humour" }', 'label = "Humor"')
    ) == snapshot(
        [
            '66 skills.humour.label: needs a text in each language. Write one text for each language: label.en = "…".'
        ]
    )


def test_too_long_text_is_told() -> None:
    assert told(change(tiny(), 'sl = "Eno leto."', f'sl = "{"a" * 3001}"')) == snapshot(
        ["15 programme.retention.sl: has 3001 characters. Shorten it to 3000 (Slack's limit)."]
    )


def test_too_long_label_is_told() -> None:
    assert told(change(tiny(), 'sl = "Humor"', f'sl = "{"H" * 76}"')) == snapshot(
        ["66 skills.humour.label.sl: has 76 characters. Shorten it to 75: it stands on a button."]
    )


def test_unknown_key_is_told() -> None:
    assert told(change(tiny(), 'label = { sl = "Humor"', 'lable = { sl = "Humor"')) == snapshot(
        [
            "64 skills.humour.label: is missing. Add label = { en = … } with a text in each language.",
            '66 skills.humour.lable: unknown key "lable". Did you mean "label"?',
        ]
    )


def test_unknown_key_like_no_other_is_told() -> None:
    assert told(
        change(tiny(), 'notice_version = "1"', 'notice_version = "1"\nwww = 1')
    ) == snapshot(
        [
            '10 programme.www: unknown key "www". Known here: about, bot_name, ends_on, funding_statement, hello, key, minimum_age, name, notice_material, notice_version, purpose, recipients, retention, rights, short_name, short_notice, url.'
        ]
    )


def test_unknown_table_is_told() -> None:
    assert told(
        change(
            tiny(),
            '[[skills]]\nkey = "patience"',
            '[timing]\nfact_days = 3\n\n[[skills]]\nkey = "patience"',
        )
    ) == snapshot(['60 timing: unknown key "timing". Did you mean "timings"?'])


def test_missing_number_is_told() -> None:
    assert told(change(tiny(), "minimum_age = 18\n", "")) == snapshot(
        ["6 programme.minimum_age: is missing. Add minimum_age = a whole number."]
    )


def test_missing_list_is_told() -> None:
    assert told(change(tiny(), 'personas = ["expat"]\n', "")) == snapshot(
        ["72 surveys.pulse.personas: is missing. Add personas = [ … ]."]
    )


def test_wrong_key_is_told() -> None:
    assert told(change(tiny(), 'key = "patience"', 'key = "Patience, long"')) == snapshot(
        [
            '61 skills[0].key: "Patience, long" does not fit. Write a key: 1 to 32 of a–z, 0–9 and _, a letter first, like "guest_talk".'
        ]
    )


def test_number_in_quotes_is_told() -> None:
    assert told(change(tiny(), "minutes = 1", 'minutes = "1"')) == snapshot(
        ['75 surveys.pulse.minutes: "1" does not fit. Write a whole number without quotes.']
    )


def test_number_too_small_is_told() -> None:
    assert told(change(tiny(), "minutes = 1", "minutes = 0")) == snapshot(
        ["75 surveys.pulse.minutes: 0 is too small. At least 1."]
    )


def test_age_too_high_is_told() -> None:
    assert told(change(tiny(), "minimum_age = 18", "minimum_age = 99")) == snapshot(
        ["10 programme.minimum_age: 99 is too great. At most 21."]
    )


def test_yes_in_quotes_is_told() -> None:
    assert told(after(tiny(), 'key = "visit"', "needed = true", 'needed = "yes"')) == snapshot(
        [
            '84 surveys.pulse.questions[0].needed: "yes" does not fit. Write true or false, without quotes.'
        ]
    )


def test_text_that_should_be_a_list_is_told() -> None:
    assert told(change(tiny(), 'personas = ["expat"]', 'personas = "expat"')) == snapshot(
        ['76 surveys.pulse.personas: "expat" does not fit. Write a list: [ … ].']
    )


def test_number_that_should_be_a_text_is_told() -> None:
    assert told(change(tiny(), 'round = "spring"', "round = 2026")) == snapshot(
        ["74 surveys.pulse.round: 2026 does not fit. Write a text in quotes."]
    )


def test_empty_line_is_told() -> None:
    assert told(change(tiny(), 'name = "Štorklja"', 'name = " "')) == snapshot(
        ['21 organisations.stork.name: " " does not fit. Write a text that is not empty.']
    )


def test_list_that_should_be_a_table_is_told() -> None:
    assert told(
        change(tiny(), 'when = { question = "visit", any = ["yes"] }', 'when = ["yes"]')
    ) == snapshot(
        ["93 surveys.pulse.questions[1].when: a list does not fit. Write a table: [name] or { … }."]
    )


def test_unknown_kind_is_told() -> None:
    assert told(change(tiny(), 'kind = "multi"', 'kind = "mutli"')) == snapshot(
        ['89 surveys.pulse.questions[1].kind: "mutli" is not known. Did you mean "multi"?']
    )


def test_unknown_column_is_told() -> None:
    assert told(change(tiny(), 'column = "skills_offered"', 'column = "skills"')) == snapshot(
        ['90 surveys.pulse.questions[1].column: "skills" is not known. Did you mean "skills_used"?']
    )


def test_unknown_purpose_is_told() -> None:
    assert told(change(tiny(), 'key = "invitations"', 'key = "invitation"')) == snapshot(
        ['43 purposes.invitation.key: "invitation" is not known. Did you mean "invitations"?']
    )


def test_wrong_address_is_told() -> None:
    assert told(
        change(tiny(), '"https://pomurje.example.org"', '"pomurje.example.org"')
    ) == snapshot(
        [
            '8 programme.url: "pomurje.example.org" does not fit. Write a full address, like "https://www.example.org".'
        ]
    )


def test_wrong_email_is_told() -> None:
    assert told(change(tiny(), '"privacy@stork.example.org"', '"privacy at stork"')) == snapshot(
        [
            '26 organisations.stork.privacy_contact: "privacy at stork" does not fit. Write an e-mail address, like "privacy@example.org".'
        ]
    )


def test_wrong_country_code_is_told() -> None:
    assert told(
        after(tiny(), "[[regions]]", 'country = "SI"', 'country = "Slovenija"')
    ) == snapshot(
        [
            '32 regions.pomurje.country: "Slovenija" does not fit. Write an ISO 3166-1 country code, like "SK".'
        ]
    )


def test_wrong_nuts_code_is_told() -> None:
    assert told(change(tiny(), '"SI031"', '"Pomurje"')) == snapshot(
        ['31 regions.pomurje.nuts: "Pomurje" does not fit. Write a NUTS code, like "SK042".']
    )


def test_wrong_esco_address_is_told() -> None:
    assert told(
        change(tiny(), 'key = "humour"', 'key = "humour"\nesco = "esco:humour"')
    ) == snapshot(
        [
            '66 skills.humour.esco: "esco:humour" does not fit. Write an ESCO concept URI, like "http://data.europa.eu/esco/skill/6f142deb-03a9-4cd7-94ce-e0f023ae2169".'
        ]
    )


def test_wrong_language_code_is_told() -> None:
    assert told(
        change(tiny(), 'languages = ["sl", "en"]', 'languages = ["sl", "english"]')
    ) == snapshot(
        [
            '4 languages[1]: "english" does not fit. Write a language code of two small letters, like "sk".',
            '4 languages[1]: the program has no words in "english". Choose from en, sk, sl, or add its catalog to messages/locale.',
        ]
    )


def test_several_at_once_is_told() -> None:
    assert told(
        change(
            change(tiny(), 'key = "humour"', 'key = "patience"'),
            "minutes = 1\n",
            "minuts = 1\n",
        )
    ) == snapshot(
        [
            '65 skills[1].key: "patience" is there twice. Give each its own.',
            "72 surveys.pulse.minutes: is missing. Add minutes = a whole number.",
            '75 surveys.pulse.minuts: unknown key "minuts". Did you mean "minutes"?',
        ]
    )

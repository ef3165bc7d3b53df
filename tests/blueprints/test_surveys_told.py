"""What is told about surveys: options, levels, limits, columns, conditions."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from inline_snapshot import snapshot

from tests.blueprints.editing import change, tiny, told


def test_empty_survey_is_told() -> None:
    assert told(tiny()[: tiny().index("[[surveys.questions]]")] + "questions = []\n") == snapshot(
        ["81 surveys.pulse.questions: is empty. Add at least one [[surveys.questions]]."]
    )


def test_nobody_asked_is_told() -> None:
    assert told(change(tiny(), 'personas = ["expat"]', "personas = []")) == snapshot(
        ['76 surveys.pulse.personas: is empty. Name who is asked, like ["expat"].']
    )


def test_persona_that_is_not_there_is_told() -> None:
    assert told(
        change(tiny(), 'personas = ["expat"]', 'personas = ["expat", "local"]')
    ) == snapshot(
        [
            '76 surveys.pulse.personas[1]: "local" is not one of the blueprint\'s personas. Known here: expat.'
        ]
    )


def test_question_for_a_persona_not_in_the_survey_is_told() -> None:
    assert told(
        change(tiny(), 'key = "brings"', 'key = "brings"\npersonas = ["local"]')
    ) == snapshot(
        [
            '89 surveys.pulse.questions[1].personas[0]: "local" is not one of the survey\'s personas. Known here: expat.',
            '94 surveys.pulse.questions[1].when.question: "visit" is never asked of local. Limit this question to the same personas, or ask the earlier one of all.',
        ]
    )


def test_unknown_list_is_told() -> None:
    assert told(change(tiny(), 'options = "skills"', 'options = "skill"')) == snapshot(
        ['91 surveys.pulse.questions[1].options: there is no list "skill". Did you mean "skills"?']
    )


def test_list_that_is_empty_is_told() -> None:
    assert told(change(tiny(), 'options = "skills"', 'options = "formats"')) == snapshot(
        [
            '91 surveys.pulse.questions[1].options: the list "formats" has 0 of the 2 options needed. Add [[formats]] with key and label, or write the options here.'
        ]
    )


def test_too_few_options_is_told() -> None:
    assert told(
        change(
            tiny(),
            'options = "skills"\nmaximum = 2',
            'options = [{ key = "cake", label = { sl = "Torto", en = "Cake" } }]',
        )
    ) == snapshot(
        [
            '90 surveys.pulse.questions[1].column: "skills_offered" needs the options of skills. Write options = "skills".',
            '91 surveys.pulse.questions[1].options: multi needs options. Give at least two: [{ key = …, label = … }, …], or name a list like "skills".',
        ]
    )


def test_no_options_is_told() -> None:
    assert told(change(tiny(), 'options = "skills"\n', "")) == snapshot(
        [
            '87 surveys.pulse.questions[1]: multi needs options. Give at least two: [{ key = …, label = … }, …], or name a list like "skills".'
        ]
    )


def test_option_twice_is_told() -> None:
    assert told(
        change(
            tiny(),
            'options = "skills"\nmaximum = 2',
            'options = [\n  { key = "cake", label = { sl = "Torto", en = "Cake" } },\n  { key = "cake", label = { sl = "Pito", en = "Pie" } },\n]',
        )
    ) == snapshot(
        [
            '90 surveys.pulse.questions[1].column: "skills_offered" needs the options of skills. Write options = "skills".',
            '93 surveys.pulse.questions[1].options[1].key: "cake" is there twice. Give each its own.',
        ]
    )


def test_too_many_options_is_told() -> None:
    assert told(
        change(
            tiny(),
            'column = "skills_offered"\noptions = "skills"',
            "options = ["
            + ", ".join(
                f'{{ key = "k{n}", label = {{ sl = "{n}", en = "{n}" }} }}' for n in range(101)
            )
            + "]",
        )
    ) == snapshot(
        ["90 surveys.pulse.questions[1].options: has 101 options. At most 100 can be shown."]
    )


def test_options_of_a_yes_no_is_told() -> None:
    assert told(
        change(tiny(), 'kind = "yes_no"', 'kind = "yes_no"\noptions = "skills"')
    ) == snapshot(
        [
            "84 surveys.pulse.questions[0].options: yes_no has no options. Remove them or change the kind."
        ]
    )


def test_rating_without_levels_is_told() -> None:
    assert told(
        change(
            tiny(),
            'kind = "multi"\ncolumn = "skills_offered"\noptions = "skills"\nmaximum = 2',
            'kind = "rating"\noptions = "skills"',
        )
    ) == snapshot(
        [
            "87 surveys.pulse.questions[1]: rating needs levels. Give at least two: [{ key = …, emoji = …, label = … }, …]."
        ]
    )


def test_rating_of_which_nothing_counts_is_told() -> None:
    assert told(
        change(
            tiny(),
            'kind = "multi"\ncolumn = "skills_offered"\noptions = "skills"\nmaximum = 2',
            'kind = "rating"\noptions = "skills"\nlevels = [\n  { key = "good", emoji = "+", label = { sl = "Dobro", en = "Good" } },\n  { key = "bad", emoji = "-", label = { sl = "Slabo", en = "Bad" } },\n]',
        )
    ) == snapshot(
        [
            "91 surveys.pulse.questions[1].levels: no level counts as chosen. Write counts = true at the levels that mean yes."
        ]
    )


def test_levels_without_rating_is_told() -> None:
    assert told(
        change(
            tiny(),
            "maximum = 2",
            'levels = [{ key = "a", emoji = "+", label = { sl = "A", en = "A" } }]',
        )
    ) == snapshot(
        [
            "92 surveys.pulse.questions[1].levels: multi has no levels. Remove them or change the kind to rating."
        ]
    )


def test_rank_without_maximum_is_told() -> None:
    assert told(
        change(
            tiny(),
            'kind = "multi"\ncolumn = "skills_offered"\noptions = "skills"\nmaximum = 2',
            'kind = "rank"\noptions = "skills"',
        )
    ) == snapshot(
        [
            "87 surveys.pulse.questions[1]: rank needs a maximum. Write how many to rank: maximum = 3."
        ]
    )


def test_maximum_over_the_options_is_told() -> None:
    assert told(change(tiny(), "maximum = 2", "maximum = 4")) == snapshot(
        ["92 surveys.pulse.questions[1].maximum: 4 is more than the 3 options. At most 3."]
    )


def test_maximum_of_nothing_is_told() -> None:
    assert told(change(tiny(), "maximum = 2", "maximum = 0")) == snapshot(
        ["92 surveys.pulse.questions[1].maximum: 0 lets nobody answer. At least 1."]
    )


def test_minimum_over_the_maximum_is_told() -> None:
    assert told(change(tiny(), "maximum = 2", "maximum = 2\nminimum = 3")) == snapshot(
        [
            "93 surveys.pulse.questions[1].minimum: 3 is more than the maximum, 2. Write at most 2, or raise the maximum."
        ]
    )


def test_maximum_where_there_is_none_is_told() -> None:
    assert told(change(tiny(), 'kind = "yes_no"', 'kind = "yes_no"\nmaximum = 2')) == snapshot(
        [
            "84 surveys.pulse.questions[0].maximum: yes_no has no maximum. Remove it; multi, rank, number have one."
        ]
    )


def test_length_of_a_choice_is_told() -> None:
    assert told(change(tiny(), 'kind = "yes_no"', 'kind = "yes_no"\nmax_length = 2')) == snapshot(
        [
            "84 surveys.pulse.questions[0].max_length: yes_no has no max_length. Remove it; only text has one."
        ]
    )


def test_text_longer_than_fits_is_told() -> None:
    assert told(
        change(
            change(tiny(), 'when = { question = "visit", any = ["yes"] }\n', ""),
            'kind = "yes_no"',
            'kind = "text"\nmax_length = 5000',
        )
    ) == snapshot(["84 surveys.pulse.questions[0].max_length: 5000 is too long. At most 3000 fit."])


def test_column_fed_twice_is_told() -> None:
    assert told(
        change(
            change(tiny(), 'any = ["yes"]', 'any = ["humour"]'),
            'kind = "yes_no"',
            'kind = "rank"\ncolumn = "skills_offered"\noptions = "skills"\nmaximum = 1',
        )
    ) == snapshot(
        [
            '93 surveys.pulse.questions[1].column: another question feeds "skills_offered" already. One question a column: remove one of the two.'
        ]
    )


def test_column_fed_by_the_wrong_kind_is_told() -> None:
    assert told(
        change(tiny(), 'kind = "yes_no"', 'kind = "yes_no"\ncolumn = "willingness"')
    ) == snapshot(
        [
            '84 surveys.pulse.questions[0].column: "willingness" cannot be fed by yes_no. Ask it as choice.'
        ]
    )


def test_column_fed_by_other_options_is_told() -> None:
    assert told(change(tiny(), 'column = "skills_offered"', 'column = "formats"')) == snapshot(
        [
            '90 surveys.pulse.questions[1].column: "formats" needs the options of formats. Write options = "formats".'
        ]
    )


def test_condition_on_a_later_question_is_told() -> None:
    assert told(
        change(
            tiny(),
            'kind = "yes_no"',
            'kind = "yes_no"\nwhen = { question = "brings", any = ["humour"] }',
        )
    ) == snapshot(
        [
            '84 surveys.pulse.questions[0].when.question: there is no earlier question "brings" in this survey. There is nothing to refer to.'
        ]
    )


def test_condition_on_a_misspelt_question_is_told() -> None:
    assert told(change(tiny(), 'question = "visit"', 'question = "visits"')) == snapshot(
        [
            '93 surveys.pulse.questions[1].when.question: there is no earlier question "visits" in this survey. Did you mean "visit"?'
        ]
    )


def test_condition_on_a_free_text_is_told() -> None:
    assert told(change(tiny(), 'kind = "yes_no"', 'kind = "text"\npersonal = true')) == snapshot(
        [
            '94 surveys.pulse.questions[1].when.question: "visit" is a text. Only choice, multi, rank, yes_no can decide.'
        ]
    )


def test_condition_on_an_unknown_answer_is_told() -> None:
    assert told(change(tiny(), 'any = ["yes"]', 'any = ["yess"]')) == snapshot(
        [
            '93 surveys.pulse.questions[1].when.any[0]: "yess" is no answer to "visit". Did you mean "yes"?'
        ]
    )


def test_condition_that_says_nothing_is_told() -> None:
    assert told(change(tiny(), 'any = ["yes"]', "any = []")) == snapshot(
        [
            '93 surveys.pulse.questions[1].when: has neither any nor none. Name answers: any = ["yes"].'
        ]
    )


def test_condition_against_itself_is_told() -> None:
    assert told(change(tiny(), 'any = ["yes"]', 'any = ["yes"], none = ["yes"]')) == snapshot(
        [
            '93 surveys.pulse.questions[1].when: "yes" is in any and in none. Remove it from one of them.'
        ]
    )

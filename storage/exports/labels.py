"""What keys are called in the reader's language, for the export that people read (XLSX)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from babel import Locale

from blueprints.facts import Fact
from blueprints.schema import Blueprint, SurveyQuestion
from storage.exports.columns import in_language, words

Label = Callable[[str], str]


class Labels:
    """Labels by column. A key that has none (any more) is shown as it is."""

    def __init__(self, blueprint: Blueprint, language: str) -> None:
        self._blueprint = blueprint
        self._language = language
        self._locale = Locale.parse(language)
        self._by_column: dict[str, Mapping[str, str]] = self._columns()

    def of(self, column: str) -> Mapping[str, str] | None:
        """key -> label of a column's values; None where values are no keys."""
        return self._by_column.get(column)

    def survey(self, key: str) -> str:
        survey = self._blueprint.survey(key)
        return survey.title[self._language] if survey else key

    def question(self, survey: str, key: str) -> str:
        question = self._question(survey, key)
        return question.text[self._language] if question else key

    def option(self, survey: str, question: str, key: str) -> str:
        """An answer's option, level, or yes and no."""
        found = self._question(survey, question)
        each = (found.option(key) or found.level(key)) if found else None
        if each is not None:
            return each.label[self._language]
        fixed = words()["values"]["answer"]
        return in_language(fixed[key], self._language) if key in fixed else key

    def _question(self, survey: str, key: str) -> SurveyQuestion | None:
        found = self._blueprint.survey(survey)
        return found.question(key) if found else None

    def _columns(self) -> dict[str, Mapping[str, str]]:
        blueprint, language = self._blueprint, self._language
        skills = {each.key: each.label[language] for each in blueprint.skills}
        labels: dict[str, Mapping[str, str]] = {
            "organisation": {each.key: each.name for each in blueprint.organisations},
            "persona": {each.key: each.label[language] for each in blueprint.personas},
            "home_region": {each.key: each.name[language] for each in blueprint.regions},
            "country": _named(self._locale.territories, str.isalpha),
            "language": _named(self._locale.languages),
            "spoken_languages": _named(self._locale.languages),
            **{key: self._of_fact(key) for key in ("field", "occupation", "wants")},
            "formats": {each.key: each.label[language] for each in blueprint.formats},
            "skills_used": skills,
            "skills_needed": skills,
            "skills_offered": skills,
            "consents": {each.key: each.label[language] for each in blueprint.purposes},
        }
        for column in ("willingness", "roles", "formats", *(k for k in labels if "skills" in k)):
            labels[column] = {**labels.get(column, {}), **self._options(column)}
        for fact in blueprint.facts:
            if not fact.built_in and (fact.options or fact.kind in ("languages", "yes_no")):
                labels[fact.key] = self._of_kind(fact)
        for column, values in words()["values"].items():
            labels[column] = {key: in_language(texts, language) for key, texts in values.items()}
        return labels

    def _of_fact(self, key: str) -> dict[str, str]:
        fact = self._blueprint.fact(key)
        options = fact.options if fact is not None else ()
        return {option.key: option.label[self._language] for option in options}

    def _of_kind(self, fact: Fact) -> Mapping[str, str]:
        if fact.kind == "languages":
            return _named(self._locale.languages)
        if fact.kind == "yes_no":
            said = words()["values"]["answer"]
            return {key: in_language(said[key], self._language) for key in ("yes", "no")}
        return self._of_fact(fact.key)

    def _options(self, column: str) -> dict[str, str]:
        found = self._blueprint.column(column)
        options = found[1].options if found else ()
        return {option.key: option.label[self._language] for option in options}


def _named(
    names: Mapping[str, str], wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, str]:
    return {key: name for key, name in names.items() if wanted(key)}


def labelled(values: Iterable[str], labels: Mapping[str, str]) -> str:
    """Several keys' labels in one cell."""
    return ";".join(labels.get(value, value) for value in values)

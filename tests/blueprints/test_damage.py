"""Whatever is done to a blueprint, the loader answers with a blueprint or names the place."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints.load import BlueprintError, default_path, load, loads
from blueprints.problems import Place
from blueprints.schema import Blueprint
from tests.blueprints.editing import tiny
from tests.blueprints.test_lines import places, written
from tests.examples import examples

# Left out without harm: the schema has a default, and no check needs it. ([]: any item.)
OPTIONAL = {
    ("regions", "[]", "nuts"),
    ("regions", "[]", "country"),
    ("regions", "[]", "organisation"),
    ("surveys", "[]", "questions", "[]", "needed"),
    ("surveys", "[]", "questions", "[]", "column"),
    ("surveys", "[]", "questions", "[]", "maximum"),
    ("surveys", "[]", "questions", "[]", "when"),
}


def general(place: Place) -> tuple[str, ...]:
    return tuple(part if isinstance(part, str) else "[]" for part in place)


def as_toml(data: dict[str, Any]) -> str:
    return "".join(f"{key} = {written(value, spread=False)}\n" for key, value in data.items())


def inside(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


DATA = tomllib.loads(tiny())
KEYS = [place for place in places(DATA) if isinstance(place[-1], str)]


def test_written_blueprint_is_the_same_as_the_file() -> None:
    assert loads(as_toml(DATA), "x") == loads(tiny(), "x")


@pytest.mark.parametrize("place", KEYS, ids=lambda place: ".".join(map(str, place)))
def test_removing_any_key_is_told_by_its_name(place: Place) -> None:
    data = copy.deepcopy(DATA)
    del inside(data, place[:-1])[place[-1]]
    if general(place) in OPTIONAL:
        loads(as_toml(data), "x")
        return
    with pytest.raises(BlueprintError) as caught:
        loads(as_toml(data), "x")
    name = str(place[-1])
    assert any(name in f"{each.key} {each.message}" for each in caught.value.problems)


@pytest.mark.parametrize("place", KEYS, ids=lambda place: ".".join(map(str, place)))
def test_renaming_any_key_is_told_at_its_line(place: Place) -> None:
    data = copy.deepcopy(DATA)
    table = inside(data, place[:-1])
    table[f"{place[-1]}x"] = table.pop(place[-1])
    with pytest.raises(BlueprintError) as caught:
        loads(as_toml(data), "x")
    told = [each for each in caught.value.problems if f"{place[-1]}x" in str(each)]
    assert told
    assert all(each.line for each in told)


def outcome(text: str) -> Blueprint | BlueprintError:
    try:
        return loads(text, "odd.toml")
    except BlueprintError as error:
        return error


odd = st.recursive(
    st.one_of(st.integers(-5, 5), st.booleans(), st.text(max_size=3), st.sampled_from(["skills"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["key", "label", "options", "question", "any", "en", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=4,
)
anywhere = st.sampled_from(sorted(places(DATA), key=str))


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(anywhere, odd), min_size=1, max_size=3))
def test_odd_values_anywhere_end_in_a_blueprint_or_its_problems(
    changes: list[tuple[Place, Any]],
) -> None:
    data = copy.deepcopy(DATA)
    for place, value in changes:
        try:
            inside(data, place)
            inside(data, place[:-1])[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    result = outcome(as_toml(data))
    if isinstance(result, BlueprintError):
        assert result.problems
        assert all(each.message and each.remedy for each in result.problems)


def test_every_missing_translation_of_the_real_blueprint_is_told() -> None:
    """Slovenian taken from every text: each told once, by key and language."""
    text = default_path().read_text("utf-8")
    data = tomllib.loads(text)
    texts = [place for place in places(data) if place[-1] == "sl"]
    assert len(texts) > 140
    for place in texts:
        del inside(data, place[:-1])["sl"]
    with pytest.raises(BlueprintError) as caught:
        loads(as_toml(data), "x")
    assert len(caught.value.problems) == len(texts)
    assert {each.message for each in caught.value.problems} == {"sl is missing"}
    assert load(default_path()).languages == ("en", "sk", "sl")

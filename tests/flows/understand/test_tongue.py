"""The name of a language, said to go on in it."""

from __future__ import annotations

import pytest

from flows.understand.tongue import wanted

ALL = ("en", "sk", "sl")


@pytest.mark.parametrize(
    ("text", "reader", "meant"),
    [
        ("English", "sk", ("en", False)),
        ("in English please", "sk", ("en", True)),
        ("po anglicky, prosím", "sk", ("en", True)),
        ("v angličtine prosím", "sk", ("en", True)),
        ("po angleško", "sl", ("en", True)),
        ("angleščina", "sl", ("en", False)),
        ("slovensky", "en", ("sk", False)),
        ("Slovenčina", "sl", ("sk", False)),
        ("po slovensky", "sl", ("sk", True)),
        ("slovaščina", "sl", ("sk", False)),
        ("can we speak Slovak?", "en", ("sk", True)),
        ("slovenščina", "en", ("sl", False)),
        ("Slovensko", "sl", ("sl", False)),
        ("po slovensko", "en", ("sl", True)),
        ("po slovinsky", "sk", ("sl", True)),
        ("switch to Slovenian", "en", ("sl", True)),
        ("Slovensko", "sk", None),
        ("na Slovensko", "sk", None),
        ("I teach English", "en", None),
        ("English and Slovak", "en", None),
        ("English teacher", "en", None),
        ("Jana", "en", None),
        ("", "en", None),
    ],
)
def test_a_language_is_wanted_or_only_spoken_of(
    text: str, reader: str, meant: tuple[str, bool] | None
) -> None:
    assert wanted(text, ALL, reader) == meant


def test_a_language_that_the_blueprint_has_not_is_none() -> None:
    assert wanted("English", ("sk", "sl"), "sk") is None

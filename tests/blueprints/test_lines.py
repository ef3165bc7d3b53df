"""Which line a key stands on, compared with what the standard parser reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blueprints.lines import line_index
from blueprints.load import default_path
from blueprints.problems import Place
from tests.blueprints.editing import TINY


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every key and item of parsed TOML."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for part, inner in items:
        yield (*place, part)
        yield from places(inner, (*place, part))


def test_line_index_has_every_place_of_both_blueprints() -> None:
    for path in (default_path(), TINY):
        text = path.read_text("utf-8")
        assert set(line_index(text)) == set(places(tomllib.loads(text)))


def test_line_index_tells_the_line_of_tables_keys_and_items() -> None:
    text = (
        "# comment with [brackets] = and 'quotes'\n"
        'a.b = "]"  # [x]\n'
        "\n"
        "[t]\n"
        'long = """\n'
        "one = 1\n"
        '[no] \\""" still\n'
        '"""""\n'
        "'quoted key' = '''\n"
        "it's''''\n"
        "list = [ # why\n"
        "  1,\n"
        "  { x = 1979-05-27T07:32:00Z, y.z = [[], [2]] },\n"
        "]\n"
        "[[t.many]]\n"
        "k = 1\n"
        "[[t.many]]\n"
        "[t.many.sub]\n"
        "k = true\n"
    )
    assert set(line_index(text)) == set(places(tomllib.loads(text)))
    assert line_index(text) == {
        ("a",): 2,
        ("a", "b"): 2,
        ("t",): 4,
        ("t", "long"): 5,
        ("t", "quoted key"): 9,
        ("t", "list"): 11,
        ("t", "list", 0): 12,
        ("t", "list", 1): 13,
        ("t", "list", 1, "x"): 13,
        ("t", "list", 1, "y"): 13,
        ("t", "list", 1, "y", "z"): 13,
        ("t", "list", 1, "y", "z", 0): 13,
        ("t", "list", 1, "y", "z", 1): 13,
        ("t", "list", 1, "y", "z", 1, 0): 13,
        ("t", "many"): 15,
        ("t", "many", 0): 15,
        ("t", "many", 0, "k"): 16,
        ("t", "many", 1): 17,
        ("t", "many", 1, "sub"): 18,
        ("t", "many", 1, "sub", "k"): 19,
    }


keys = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True), st.text(max_size=4))
scalars = st.one_of(
    st.integers(-9, 9), st.booleans(), st.text(st.characters(codec="utf-8"), max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


def written(value: Any, spread: bool) -> str:
    """A value as TOML; ``spread``: arrays over several lines, with comments."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        glue = ", # ] }\n " if spread else ", "
        return "[" + glue.join(written(item, spread) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{quoted(key)} = {written(item, spread)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    return str(value)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )


@given(st.dictionaries(keys, st.dictionaries(keys, values, max_size=3), max_size=4), st.booleans())
def test_line_index_follows_the_structure_of_any_toml(
    data: dict[str, dict[str, Any]], spread: bool
) -> None:
    text = ""
    for table, content in data.items():
        text += f"[{quoted(table)}]\n"
        text += "".join(f"{quoted(k)} = {written(v, spread)} # =\n" for k, v in content.items())
    parsed = tomllib.loads(text)
    assert parsed == data
    index = line_index(text)
    assert set(index) == set(places(parsed))
    lines = text.split("\n")
    for place, line in index.items():
        if isinstance(place[-1], str):
            assert quoted(place[-1]) in lines[line - 1]

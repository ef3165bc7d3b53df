"""The file of a broadcast: read whole, or refused with every problem and its line."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts.file import BYTES, Written, parse, read
from outreach.errors import BadFile
from storage.media import Medium
from tests.outreach.broadcasts.writing import blueprint

ROOT = Path(__file__).parents[3]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
GOOD = """\
---
key: news
organisation: cike
---
# en
Hello
"""


def parsed(content: str, folder: Path = ROOT) -> Written:
    return parse(content, "news.md", blueprint(), folder)


def problems(content: str, folder: Path = ROOT) -> list[str]:
    with pytest.raises(BadFile) as raised:
        parsed(content, folder)
    return list(raised.value.problems)


def front(lines: str) -> str:
    return f"---\nkey: news\n{lines}\n---\n# en\nHello\n\n# sk\nAhoj\n"


def test_the_documentation_shows_a_file_that_works(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "broadcasts.md").read_text(encoding="utf-8")
    found = re.search(r"```markdown\n(.*?)```", text, re.DOTALL)
    assert found is not None
    path = tmp_path / "news.md"
    path.write_text(found[1], encoding="utf-8")
    written = read(path, blueprint())
    assert (written.key, written.organisation) == ("newsletter-november", "cike")
    assert list(written.bodies) == ["en", "sk"]
    assert written.audience == "residence:international"
    assert written.question is not None
    assert [option["key"] for option in written.question["options"]] == ["yes", "maybe"]
    assert written.buttons[0]["label"] == {"en": "Read more", "sk": "Čítať ďalej"}
    assert written.expires_at == datetime(2026, 12, 10, 23, tzinfo=UTC)
    assert written.remarks == ()


def test_a_short_file_is_enough() -> None:
    assert parsed(GOOD) == Written("news", "", {"en": "Hello"}, organisation="cike")


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_of_every_system_are_read(ending: str) -> None:
    assert parsed(GOOD.replace("\n", ending)) == parsed(GOOD)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "news.md"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert read(path, blueprint()).key == "news"


def test_yaml_makes_nothing_of_words() -> None:
    """ "no", "on" and dates stay what staff wrote."""
    written = parsed(
        front(
            "title: 2026-11-01\nquestion:\n  options:\n"
            "    - {key: yes, label: Yes}\n    - {key: no, label: No}"
        )
    )
    assert written.title == "2026-11-01"
    assert written.question == {
        "text": {},
        "options": [
            {"key": "yes", "label": {"en": "Yes", "sk": "Yes"}},
            {"key": "no", "label": {"en": "No", "sk": "No"}},
        ],
    }


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("titel: x", ['line 3: there is no \'titel\'. Did you mean "title"?']),
        ("title: x\ntitle: y", ["line 4: title is there twice; take one away"]),
        ("organisation: cik", ['line 3: there is no organisation \'cik\'. Did you mean "cike"?']),
        ("expires: soon", ["line 3: expires 'soon' isn't a day; write 2026-12-01 or"
                           " 2026-12-01T10:00"]),
        ("buttons: x", ["line 3: buttons is a list; begin each line with a dash"]),
        ("buttons:\n  - {label: x}", ["line 4: buttons 1 has no url; a link needs label and url"]),
        ("buttons:\n  - {label: x, url: 'http://a.b'}",
         ["line 4: buttons 1 url: 'http://a.b' isn't a public address; write it in full,"
          " https://example.org/…"]),
        ("buttons:\n  - label: {en: x}\n    url: https://a.b",
         ["line 4: buttons 1 label is not there in 'sk'; add it"]),
        (f"buttons:\n  - {{label: {'x' * 41}, url: https://a.b}}",
         ["line 4: buttons 1 label: 41 characters; a button shows at most 40"]),
        ("buttons:\n" + "  - {label: x, url: https://a.b}\n" * 6, ["line 3: 6 buttons; at most 5"]),
        ("question: {text: x}", ["line 3: the question has no options; list at least two"]),
        ("question: {options: [{key: a, label: x}]}",
         ["line 3: 1 options; there must be 2 to 10"]),
        ("question: {options: [{key: a, label: x}, {key: a, label: y}]}",
         ["line 3: two options have the key 'a'; each needs its own"]),
        ("question: {options: [{key: A b, label: x}, {key: a, label: y}]}",
         ["line 3: question options 1 key 'A b': small letters a–z, digits, - and _, at most 24"]),
        ("picture: nothing.png",
         ["line 3: picture: 'nothing.png' cannot be read (No such file or directory); put it"
          " beside this file"]),
        ("title: [a", ["line 3: expected ',' or ']', but got '<stream end>'; write KEY: VALUE;"
                       " put a text with signs such as : ? , in quotes"]),
        ("title: &a x\norganisation: *a", ["line 4: too intricate; write it out plainly"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_front_matter_is_told(lines: str, told: list[str]) -> None:
    assert problems(front(lines)) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("# en\nx", "line 1: there is no front matter; begin with a line ---, then key: …,"
                    " then another line ---"),
        ("---\nkey: a\n# en\nx", "line 1: the front matter does not end; put a line --- below it"),
        ("---\ntitle: a\n---\n# en\nx", "line 2: there is no key; add a line key: …"),
        ("---\nkey: a\n---\nx\n# en\nx", "line 4: a text before the first heading; put it below"),
        ("---\nkey: a\n---\n\n", "line 4: there is no text; write some below # en, # sk, # sl"),
        ("---\nkey: a\n---\n# en\nx\n# de\ny", "line 6: '# de' isn't a language; texts begin with"
         " # en, # sk, # sl; a heading inside a text is written in **bold**"),
        ("---\nkey: a\n---\n# en\nx\n## News\ny", "line 6: '## News' isn't a language; texts begin"
         " with # en, # sk, # sl; a heading inside a text is written in **bold**"),
        ("---\nkey: a\n---\n# en\nx\n# en\ny", "line 6: # en is there twice;"
         " put the texts together"),
        ("---\nkey: a\n---\n# en\n\n\nx\n\n{{ x }}", "line 9: there is no {{ x }}. There are name,"
         " city, country, organisation, programme"),
        ("---\nkey: A\n---\n# en\nx", "line 2: key 'A': small letters a–z, digits and dashes,"
         " at most 64"),
    ],
)  # fmt: skip
def test_what_is_wrong_around_the_texts_is_told(content: str, told: str) -> None:
    assert told in problems(content)


def test_everything_is_told_at_once() -> None:
    content = "---\nkey: A\ntitel: x\nexpires: x\n---\n# en\n{{ x }}\n# sk\n{{ y }}\n"
    assert [problem.split(":")[0] for problem in problems(content)] == [
        "line 2", "line 3", "line 4", "line 7", "line 9",
    ]  # fmt: skip


def test_a_picture_or_file_comes_along(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "b.pdf").write_bytes(b"%PDF")
    picture = parsed(front("picture: a.png"), tmp_path).medium
    assert picture == Medium("a.png", "image/png", PNG)
    assert parsed(front("file: b.pdf"), tmp_path).medium == Medium(
        "b.pdf", "application/pdf", b"%PDF"
    )
    assert "isn't a JPEG" in problems(front("picture: b.pdf"), tmp_path)[0]
    assert "not both" in problems(front("picture: a.png\nfile: b.pdf"), tmp_path)[0]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "news.md"
    with pytest.raises(BadFile, match="cannot be read"):
        read(path, blueprint())
    path.write_bytes(GOOD.encode() + b"\n\xff")
    with pytest.raises(BadFile, match="line 8: not UTF-8"):
        read(path, blueprint())
    path.write_bytes(b"x" * (BYTES + 1))
    with pytest.raises(BadFile, match="longer than 64 kB"):
        read(path, blueprint())


_PIECES = st.sampled_from(
    [
        "---\n", "key: a\n", "title: ", "# en\n", "# sk\n", "## x\n", "buttons:\n", "  - ",
        "{label: x, url: https://a.b}", "question:\n", "options:", "[", "]", "{", "}", ":", "&a ",
        "*a", "!!python/object:os.system ", "'", '"', "|\n", "%", "\t", "\x00", "\u2028", "x",
    ]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_any_content_is_read_or_refused(content: str) -> None:
    found: list[str] = []
    try:
        assert parsed(content).bodies
    except BadFile as error:
        found += error.problems or ["nothing is wrong?"]
    assert all(re.match(r"line \d+: .", problem) for problem in found)

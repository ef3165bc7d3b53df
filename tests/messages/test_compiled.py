"""What was made from a file is kept beside it, and holds for exactly that file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import catalogs, compiled
from messages.words import Words

CATALOG = 'msgid ""\nmsgstr ""\n"Language: sl\\n"\n\nmsgid "Hello"\nmsgstr "Zdravo"\n'
TEMPLATE = "{% block hello %}{% trans %}Hello{% endtrans %}{% endblock %}"
MADE_OF = compiled.digest(b"menu")


@pytest.fixture(autouse=True)
def bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "menu.j2"
    file.write_text("menu")
    yield file
    forget()


def forget() -> None:
    """Be another process."""
    compiled._here.clear()


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.pyc*"))


def test_what_was_made_is_there_for_the_next_process(source: Path) -> None:
    compiled.store(source, MADE_OF, {"a": ("b", None)})
    forget()
    assert compiled.load(source, MADE_OF) == {"a": ("b", None)}
    assert [file.parent.name for file in kept(source.parent)] == ["__pycache__"]


def test_what_was_made_of_something_else_is_made_again(source: Path) -> None:
    compiled.store(source, MADE_OF, "old")
    forget()
    assert compiled.load(source, compiled.digest(b"menu 2")) is None
    assert compiled.kept(source, compiled.digest(b"menu 2"), lambda: "new") == "new"
    forget()
    assert compiled.load(source, compiled.digest(b"menu 2")) == "new"


def test_half_a_file_is_no_file(source: Path) -> None:
    compiled.store(source, MADE_OF, "whole" * 10)
    forget()
    (file,) = kept(source.parent)
    file.write_bytes(file.read_bytes()[:-1])
    assert compiled.kept(source, MADE_OF, lambda: "again") == "again"


def test_nobody_may_write_it_who_may_not_write_the_source(source: Path) -> None:
    source.chmod(0o640)
    before = os.umask(0)
    try:
        compiled.store(source, MADE_OF, "code")
    finally:
        os.umask(before)
    (file,) = kept(source.parent)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_where_nothing_can_be_written_it_is_made_by_each_process(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(source))  # a file is no folder
    assert compiled.kept(source, MADE_OF, lambda: "made") == "made"
    forget()
    assert compiled.load(source, MADE_OF) is None


def test_python_may_be_told_to_keep_no_bytecode(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    compiled.store(source, MADE_OF, "code")
    assert kept(source.parent) == []


def test_changed_template_and_catalog_are_said_as_they_are_now(tmp_path: Path) -> None:
    template, catalog = tmp_path / "templates" / "x.j2", catalogs.path(tmp_path, "sl")
    for file, text in ((template, TEMPLATE), (catalog, CATALOG)):
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    assert Words(("sl",), tmp_path).text("x.hello", "sl") == "Zdravo"
    assert len(kept(tmp_path)) == 2
    forget()
    assert Words(("sl",), tmp_path).text("x.hello", "sl") == "Zdravo"
    forget()
    catalog.write_text(CATALOG.replace("Zdravo", "Živjo"), encoding="utf-8")
    assert Words(("sl",), tmp_path).text("x.hello", "sl") == "Živjo"
    template.write_text(TEMPLATE.replace("Hello", "Bye"), encoding="utf-8")
    assert Words(("sl",), tmp_path).text("x.hello", "sl") == "Bye"

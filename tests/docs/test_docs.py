"""The documentation tells the truth: what it names is there, and what is there is named."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.settings import Settings
from storage.tables import Table

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:bot|flows|messages|storage|blueprints|tests|docs|bench)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = [page.parent / target for target in LINK.findall(text) if target]
    named = [ROOT / path.split(":")[0] for path in PATH.findall(text)]
    missing = [
        str(path) for path in (*linked, *named) if "*" not in str(path) and not path.exists()
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme_and_the_example(name: str) -> None:
    for file in ("README.md", ".env.example"):
        assert re.search(rf"\b{name.upper()}\b", (ROOT / file).read_text(encoding="utf-8")), file


@pytest.mark.parametrize("target", ["run", "demo", "test", "check", "format"])
def test_make_targets_of_the_readme_exist(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert f"make {target}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_table_is_explained_to_data_protection_officers() -> None:
    text = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
    assert [name for name in Table.metadata.tables if f"`{name}`" not in text] == []


def test_every_package_of_the_house_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in ROOT.glob("*/__init__.py")]
    assert [name for name in packages if f"`{name}/`" not in text] == []


def test_nothing_that_is_kept_names_a_registry_or_a_place_on_one_machine() -> None:
    """Users install from whatever index they have."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    words = ("pypi" + ".org", "files.python" + "hosted", "registry." + "npmjs", "/" + "work/")
    found = [
        (name, word)
        for name in listed
        if (path := ROOT / name).is_file() and path.suffix not in (".gz", ".png", ".pem")
        for word in words
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []


def test_every_data_file_is_in_the_wheel() -> None:
    """What the packages read while they run goes with them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packages = [name.rstrip("*") for name in told["setuptools"]["packages"]["find"]["include"]]
    patterns = told["setuptools"]["package-data"]["*"]
    listed = subprocess.run(
        ["git", "ls-files", *packages], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    data = [Path(name) for name in listed if not name.endswith((".py", ".md", "alembic.ini"))]
    assert data
    assert [path for path in data if not any(map(path.match, patterns))] == []

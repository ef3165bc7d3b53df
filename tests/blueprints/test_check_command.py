"""``domov blueprint check``: what it prints and how it ends."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from pathlib import Path

from inline_snapshot import snapshot
from typer.testing import CliRunner

from blueprints.load import default_path
from bot.cli.blueprint import app
from tests.blueprints.editing import TINY, change, tiny


def test_check_of_a_good_blueprint_says_what_is_in_it() -> None:
    result = CliRunner().invoke(app, ["check", str(default_path())])
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.replace(str(default_path()), "PATH") == snapshot("""\
OK: PATH
  Expats for home – a pilot of x-Inno Radar, notice 2026-2
  Languages: en, sk, sl
  Organisations: CIKE (cike), BSC Kranj (bsc_kranj)
  Regions: kosice, gorenjska, other
  Lists: 31 skills, 11 formats, 15 fields of work
  Survey willingness, round 2026-1: 6 questions for expat
  Survey formats, round 2026-1: 3 questions for expat, local
  Survey skills, round 2026-1: 4 questions for expat, local
  Survey event_feedback, round event: 4 questions for expat, local
  Target of cike: 10 in the country, 10 abroad
  Target of bsc_kranj: 10 in the country, 10 abroad
  Remark: organisations.cike.privacy_contact: privacy.cike@example.org is a placeholder. Replace it before real people are asked.
  Remark: organisations.bsc_kranj.privacy_contact: privacy.bsc-kranj@example.org is a placeholder. Replace it before real people are asked.
""")


def test_check_of_a_tiny_blueprint_says_what_is_in_it() -> None:
    result = CliRunner().invoke(app, ["check", str(TINY)])
    assert result.exit_code == 0
    assert result.stdout.replace(str(TINY), "PATH") == snapshot("""\
OK: PATH
  Pomurje kliče, notice 1
  Languages: sl, en
  Organisations: Štorklja (stork)
  Regions: pomurje
  Lists: 3 skills, 0 formats, 2 fields of work
  Survey pulse, round spring: 2 questions for expat
  Remark: organisations.stork.privacy_contact: privacy@stork.example.org is a placeholder. Replace it before real people are asked.
  Remark: organisations.stork.website: https://stork.example.org is a placeholder. Replace it before real people are asked.
""")


def test_check_of_a_bad_blueprint_names_all_problems(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(change(change(tiny(), "minutes = 1", "minutes = 0"), '"SI031"', '"X"'))
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.replace(str(path), "PATH") == snapshot("""\
The blueprint PATH has 2 problems:
  bad.toml:31: regions.pomurje.nuts: "X" does not fit. Write a NUTS code, like "SK042".
  bad.toml:75: surveys.pulse.minutes: 0 is too small. At least 1.
""")


def test_check_without_a_file_is_wrong_usage() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr

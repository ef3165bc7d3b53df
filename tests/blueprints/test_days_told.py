"""What is told of days that do not fit together, and of an end that the notice does not name."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from datetime import date

import pytest
from inline_snapshot import snapshot

from blueprints.load import loads
from tests.blueprints.editing import change, tiny, told


def timings(*lines: str) -> str:
    return tiny() + "[timings]\n" + "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("proof_days = 2000",), snapshot(["96 timings.proof_days: proof_days (2000) is more than erasure_days (1095). Make it shorter: the proof stands in the mark."])),
        (("erasure_days = 30",), snapshot(["96 timings.erasure_days: proof_days (1095) is more than erasure_days (30). Make it shorter: the proof stands in the mark."])),
        (("unfinished_days = 7",), snapshot(["96 timings.unfinished_days: unfinished_notice_days (14) is more than unfinished_days (7). Make it shorter: it is told before."])),
        (("delivery_days = 7",), snapshot(["96 timings.delivery_days: unfinished_notice_days (14) is more than delivery_days (7). Make it shorter: that it was told is known as long."])),
        (("staff_log_days = 36500",), snapshot(["96 timings.staff_log_days: 36500 days are more than ten years. Write at most 3653: what is kept for ever needs another reason."])),
    ],
)  # fmt: skip
def test_days_that_do_not_fit_together_are_told(lines: tuple[str, ...], words: list[str]) -> None:
    assert told(timings(*lines)) == words


def ending(text: str, *retention: str) -> str:
    """The small blueprint with a last day, and what its notice says of it."""
    sl, en = retention or ("Do 31. 12. 2028.", "Until 31 December 2028.")
    changed = change(tiny(), 'sl = "Eno leto.", en = "For a year."', f'sl = "{sl}", en = "{en}"')
    return change(changed, "minimum_age = 18\n", f"minimum_age = 18\nends_on = {text}\n")


@pytest.mark.parametrize("text", ["2028-12-31", '"2028-12-31"'])
def test_a_last_day_is_a_date_of_toml_or_the_same_in_quotes(text: str) -> None:
    assert loads(ending(text), "x.toml").programme.ends_on == date(2028, 12, 31)


@pytest.mark.parametrize("text", ['"the end of 2028"', "2028", "2028-12-31T10:00:00Z", "true"])
def test_what_is_no_day_is_told(text: str) -> None:
    (words,) = [each for each in told(ending(text)) if "ends_on:" in each]
    assert words.startswith("11 programme.ends_on: ")
    assert "2028-12-31" in words


def test_a_notice_that_does_not_name_the_year_of_the_end_is_told() -> None:
    assert told(ending("2028-12-31", "Do konca.", "Until 31 December 2028.")) == snapshot(
        ["16 programme.retention.sl: does not name 2028, the year of ends_on. Say on which day everything is erased, or change ends_on."]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ('["1d", "6d", "9d"]', "names 3 times"),
        ('["6d", "1d"]', "does not go forward in time"),
        ('["1d", "1d"]', "does not go forward in time"),
        ('["5m", "1d"]', "is too soon or too late"),
        ('["1d", "31d"]', "is too soon or too late"),
        ('["soon"]', "a length of time"),
    ],
)
def test_when_something_is_brought_back_is_looked_at(spans: str, words: str) -> None:
    (line,) = told(tiny() + f"[outreach]\nbring_back = {spans}\n")
    assert "outreach.bring_back" in line
    assert words in line


@pytest.mark.parametrize("spans", ["[]", '["2h"]', '["1d", "30d"]'])
def test_none_or_two_in_a_month_are_fine(spans: str) -> None:
    loads(tiny() + f"[outreach]\nbring_back = {spans}\n", "x.toml")

"""How fast may be sent, by what the settings say."""

from __future__ import annotations

import pytest

from bot import open_files
from bot.sending.in_flight import MOST
from bot.sending.limits import FILES, OTHERS, Limits, limits_of, most_at_once


@pytest.mark.parametrize(("rate", "paid"), [(1, False), (30, False), (31, True), (1000, True)])
def test_more_than_thirty_a_second_are_paid_for(rate: int, paid: bool) -> None:
    assert limits_of(rate, 5, 7) == {
        "telegram": Limits(rate, 1.0, paid, 7),
        "slack": Limits(5, 1.0, paid=False, most=7),
    }


def test_a_server_of_one_s_own_has_no_rate() -> None:
    assert limits_of(0, 5)["telegram"] == Limits(None, 1.0, paid=False, most=MOST)
    assert limits_of(0, 5)["slack"].most == MOST


@pytest.mark.parametrize(
    ("allowed", "most"),
    [(10**6, MOST), (MOST + OTHERS + FILES, MOST), (OTHERS + FILES + 7, 7), (256, 1)],
)
def test_no_more_are_on_their_way_than_files_may_be_open(
    allowed: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()

    def allow(wanted: int) -> int:
        asked.append(wanted)
        return allowed

    monkeypatch.setattr(open_files, "allow", allow)
    assert most_at_once() == most
    assert asked == [MOST + 512]

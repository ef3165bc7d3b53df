"""Event files: what they may say, and how what is wrong is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import BadFile
from outreach.events import fields
from outreach.events.file import load, loads, raw_of, with_settings
from outreach.events.model import Details, details_of
from storage.database import Database
from storage.media import Medium
from tests.outreach.inviting import STARTS, event, expats

PEOPLE: dict[str | int, int] = {12: 12, "jana@example.org": 7}

WHOLE = """
key = "brunch-nov"
organisation = "cike"
format = "meetup"
title.en = "Brunch with those who left"
title.sk = "Brunč s tými, čo odišli"
description.en = \"\"\"
Coffee and cake.

And a talk.
\"\"\"
place = "Tabačka Kulturfabrik, Košice"
link = "https://example.org/brunch"
starts = 2026-11-28T10:00:00
ends = "2h"
capacity = 40
guests = 1
rsvp_until = 2026-11-25
audience = "formats:meetup"
host = "jana@example.org"
speaker = 12
picture = "brunch.png"
"""
LEAST = 'key = "a"\norganisation = "cike"\ntitle.sk = "A"\nplace = "B"\n'
TIMES = "starts = 2026-11-28T10:00:00\nends = 2026-11-28T12:00:00\n"
PNG = b"\x89PNG\r\n\x1a\n..."


def read(text: str, folder: Path = Path()) -> Details:
    return loads(text, "event.toml", expats(), PEOPLE.get, folder)


def problems(text: str, folder: Path = Path()) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(text, folder)
    return list(caught.value.problems)


def test_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "brunch.png").write_bytes(PNG)
    assert read(WHOLE, tmp_path) == Details(
        key="brunch-nov",
        organisation="cike",
        format="meetup",
        title={"en": "Brunch with those who left", "sk": "Brunč s tými, čo odišli"},
        description={"en": "Coffee and cake.\n\nAnd a talk."},
        place={"": "Tabačka Kulturfabrik, Košice"},
        link="https://example.org/brunch",
        starts_at=datetime(2026, 11, 28, 9, tzinfo=UTC),
        ends_at=datetime(2026, 11, 28, 11, tzinfo=UTC),
        timezone="Europe/Bratislava",
        capacity=40,
        guests=1,
        rsvp_until=datetime(2026, 11, 25, 23, tzinfo=UTC),  # that day's end in Košice
        audience="formats:meetup",
        host_id=7,
        speaker_id=12,
        picture=Medium("brunch.png", "image/png", PNG),
    )


def test_least_file_is_enough() -> None:
    details = read(LEAST + TIMES)
    assert (details.guests, details.capacity, details.audience) == (0, None, "")


def test_times_are_the_places_own_unless_they_say_otherwise() -> None:
    zone = 'timezone = "America/New_York"\n'
    assert read(LEAST + TIMES + zone).starts_at == datetime(2026, 11, 28, 15, tzinfo=UTC)
    said = TIMES.replace("T10:00:00", "T10:00:00+01:00")
    assert read(LEAST + said + zone).starts_at == datetime(2026, 11, 28, 9, tzinfo=UTC)
    typed = 'starts = "2026-11-28 10:00"\nends = "90 min"\n'
    details = read(LEAST + typed)
    assert details.starts_at == datetime(2026, 11, 28, 9, tzinfo=UTC)
    assert details.ends_at - details.starts_at == timedelta(minutes=90)


def test_deadline_on_the_day_of_the_event_is_its_start() -> None:
    details = read(LEAST + TIMES + "rsvp_until = 2026-11-28\n")
    assert details.rsvp_until == details.starts_at


def test_everything_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "brunch.png").write_bytes(b"no picture")
    text = (
        WHOLE.replace('"brunch-nov"', '"Brunch Nov"')
        .replace('"cike"', '"cikee"')
        .replace('format = "meetup"', 'format = "metup"')
        .replace("title.sk", "title.cz")
        .replace("https://example.org/brunch", "example.org")
        .replace('ends = "2h"', "ends = 2026-11-28T09:00:00")
        .replace("capacity = 40", "capacity = 0")
        .replace("guests = 1", 'guests = "one"')
        .replace("rsvp_until = 2026-11-25", "rsvp_until = 2026-12-25")
        .replace("jana@example.org", "nobody@example.org")
        .replace("speaker = 12", "speaker = 13")
        .replace("audience", "audiance")
    )
    assert problems(text, tmp_path) == [
        "line 2: key: 'Brunch Nov' isn't a key; write 1 to 32 of a–z, 0–9, - and _, like"
        " brunch-nov",
        "line 3: organisation: there is no 'cikee'. Did you mean \"cike\"?",
        "line 4: format: there is no 'metup'. Did you mean \"meetup\"?",
        "line 6: title.cz: no language here. Known here: en, sk, sl.",
        "line 13: link: isn't an address; write it in full, like https://example.org/x",
        "line 15: ends: is not after starts",
        "line 16: capacity: must be a whole number from 1 to 1000000",
        "line 17: guests: must be a whole number from 0 to 9",
        "line 18: rsvp_until: is after starts",
        'line 19: audiance: there is no such key. Did you mean "audience"?',
        "line 20: host: there is not exactly one person with the address 'nobody@example.org';"
        " look with domov people list",
        "line 21: speaker: there is nobody with the number 13; look with domov people list",
        "line 22: picture: brunch.png isn't a JPEG, PNG, GIF or WebP",
    ]


def test_what_is_missing_is_told() -> None:
    assert problems("guests = 1") == [
        "organisation is missing",
        "starts is missing; write starts = 2026-11-28T10:00:00",
        "key is missing",
        'title is missing; write title.en = "…" (and the other languages)',
        "ends is missing; write ends = 2026-11-28T10:00:00",
        "place and link are missing; write where it is, or a link, or both",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('starts = "next Friday"', "'next Friday' isn't a day and time; write 2026-11-28T10:00"),
        ("starts = 2026-11-28", "isn't a day and time; write starts = 2026-11-28T10:00:00"),
        ("starts = 10", "isn't a day and time; write starts = 2026-11-28T10:00:00"),
        ('ends = "900d"', "is more than 31 days after starts; is the year right?"),
        ('timezone = "Europe/Kosice"', "'Europe/Kosice' isn't a time zone. Did you mean"),
        ('timezone = "../../etc/passwd"', "isn't a time zone"),
        ('title = ["a"]', 'must be texts by language, like title.en = "…"'),
        ("title.en = 5", "must be a text in quotes"),
        ('place = "' + "x" * 201 + '"', "has 201 characters; shorten it to 200"),
        ("guests = true", "must be a whole number from 0 to 9"),
        ("capacity = 1.5", "must be a whole number from 1 to 1000000"),
        ("host = true", "must be a person's number or e-mail address"),
        ('picture = "no/such.png"', "no/such.png cannot be read: No such file or directory"),
        ("link = 5", "must be a text in quotes"),
        ("audience = 5", 'must be a text in quotes, like "formats:meetup"'),
        ("media_id = 5", "there is no such key"),
    ],
)
def test_wrong_value_is_told(line: str, told: str) -> None:
    name = line.replace(".", " ").partition(" ")[0]
    rest = [each for each in (LEAST + TIMES).splitlines() if not each.startswith(name)]
    (problem,) = problems("\n".join([*rest, line]))
    assert told in problem
    assert problem.startswith(f"line {len(rest) + 1}: ")


def test_a_picture_is_as_large_as_the_platforms_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    text = LEAST + TIMES + 'picture = "a.png"\n'
    monkeypatch.setattr(fields, "PICTURE_BYTES", len(PNG))
    assert read(text, tmp_path).picture == Medium("a.png", "image/png", PNG)
    monkeypatch.setattr(fields, "PICTURE_BYTES", len(PNG) - 1)
    told = "line 7: picture: a.png is larger than 10 MB; make it smaller"
    assert problems(text, tmp_path) == [told]


def with_(**changes: str) -> str:
    """The least file with these lines, two underscores for a dot."""
    lines = {
        "key": '"a"', "organisation": '"cike"', "title__sk": '"A"', "place": '"B"',
        "starts": "2026-11-28T10:00:00", "ends": '"2h"', **changes,
    }  # fmt: skip
    return "".join(f"{name.replace('__', '.')} = {value}\n" for name, value in lines.items())


LINK = "https://example.org/"


@pytest.mark.parametrize(
    ("name", "right", "wrong", "told"),
    [
        ("title__sk", '"' + "x" * 100 + '"', '"' + "x" * 101 + '"', "shorten it to 100"),
        ("title__sk", f'"  {"x" * 100}  "', f'"{"x" * 102}"', "has 102 characters"),
        ("description__en", f'"{"x" * 1_500}"', f'"{"x" * 1_501}"', "shorten it to 1500"),
        ("place", f'"{"x" * 200}"', f'"{"x" * 201}"', "shorten it to 200"),
        ("link", f'"{LINK}{"x" * 480}"', f'"{LINK}{"x" * 481}"', "isn't an address"),
        ("key", f'"{"k" * 32}"', f'"{"k" * 33}"', "isn't a key; write 1 to 32"),
        ("key", '"0_a-1"', '"_a"', "isn't a key"),
        ("capacity", "1", "0", "from 1 to 1000000"),
        ("capacity", "1_000_000", "1_000_001", "from 1 to 1000000"),
        ("guests", "9", "10", "from 0 to 9"),
        ("guests", "0", "-1", "from 0 to 9"),
        ("ends", '"31d"', '"745h"', "is more than 31 days after starts"),
        ("ends", '"1 min"', '"0m"', "isn't a day and time"),
        ("ends", '"9999m"', '"10000m"', "isn't a day and time"),
        ("ends", "2026-11-28T10:00:01", "2026-11-28T10:00:00", "is not after starts"),
        ("rsvp_until", "2026-11-28T10:00:00", "2026-11-28T10:00:01", "is after starts"),
        ("rsvp_until", "2026-11-28", "2026-11-29", "is after starts"),
        ("host", "12", '""', "must be a person's number"),
        ("audience", '" a "', "1", "must be a text in quotes"),
        ("timezone", '"UTC"', f'"{"x" * 40}"', "Write its IANA name"),
        ("format", '"meetup"', '"meet"', "there is no 'meet'"),
    ],
)
def test_a_value_is_taken_up_to_its_limit(name: str, right: str, wrong: str, told: str) -> None:
    read(with_(**{name: right}))
    (problem,) = problems(with_(**{name: wrong}))
    assert told in problem
    assert f": {name.replace('__', '.')}: " in problem


def test_texts_without_a_language_are_in_the_organisation_s_own() -> None:
    title = with_(title__sk='""', description='" C "').replace("title.sk", "title")
    (missing,) = problems(title)
    assert missing == 'title is missing; write title.en = "…" (and the other languages)'
    details = read(title.replace('title = ""', 'title = " T "'))
    assert (details.title, details.description) == ({"sk": "T"}, {"sk": "C"})
    kranj = title.replace('title = ""', 'title = "T"').replace('"cike"', '"bsc_kranj"')
    assert read(kranj).title == {"sl": "T"}
    several = read(with_(title__en='" "', title__sl='"Č"', place__en='"Here"').replace(
        'place = "B"\n', ""))  # fmt: skip
    assert (several.title, several.place) == ({"sk": "A", "sl": "Č"}, {"en": "Here"})


@pytest.mark.parametrize(
    ("lines", "place", "link"),
    [
        ({"place": '"B"'}, {"": "B"}, None),
        ({"place": '""', "link": f'"{LINK}"'}, {}, LINK),
        ({"place": '"B"', "link": f'"{LINK}"'}, {"": "B"}, LINK),
    ],
)
def test_an_event_has_a_place_or_a_link(
    lines: dict[str, str], place: dict[str, str], link: str | None
) -> None:
    details = read(with_(**lines))
    assert (details.place, details.link) == (place, link)
    told = "place and link are missing; write where it is, or a link, or both"
    assert problems(with_(place='""')) == [told]
    # What is wrong with one of them says enough.
    for wrong in ({"place": "5"}, {"place": '""', "link": "5"}):
        assert told not in problems(with_(**wrong))


def test_time_that_a_clock_change_skips_is_told() -> None:
    text = LEAST + 'starts = 2026-03-29T02:30:00\nends = "2h"\n'
    told = "line 5: starts: 02:30 does not exist that night in Europe/Bratislava"
    assert problems(text) == [told]


def test_time_that_comes_twice_is_the_first() -> None:
    text = LEAST + "starts = 2026-10-25T02:30:00\nends = 2026-10-25T05:00:00\n"
    assert read(text).starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["key = ", "[[[", 'a = "', "=", "\x00"])
def test_broken_file_is_told(text: str) -> None:
    (problem,) = problems(text)
    assert "line 1" in problem
    assert "not valid TOML" in problem


@pytest.mark.parametrize(
    ("line", "told", "right"),
    [
        ("starts = 2026-11-30T10:00", "2026-11-30T10:00", "2026-11-30T10:00:00"),
        ("ends = 2026-11-30 10:00 # noon", "2026-11-30 10:00", "2026-11-30 10:00:00"),
        ("rsvp_until=30.11.2026", "30.11.2026", "2026-11-28T10:00:00"),
        ("starts = 30/11/2026 10:00", "30/11/2026 10:00", "2026-11-28T10:00:00"),
    ],
)
def test_time_as_it_is_written_by_hand_is_told_with_what_is_right(
    line: str, told: str, right: str
) -> None:
    name = line.partition("=")[0].strip()
    expected = f"line 5: {name}: {told} isn't a day and time in TOML; write {name} = {right}"
    assert problems(LEAST + line) == [expected]
    assert problems(LEAST + line + '\nends = "2h"\n') == [expected]


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="No such file"):
        load(tmp_path / "none.toml", expats(), PEOPLE.get)
    (tmp_path / "odd.toml").write_bytes(b"key = 'a'\n\xff")
    with pytest.raises(BadFile, match="line 2: is not UTF-8"):
        load(tmp_path / "odd.toml", expats(), PEOPLE.get)


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "event.toml"
    path.write_text(LEAST + TIMES, encoding="utf-8-sig")
    assert load(path, expats(), PEOPLE.get).key == "a"


class Setting:
    """``domov event change --set``."""

    def __init__(self, database: Database, **values: Any) -> None:
        with database.transaction() as tx:
            self.event = event(tx, rsvp_until=STARTS - timedelta(days=2), **values)

    def set(self, *settings: str) -> Details:
        return with_settings(self.event, list(settings), expats(), PEOPLE.get, Path())


def test_event_says_its_own_file_again(database: Database) -> None:
    setting = Setting(database, capacity=5, description={"sl": "Č"}, link="https://example.org/a")
    assert setting.set() == details_of(setting.event)
    assert raw_of(setting.event)["place"] == {"en": "Tabačka"}


def test_setting_one_thing_changes_nothing_else(database: Database) -> None:
    setting = Setting(database, capacity=5)
    before = details_of(setting.event).columns()
    assert setting.set("capacity=50").columns() == {**before, "capacity": 50}
    assert setting.set("capacity=").columns() == {**before, "capacity": None}
    assert setting.set("place.sk=Inde").place == {"en": "Tabačka", "sk": "Inde"}
    assert setting.set("place.en=", "place.sl=Drugje").place == {"sl": "Drugje"}
    assert setting.set("place=Tu").place == {"": "Tu"}


def test_moved_start_takes_end_and_deadline_along(database: Database) -> None:
    setting = Setting(database)
    details = setting.set("starts_at=2026-12-01T18:00")
    assert details.starts_at == STARTS + timedelta(days=1)
    assert details.ends_at == STARTS + timedelta(days=1, hours=2)
    assert details.rsvp_until == STARTS - timedelta(days=1)
    details = setting.set("starts=2026-12-01T18:00", "ends=1h", "rsvp_until=")
    assert details.ends_at == STARTS + timedelta(days=1, hours=1)
    assert details.rsvp_until is None


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("capacity", "'capacity' isn't a setting; write name=value"),
        ("=5", "'=5' isn't a setting"),
        ("colour=red", "colour: there is no such key"),
        ("title.en=", "title is missing"),
        ("starts=tomorrow", "'tomorrow' isn't a day and time"),
    ],
)
def test_wrong_setting_is_told(database: Database, setting: str, told: str) -> None:
    made = Setting(database, title={"en": "A"})
    with pytest.raises(BadFile) as caught:
        made.set(setting)
    assert told in str(caught.value)

"""Six years on a virtual clock, from the first people to long after the end: nothing about anybody
is left where its days have passed, whichever table it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from bot import housekeeping
from messages.words import Words
from outreach import ending, erasing, staff
from outreach.broadcasts import life as broadcasts
from outreach.broadcasts.file import Written
from outreach.events import life as events
from outreach.events.model import Details
from outreach.staff import console_actor
from storage import ending as people
from storage import layout
from storage.database import Database
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach import sending
from tests.outreach.inviting import expats
from tests.outreach.years import WEEK, Years
from tests.storage.full_people import all_text, fill

BEGINS = datetime(2026, 12, 1, 9, tzinfo=UTC)
LAST_DAY = date(2028, 12, 31)
HOME = ZoneInfo("Europe/Bratislava")
END = datetime(2028, 12, 31, tzinfo=HOME)
AFTER = datetime(2032, 12, 1, 9, tzinfo=UTC)
QUARTER, HALF = timedelta(days=91), timedelta(days=182)
DAYS = expats().timings
STEP = 5_000  # between the numbers of those who fill every table: others come in between

# What is kept of people for days of its own: the moment that counts, and the days. (Looked at once
# a week here, every ten minutes by the program.)
LIMITS = {
    "received": ("at", DAYS.event_ids_days),
    "quarantine": ("at", DAYS.quarantine_days),
    "inbox": ("at", DAYS.unanswered_days),
    "delivery": ("created_at", DAYS.delivery_days),
    "link_code": ("expires_at", 1),
    "staff_code": ("expires_at", 1),
    "staff_log": ("at", DAYS.staff_log_days),
    "erasure": ("erased_at", DAYS.erasure_days),
}
STUBS = {
    "status = 'new' AND id NOT IN (SELECT i.person_id FROM identity i JOIN staff_login l"
    " ON l.member_id = i.user_id)": DAYS.abandoned_days,
    "status = 'joining'": DAYS.unfinished_days + DAYS.unfinished_notice_days + 7,
    "status = 'joining' AND id NOT IN (SELECT person_id FROM identity)": DAYS.unfinished_days,
}
UNTIL_THE_END = {  # with the person, at the latest at the end
    "person", "identity", "consent", "consent_log", "conversation", "answer", "trait",
    "provenance", "rsvp", "inbox_reply", "joining", "link_try", "asked",
    "mentoring_request", "mentor_offer", "mentoring_block",
}  # fmt: skip
WITH_THE_LOG = {"staff", "staff_login", "staff_role"}
OF_NOBODY = {  # staff's own work, counts, and what says nothing of a person
    "event", "audience", "broadcast", "media", "media_copy", "checkpoint", "task", "notice_text",
    "mentoring_round", "mentoring_match", "mentoring_meeting", "mentoring_log",
}  # fmt: skip


@dataclass
class World:
    """People who come and go while the program lives."""

    database: Database
    years: Years
    names: list[str] = field(default_factory=list)
    serial: count[int] = field(default_factory=lambda: count(1000))
    full: count[int] = field(default_factory=lambda: count(STEP, STEP))

    def staff(self, tx: Transaction) -> None:
        if tx.dialect == "postgresql":  # number 7 is the event of those who fill every table
            tx.run(sql("ALTER TABLE event ALTER COLUMN id RESTART WITH 100"))
        for name, organisation, role in (
            ("Jana", "cike", "admin"), ("Peter", "cike", "coordinator"),
            ("Luka", "bsc_kranj", "coordinator"), ("Vera", "cike", "viewer"),
        ):  # fmt: skip
            number = sending.put(tx, "staff", name=name, created_at=BEGINS)
            sending.put(tx, "staff_role", staff_id=number, organisation=organisation, role=role)
            sending.put(
                tx, "staff_login", staff_id=number, channel="telegram", handle=f"@{name}",
                account="bot", member_id=name, created_at=BEGINS,
            )  # fmt: skip
            unregistered = sending.put(
                tx, "person", status="new", language="en", created_at=BEGINS, last_active_at=BEGINS
            )
            sending.identity(tx, unregistered, user_id=name, chat_id=name)

    def quarter(self) -> None:
        """Somebody of whom every table knows registers, others only begin; staff invite, write
        and are written to; somebody leaves."""
        now = self.years.now
        with self.database.transaction() as tx:
            number = next(self.full)
            mark = f"Somebody-{number}"
            self.names.append(mark)
            fill(tx, number, mark)
            # What `fill` plans is nothing that any handler knows, nor a language that exists.
            tx.run(sql("DELETE FROM task WHERE person_id = :id"), id=number)
            tx.run(sql("UPDATE mentoring_request SET status = 'closed'"))
            for table in ("consent", "consent_log"):  # what was agreed to is kept as proof
                tx.run(
                    sql(f"UPDATE {table} SET purpose = 'register', notice_version = '1'"
                        " WHERE person_id = :id"), id=number,
                )  # fmt: skip
            tx.run(
                sql("UPDATE person SET language = 'sk', timezone = NULL, organisation = 'cike',"
                    " paused_until = NULL WHERE id = :id"), id=number,
            )  # fmt: skip
            for table, column, whose in (
                ("inbox", "at", "person_id = :id"), ("delivery", "created_at", "person_id = :id"),
                ("link_code", "expires_at", "person_id = :id"),
                ("quarantine", "at", "event_id = :mark"),
            ):  # fmt: skip
                about = {"mark": mark} if ":mark" in whose else {"id": number}
                statement = sql(f"UPDATE {table} SET {column} = :now WHERE {whose}")
                tx.run(statement, now=moment(now), **about)
            self._others(tx, now)
            self._outreach(tx, now)
            gone = number - 3 * STEP
            if gone > 0:
                erasing.erase(tx, gone, self.years.secret, now, self.years.blueprint)

    def _others(self, tx: Transaction, now: datetime) -> None:
        sending.person(tx, name="Active", status="active", created_at=now)
        for status in ("new", "joining"):
            sending.person(
                tx, name="Begun", status=status, created_at=now, last_active_at=now, language="sl"
            )
        sending.put(tx, "person", name="Alone", status="joining", created_at=now)
        about = {"channel": "telegram", "account": "bot", "user_id": "stranger"}
        for state in ("open", "done"):
            sending.put(tx, "inbox", **about, kind="text", text="Hello", at=now, state=state)
        name = str(next(self.serial))
        sending.put(
            tx, "quarantine", **about, event_id=name, error="", at=now,
        )  # fmt: skip
        sending.put(tx, "received", channel="telegram", account="bot", event_id=name, at=now)
        sending.put(tx, "staff_code", code_hash=name, staff_id=1, expires_at=now)

    def _outreach(self, tx: Transaction, now: datetime) -> None:
        blueprint, key = self.years.blueprint, f"k{next(self.serial)}"
        starts = now + timedelta(days=20)
        made = events.create(
            tx,
            Details(
                key=key, organisation="cike", title={"en": "Brunch"}, starts_at=starts,
                ends_at=starts + timedelta(hours=2), timezone="Europe/Bratislava",
                audience="organisation:cike",
            ),
            console_actor(), now,
        )  # fmt: skip
        events.announce(tx, made.id, console_actor(), now, blueprint)
        written = Written(key=key, title="News", bodies={"en": "Hello"})
        broadcasts.create(tx, console_actor(), written, "cike", "", now, blueprint)
        broadcasts.send(tx, console_actor(), key, 1, now, blueprint)
        staff.log(tx, console_actor(), "people.list", now, organisation="cike", people=3)


def overdue(tx: Transaction, now: datetime) -> dict[str, int]:
    """Tables with rows whose days have passed, and how many; also those about people who should
    have been erased at the end."""
    slack = WEEK + timedelta(hours=1)
    found: dict[str, int] = {}

    def note(table: str, where: str, before: datetime | None = None) -> None:
        bound = {"before": moment(before)} if before else {}
        row = tx.run(sql(f"SELECT count(*) FROM {table} WHERE {where}"), **bound).fetchone()
        if row and row[0]:
            found[f"{table} {where}"] = row[0]

    for table, (column, days) in LIMITS.items():
        standing = (
            " AND (event_id IS NULL OR event_id NOT IN (SELECT id FROM event"
            " WHERE ends_at > :before))" if table == "delivery" else ""
        )  # fmt: skip
        note(table, f"{column} < :before{standing}", now - timedelta(days=days) - slack)
    note("inbox", "state = 'done' AND at < :before", now - timedelta(days=DAYS.inbox_days) - slack)
    proved = now - timedelta(days=DAYS.proof_days) - slack
    note("erasure", "proof <> '{}' AND erased_at < :before", proved)
    for which, days in STUBS.items():
        seen = f"COALESCE(last_active_at, created_at) < :before AND {which}"
        note("person", seen, now - timedelta(days=days) - slack)
    if now >= END + WEEK:
        for each in layout.tables():
            if each.name in UNTIL_THE_END | set(people.leftovers()):
                # Of the last days there are only messages to staff, for their days.
                note(each.name, "1 = 1" if each.name != "delivery" else "person_id IS NOT NULL")
        note("staff", "left_at IS NULL")
    return found


async def test_nothing_about_a_person_is_left_when_its_days_have_passed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PAUSE", 0.0)
    blueprint = expats()
    years = Years(database, blueprint, Words(blueprint.languages), BEGINS)
    world = World(database, years)
    with database.transaction() as tx:
        world.staff(tx)
    due = iter([BEGINS + QUARTER * n for n in range(8)] + [AFTER + WEEK])
    following = next(due)
    seen: set[str] = set()

    def quarter() -> None:
        world.quarter()
        seen.update(_filled(database))

    def weekly() -> None:
        nonlocal following
        with database.reading() as tx:
            assert overdue(tx, years.now) == {}
        if years.now >= following:
            quarter()
            following = next(due)

    quarter()
    await years.until(END - timedelta(hours=1), weekly)

    # All that hold people were in use; each is accounted for: a new one has to say how long.
    assert {each.name for each in layout.tables()} - seen <= OF_NOBODY
    known = set(LIMITS) | UNTIL_THE_END | WITH_THE_LOG | OF_NOBODY
    assert known == {each.name for each in layout.tables()}
    assert _people(database) > 5
    told = _reminders(years)
    assert told == {
        "Jana": [90, 30, 7], "Peter": [90, 30, 7], "Luka": [90, 30, 7],
    }  # fmt: skip
    farewells = [each for each in years.sent if each.kind == "farewell"]
    assert len(farewells) == len({each.person for each in farewells}) == _reachable(database)
    assert {each.at.astimezone(HOME).date() for each in farewells} == {date(2028, 12, 17)}
    assert {each.at.astimezone(HOME).hour for each in farewells} == {9}
    assert all("31. decembra 2028" in each.text for each in farewells)

    await years.until(END + WEEK + timedelta(hours=2), weekly)
    assert _people(database) == 0
    with database.transaction() as tx:
        texts = all_text(tx)
    held = {table for table, text in texts.items() if any(name in text for name in world.names)}
    assert held == set()
    assert set(_filled(database)) - OF_NOBODY - {"delivery"} == set(ending.KEPT)

    await years.until(AFTER, weekly)
    assert set(_filled(database)) - OF_NOBODY == set()
    assert len(_reminders(years)["Jana"]) == 3


def _people(database: Database) -> int:
    with database.reading() as tx:
        return people.count(tx)


def _reachable(database: Database) -> int:
    counted = sql(
        "SELECT count(DISTINCT person_id) FROM identity WHERE channel = 'telegram'"
        " AND status = 'ok' AND person_id IN (SELECT id FROM person WHERE status <> 'new')"
    )
    with database.reading() as tx:
        row = tx.run(counted).fetchone()
        return int(row[0]) if row else 0


def _filled(database: Database) -> list[str]:
    with database.reading() as tx:
        return [
            each.name
            for each in layout.tables()
            if tx.run(sql(f"SELECT 1 FROM {each.name} LIMIT 1")).fetchone()
        ]


def _reminders(years: Years) -> dict[str, list[int]]:
    """Chat -> how many days before the last day a reminder came there."""
    found: dict[str, list[int]] = {}
    for each in years.sent:
        if each.kind == "staff_notice" and "ends in" in each.text:
            days = (LAST_DAY - each.at.astimezone(HOME).date()).days
            found.setdefault(each.chat, []).append(days)
            assert str(days) in each.text.splitlines()[0]
    return found

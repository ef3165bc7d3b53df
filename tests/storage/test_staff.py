"""Staff as they stand in the tables: who is known by what, what they may, how long a code lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import staff, staff_lists, staff_log
from storage.database import Database, sql
from storage.events import RsvpRow, put_rsvp
from storage.staff import Login, StaffRow
from storage.staff_lists import Comer
from storage.staff_log import LogLine, Wanted
from storage.transaction import Transaction
from tests.outreach.inviting import event, person

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def two(tx: Transaction) -> tuple[int, int]:
    """Jana and Eva, without anything."""
    return staff.add(tx, "Jana", "sk", NOW), staff.add(tx, "Eva", None, NOW + HOUR)


def test_staff_come_back_as_they_were_added(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        staff.set_role(tx, jana, "cike", "viewer")
        staff.set_role(tx, jana, "bsc_kranj", "admin")
        staff.set_role(tx, eva, "cike", "coordinator")
        assert staff.add_login(tx, jana, "telegram", "@jana", NOW)
        assert staff.add_login(tx, jana, "slack", "U1", NOW, account="T1", member="U1")
        assert staff.add_login(tx, jana, "email", "jana@example.org", NOW)
        assert staff.everybody(tx) == [
            StaffRow(
                jana, "Jana", "sk", NOW, None, {"bsc_kranj": "admin", "cike": "viewer"},
                (Login("email", "jana@example.org", None, bound=False),
                 Login("slack", "U1", "T1", bound=True),
                 Login("telegram", "@jana", None, bound=False)),
            ),
            StaffRow(eva, "Eva", None, NOW + HOUR, None, {"cike": "coordinator"}, ()),
        ]  # fmt: skip
        assert staff.roles_of(tx, jana) == {"bsc_kranj": "admin", "cike": "viewer"}
        assert staff.roles_of(tx, 99) == {}


def test_a_role_is_changed_and_taken_in_one_organisation_of_one_person(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        for who in (jana, eva):
            for organisation in ("cike", "bsc_kranj"):
                staff.set_role(tx, who, organisation, "viewer")
        staff.set_role(tx, jana, "cike", "admin")
        staff.set_role(tx, eva, "bsc_kranj", None)
        assert staff.roles_of(tx, jana) == {"bsc_kranj": "viewer", "cike": "admin"}
        assert staff.roles_of(tx, eva) == {"cike": "viewer"}


def test_a_login_belongs_to_one_and_is_forgotten_by_channel(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        for who, channel, handle in (
            (jana, "telegram", "@jana"), (jana, "telegram", "7"), (jana, "slack", "U1"),
            (eva, "telegram", "@eva"), (eva, "preview", "@jana"),
        ):  # fmt: skip
            assert staff.add_login(tx, who, channel, handle, NOW)
        assert not staff.add_login(tx, eva, "telegram", "@jana", NOW)
        assert not staff.add_login(tx, jana, "telegram", "@jana", NOW)
        assert staff.take_logins(tx, jana, "telegram") == 2
        assert staff.take_logins(tx, jana, "telegram") == 0
        left = {row.id: [each.handle for each in row.logins] for row in staff.everybody(tx)}
        assert left == {jana: ["U1"], eva: ["@jana", "@eva"]}


def test_who_leaves_takes_nobody_along(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        for who, handle in ((jana, "7"), (eva, "8")):
            staff.set_role(tx, who, "cike", "admin")
            staff.add_login(tx, who, "telegram", handle, NOW, account="bot", member=handle)
            staff.new_code(tx, f"hash {who}", who, NOW + HOUR, NOW)
        assert staff.leave(tx, jana, NOW)
        assert not staff.leave(tx, jana, NOW + HOUR)
        assert not staff.leave(tx, 99, NOW)
        (left,) = staff.everybody(tx)
        assert (left.id, left.roles, len(left.logins)) == (eva, {"cike": "admin"}, 1)
        gone, _ = staff.everybody(tx, gone=True)
        assert (gone.id, gone.left_at, gone.roles, gone.logins) == (jana, NOW, {}, ())
        assert staff.by_member(tx, "telegram", "bot", "7") is None
        assert staff.use_code(tx, f"hash {jana}", NOW) is None
        assert staff.use_code(tx, f"hash {eva}", NOW) == eva


def test_a_number_is_somebody_on_telegram_whatever_bot_hears_them(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        staff.set_role(tx, jana, "cike", "viewer")
        staff.set_role(tx, eva, "cike", "admin")
        staff.add_login(tx, jana, "telegram", "@jana", NOW, account="bot", member="7")
        staff.add_login(tx, jana, "slack", "U1", NOW, account="T1", member="U1")
        staff.add_login(tx, eva, "slack", "U2", NOW, member="U2")  # in any workspace
        staff.add_login(tx, eva, "preview", "7", NOW, account="bot", member="7")
        known = {
            (channel, account, member): found.id
            for channel in ("telegram", "slack", "preview")
            for account in ("bot", "T1", "T2")
            for member in ("7", "U1", "U2", "@jana")
            if (found := staff.by_member(tx, channel, account, member)) is not None
        }
        assert known == {
            ("telegram", "bot", "7"): jana, ("telegram", "T1", "7"): jana,
            ("telegram", "T2", "7"): jana, ("slack", "T1", "U1"): jana,
            ("slack", "bot", "U2"): eva, ("slack", "T1", "U2"): eva, ("slack", "T2", "U2"): eva,
            ("preview", "bot", "7"): eva,
        }  # fmt: skip
        assert staff.by_member(tx, "telegram", "x", "7") == StaffRow(
            jana, "Jana", "sk", roles={"cike": "viewer"}
        )


@pytest.mark.parametrize("account", [None, "T1"])
def test_a_login_is_bound_once_where_it_was_made_for(
    database: Database, account: str | None
) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        staff.add_login(tx, jana, "slack", "U1", NOW, account=account)
        staff.add_login(tx, eva, "slack", "U2", NOW)
        staff.add_login(tx, eva, "preview", "U1", NOW)
        assert not staff.bind_handle(tx, "slack", "U3", "T1", "U3")
        assert staff.bind_handle(tx, "slack", "U1", "T2", "U1") is (account is None)
        assert staff.bind_handle(tx, "slack", "U1", "T1", "U1") is (account is not None)
        assert not staff.bind_handle(tx, "slack", "U1", "T1", "U9")
        bound = {
            row.id: [(each.channel, each.handle, each.account) for each in row.logins if each.bound]
            for row in staff.everybody(tx)
        }
        assert bound == {jana: [("slack", "U1", account or "T2")], eva: []}


def test_a_member_is_freed_from_whoever_they_were(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        staff.add_login(tx, jana, "slack", "@one", NOW, account="T1", member="U1")
        staff.add_login(tx, jana, "slack", "@two", NOW, account="T2", member="U1")
        staff.add_login(tx, jana, "slack", "@three", NOW, member="U1")
        staff.add_login(tx, jana, "slack", "@four", NOW, account="T1", member="U2")
        staff.add_login(tx, jana, "preview", "@five", NOW, account="T1", member="U1")
        staff.add_login(tx, jana, "slack", "U1", NOW)
        staff.add_login(tx, jana, "preview", "U1", NOW)
        staff.bind_member(tx, eva, "slack", "T1", "U1", NOW)
        left = {
            row.id: [(each.channel, each.handle) for each in row.logins]
            for row in staff.everybody(tx)
        }
        assert left == {
            jana: [("preview", "@five"), ("preview", "U1"), ("slack", "@four"), ("slack", "@two")],
            eva: [("slack", "U1")],
        }
        found = staff.by_member(tx, "slack", "T1", "U1")
        assert found is not None
        assert found.id == eva
        # A member's number is one workspace's own.
        assert staff.by_member(tx, "slack", "T3", "U1") is None


def test_a_code_works_once_until_its_moment_and_ends_those_before(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = two(tx)
        staff.new_code(tx, "first", jana, NOW + HOUR, NOW)
        staff.new_code(tx, "hers", eva, NOW + HOUR, NOW)
        staff.new_code(tx, "second", jana, NOW + HOUR, NOW)
        assert staff.use_code(tx, "first", NOW) is None
        assert staff.use_code(tx, "second", NOW + HOUR + TICK) is None
        assert staff.use_code(tx, "second", NOW + HOUR) == jana
        assert staff.use_code(tx, "second", NOW) is None
        assert staff.use_code(tx, "hers", NOW) == eva
        # What nobody can use any more is forgotten.
        staff.new_code(tx, "third", jana, NOW + 2 * HOUR, NOW)
        staff.new_code(tx, "fourth", eva, NOW + 2 * HOUR, NOW + 2 * HOUR)
        assert staff.use_code(tx, "third", NOW + 2 * HOUR) == jana
        staff.new_code(tx, "fifth", eva, NOW + 3 * HOUR, NOW + 2 * HOUR + TICK)
        kept = tx.run(sql("SELECT code_hash FROM staff_code ORDER BY code_hash")).fetchall()
        assert [tuple(each) for each in kept] == [("fifth",)]


def test_the_log_is_narrowed_by_each_of_its_columns(database: Database) -> None:
    with database.transaction() as tx:
        for hour, (who, action, organisation, subject) in enumerate(
            (
                (1, "event.create", "cike", "event:a"),
                (2, "event.create", "bsc_kranj", "event:b"),
                (1, "eventful", "cike", None),
                (1, "event", None, "event:a"),
                (None, "people.read", None, None),
            )
        ):
            staff_log.write(
                tx, NOW + hour * HOUR, who, f"No. {who}", action, organisation=organisation,
                subject=subject, people=hour or None, detail={"hour": hour} if hour else None,
            )  # fmt: skip

        def hours(limit: int = 9, before: int = 2**62, **wanted: object) -> list[int]:
            found = staff_log.latest(tx, Wanted(**wanted), limit, before)  # type: ignore[arg-type]
            return [line.id - 1 for line in found]

        assert hours() == [4, 3, 2, 1, 0]
        assert hours(2) == [4, 3]
        assert hours(before=4) == [2, 1, 0]
        assert hours(organisation="cike") == [2, 0]
        assert hours(staff=1) == [3, 2, 0]
        assert hours(action="event") == [3, 1, 0]
        assert hours(action="event.create") == [1, 0]
        assert hours(subject="event:a") == [3, 0]
        assert hours(since=NOW + 3 * HOUR) == [4, 3]
        assert hours(organisation="cike", staff=1, action="event", subject="event:a") == [0]
        assert hours(1, before=4, staff=1) == [2]
        assert [line.id - 1 for line in staff_log.all_of(tx, Wanted(staff=1), 2)] == [3, 2, 0]
        assert list(staff_log.all_of(tx, Wanted(staff=7))) == []
        assert staff_log.latest(tx, Wanted(subject="event:b"), 1) == [
            LogLine(2, NOW + HOUR, 2, "No. 2", "bsc_kranj", "event.create", "event:b", 1,
                    {"hour": 1})
        ]  # fmt: skip


def test_comers_stand_by_their_answer_the_line_and_their_names(database: Database) -> None:
    with database.transaction() as tx:
        brunch, other = event(tx), event(tx, "other")
        said = (
            ("maybe", "Adam", None), ("going", "Beata", None), ("waiting", "Cyril", NOW),
            ("waiting", "Dana", NOW - HOUR), ("offered", "Ema", NOW), ("no", "Fero", None),
            ("going", "Adam", None), ("going", "Adam", None),
        )  # fmt: skip
        for number, (state, name, queued) in enumerate(said, 1):
            person(tx, number, organisation="bsc_kranj" if number == 8 else "cike")
            tx.run(sql("UPDATE person SET name = :name WHERE id = :id"), name=name, id=number)
            put_rsvp(tx, RsvpRow(brunch.id, number, state, number, NOW, queued))
        put_rsvp(tx, RsvpRow(brunch.id, 7, "going", 7, NOW, checked_in_at=NOW))
        person(tx, 9)
        put_rsvp(tx, RsvpRow(other.id, 9, "going", 0, NOW))
        for number, purpose, given in ((8, "sharing", True), (7, "sharing", False)):
            tx.run(
                sql("INSERT INTO consent (person_id, purpose, given, notice_version, at)"
                    " VALUES (:id, :purpose, :given, '1', '2026-11-22T10:00:00.000000Z')"),
                id=number, purpose=purpose, given=given,
            )  # fmt: skip
        found = staff_lists.comers(tx, brunch.id, 99)
        assert [each.guests for each in found] == [7, 8, 2, 5, 4, 3, 1]
        assert found[:2] == [
            Comer("going", 7, NOW, "Adam", "cike", shared=False),
            Comer("going", 8, None, "Adam", "bsc_kranj", shared=True),
        ]
        assert staff_lists.comers(tx, brunch.id, 2) == found[:2]


def test_figures_count_an_organisation_s_people_by_what_is_known(database: Database) -> None:
    with database.transaction() as tx:
        for number, (organisation, status, persona, residence, country) in enumerate(
            (
                ("cike", "active", "expat", "international", "DE"),
                ("cike", "paused", "local", "domestic", "SK"),
                ("cike", "active", None, None, None),
                ("cike", "joining", "expat", "international", "AT"),
                ("cike", "mapped", "expat", "international", "AT"),
                ("cike", "new", "expat", "international", "AT"),
                ("bsc_kranj", "active", "expat", "international", "FR"),
            ),
            1,
        ):
            person(tx, number, organisation=organisation)
            tx.run(
                sql("UPDATE person SET status = :s, persona = :p, residence = :r, country = :c"
                    " WHERE id = :id"),
                s=status, p=persona, r=residence, c=country, id=number,
            )  # fmt: skip
        found = staff_lists.figures(staff_lists.cells(tx, "cike"))
    assert found.statuses == {"active": 2, "paused": 1, "joining": 1, "mapped": 1}
    assert found.registered == 3
    assert found.personas == {"expat": 1, "local": 1}
    assert found.residences == {"international": 1, "domestic": 1}
    assert found.countries == {"DE": 1, "SK": 1}

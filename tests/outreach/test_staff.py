"""Who is recognised as staff, what their roles allow, and what is noted of what they do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from outreach import staff
from outreach.errors import NotAllowed
from outreach.staff import Actor, console_actor, recognise, require
from storage import staff as store
from storage import staff_log
from storage.database import Database, sql
from storage.moments import moment
from storage.staff_log import Wanted
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECRET = "a key that only the tests know, 32+"


def _jana(tx: Transaction, channel: str = "telegram", handle: str = "@jana") -> int:
    number = store.add(tx, "Jana", "sk", NOW)
    store.set_role(tx, number, "cike", "coordinator")
    assert store.add_login(tx, number, channel, handle, NOW)
    return number


def test_a_telegram_name_is_bound_to_the_number_that_first_comes(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        assert recognise(tx, "telegram", "bot", "7", "JANA", NOW) == Actor(
            number, "Jana", {"cike": "coordinator"}, "sk"
        )
        # The name may change hands, and Jana hers: it is the number that counts now.
        assert recognise(tx, "telegram", "bot", "8", "jana", NOW) is None
        again = recognise(tx, "telegram", "other bot", "7", "renamed", NOW)
        assert again is not None
        assert again.staff == number
        lines = staff_log.latest(tx, Wanted(action="staff.recognised"), 10)
    assert [(line.actor, line.detail) for line in lines] == [("Jana", {"channel": "telegram"})]


@pytest.mark.parametrize("channel", ["slack", "preview", "terminal"])
def test_names_that_anybody_can_choose_open_nothing(database: Database, channel: str) -> None:
    with database.transaction() as tx:
        _jana(tx, channel, "@jana")
        assert recognise(tx, channel, "T1", "U9", "jana", NOW) is None
        assert recognise(tx, channel, "T1", "U9", "@jana", NOW) is None


def test_a_slack_member_is_known_in_the_workspace_they_first_came_from(
    database: Database,
) -> None:
    with database.transaction() as tx:
        _jana(tx, "slack", "U1")
        assert recognise(tx, "slack", "T1", "U1", None, NOW) is not None
        assert recognise(tx, "slack", "T1", "U1", None, NOW) is not None
        assert recognise(tx, "slack", "T2", "U1", None, NOW) is None


def test_who_left_is_not_recognised_and_their_code_is_void(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        assert recognise(tx, "telegram", "bot", "7", "jana", NOW)
        code, _ = staff.new_code(tx, number, SECRET, NOW)
        assert store.leave(tx, number, NOW)
        assert not store.leave(tx, number, NOW)
        assert recognise(tx, "telegram", "bot", "7", "jana", NOW) is None
        assert staff.use_code(tx, code, SECRET, "telegram", "bot", "7", NOW) is None
        assert store.everybody(tx) == []
        assert [(row.name, row.left_at, row.roles) for row in store.everybody(tx, gone=True)] == [
            ("Jana", NOW, {})
        ]


def test_a_code_works_once_in_any_chat_and_not_for_long(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        code, until = staff.new_code(tx, number, SECRET, NOW)
        late = until + timedelta(seconds=1)
        assert staff.use_code(tx, code, SECRET, "preview", "local", "u1", late) is None
        assert staff.use_code(tx, code, "another key", "preview", "local", "u1", NOW) is None
        typed = code.lower().replace("-", " ")
        actor = staff.use_code(tx, typed, SECRET, "preview", "local", "u1", NOW)
        assert actor is not None
        assert actor.staff == number
        assert staff.use_code(tx, code, SECRET, "preview", "local", "u2", NOW) is None
        known = recognise(tx, "preview", "local", "u1", None, NOW)
        assert known is not None
        assert recognise(tx, "preview", "local", "u2", None, NOW) is None


def test_a_new_code_ends_the_one_before(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        old, _ = staff.new_code(tx, number, SECRET, NOW)
        new, _ = staff.new_code(tx, number, SECRET, NOW)
        assert staff.use_code(tx, old, SECRET, "slack", "T1", "U1", NOW) is None
        assert staff.use_code(tx, new, SECRET, "slack", "T1", "U1", NOW) is not None


def test_a_code_moves_a_chat_from_one_member_of_staff_to_another(database: Database) -> None:
    with database.transaction() as tx:
        jana = _jana(tx)
        assert recognise(tx, "telegram", "bot", "7", "jana", NOW)
        eva = store.add(tx, "Eva", None, NOW)
        code, _ = staff.new_code(tx, eva, SECRET, NOW)
        assert staff.use_code(tx, code, SECRET, "telegram", "bot", "7", NOW)
        found = recognise(tx, "telegram", "bot", "7", "jana", NOW)
        assert found is not None
        assert found.staff == eva
        assert _handles(tx) == {jana: [], eva: [("telegram", "7")]}
        # Not even the name opens it to Jana again.
        assert recognise(tx, "telegram", "bot", "8", "jana", NOW) is None
        bound = staff_log.latest(tx, Wanted(action="staff.bound"), 10)
        assert [(line.staff, line.actor, line.subject, line.detail) for line in bound] == [
            (eva, "Eva", f"staff:{eva}", {"channel": "telegram"})
        ]


def test_a_code_frees_a_number_that_nobody_has_used_yet(database: Database) -> None:
    with database.transaction() as tx:
        jana = _jana(tx, "telegram", "7")
        eva = store.add(tx, "Eva", None, NOW)
        code, _ = staff.new_code(tx, eva, SECRET, NOW)
        assert staff.use_code(tx, code, SECRET, "telegram", "bot", "7", NOW)
        assert _handles(tx) == {jana: [], eva: [("telegram", "7")]}


def test_a_code_takes_nobody_else_s_account(database: Database) -> None:
    """The same letters on another platform, or in another workspace, are somebody else."""
    with database.transaction() as tx:
        jana = _jana(tx, "slack", "U1")
        assert recognise(tx, "slack", "T1", "U1", None, NOW)
        store.add_login(tx, jana, "telegram", "@jana", NOW)
        assert recognise(tx, "telegram", "bot", "7", "jana", NOW)
        eva = store.add(tx, "Eva", None, NOW)
        for channel, account, user in (("preview", "bot", "7"), ("preview", "T1", "U1")):
            code, _ = staff.new_code(tx, eva, SECRET, NOW)
            assert staff.use_code(tx, code, SECRET, channel, account, user, NOW)
        assert _handles(tx) == {
            jana: [("slack", "U1"), ("telegram", "@jana")],
            eva: [("preview", "7"), ("preview", "U1")],
        }
        for channel, account, user in (("slack", "T1", "U1"), ("telegram", "bot", "7")):
            known = recognise(tx, channel, account, user, None, NOW)
            assert known is not None
            assert known.staff == jana


def _handles(tx: Transaction) -> dict[int, list[tuple[str, str]]]:
    """Who is recognised how."""
    return {
        row.id: [(login.channel, login.handle) for login in row.logins]
        for row in store.everybody(tx)
    }


def test_a_login_cannot_belong_to_two(database: Database) -> None:
    with database.transaction() as tx:
        _jana(tx)
        eva = store.add(tx, "Eva", None, NOW)
        assert not store.add_login(tx, eva, "telegram", "@jana", NOW)


def test_roles_allow_what_is_below_them_in_their_own_organisation() -> None:
    actor = Actor(1, "Jana", {"cike": "coordinator", "bsc_kranj": "viewer"})
    require(actor, "cike", "viewer")
    require(actor, "cike", "coordinator")
    require(actor, "bsc_kranj", "viewer")
    with pytest.raises(NotAllowed, match=r"Jana may not .* for cike: needs admin, is coordinator"):
        require(actor, "cike", "admin")
    with pytest.raises(NotAllowed, match="needs coordinator, is viewer there"):
        require(actor, "bsc_kranj", "coordinator")
    with pytest.raises(NotAllowed, match="has no role there"):
        require(actor, "elsewhere", "viewer")
    with pytest.raises(NotAllowed, match="for every organisation: needs viewer, has no role there"):
        require(actor, None, "viewer")
    with pytest.raises(NotAllowed, match="for every organisation: needs admin, is viewer there"):
        require(Actor(1, "Jana", {"*": "viewer", "cike": "admin"}), None, "admin")
    assert actor.where() == ("cike", "bsc_kranj")
    assert actor.where("coordinator") == ("cike",)


def test_the_command_line_may_do_everything() -> None:
    actor = console_actor()
    require(actor, None, "admin")
    require(actor, "anything", "admin")
    assert actor.staff is None
    assert actor.where() == ()
    assert actor.name.startswith("command line (")


def test_the_log_is_read_narrowed_and_the_latest_first(database: Database) -> None:
    jana, eva = Actor(1, "Jana", {}), Actor(2, "Eva", {})
    with database.transaction() as tx:
        for minute, actor, action, organisation in (
            (0, jana, "event.create", "cike"),
            (1, jana, "event.announce", "cike"),
            (2, eva, "broadcast.send", "bsc_kranj"),
            (3, eva, "eventful", "bsc_kranj"),
        ):
            at = NOW + timedelta(minutes=minute)
            staff.log(tx, actor, action, at, organisation=organisation, people=minute)

        def told(**wanted: object) -> list[str]:
            lines = staff_log.latest(tx, Wanted(**wanted), 10)  # type: ignore[arg-type]
            return [line.action for line in lines]

        assert told() == ["eventful", "broadcast.send", "event.announce", "event.create"]
        assert told(action="event") == ["event.announce", "event.create"]
        assert told(staff=2) == ["eventful", "broadcast.send"]
        assert told(organisation="cike", since=NOW + timedelta(minutes=1)) == ["event.announce"]
        paged = [line.people for line in staff_log.all_of(tx, Wanted(), page=3)]
        assert paged == [3, 2, 1, 0]
        line = staff_log.latest(tx, Wanted(subject=None), 1)[0]
        assert (line.at, line.actor) == (NOW + timedelta(minutes=3), "Eva")


def test_a_role_everywhere_is_one_in_each_organisation_that_has_no_other() -> None:
    actor = Actor(None, "Root", {"*": "coordinator", "cike": "viewer"})
    assert (actor.role("cike"), actor.role("bsc_kranj")) == ("viewer", "coordinator")
    assert actor.may(None, "coordinator")
    assert not actor.may(None, "admin")
    assert actor.may("bsc_kranj", "coordinator")
    assert not actor.may("cike", "coordinator")
    assert (actor.where(), actor.where("coordinator")) == (("cike",), ())
    assert Actor(1, "Eva", {}).role("cike") is None
    assert not Actor(1, "Eva", {}).may(None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("@Jana_N", "@jana_n"), ("jana_n", "@jana_n"), (" @JANA ", "@jana"), ("123", "123"),
     ("@123", "123"), ("@@jana", "@@jana"), ("12a", "@12a")],
)  # fmt: skip
def test_a_telegram_account_is_kept_in_one_shape(typed: str, kept: str) -> None:
    assert staff.telegram_handle(typed) == kept


@pytest.mark.parametrize("error", [KeyError("getpwuid"), OSError("no name")])
def test_an_account_without_a_name_is_unknown(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def getuser() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", getuser)
    assert staff.account_name() == "unknown"
    assert console_actor().name == "command line (unknown)"


def test_a_number_is_bound_before_a_name_and_noted_once(database: Database) -> None:
    with database.transaction() as tx:
        jana = _jana(tx)
        eva = store.add(tx, "Eva", None, NOW)
        store.add_login(tx, eva, "telegram", "7", NOW)
        for _ in range(2):  # whoever has Jana's name now is Eva, by her number
            known = recognise(tx, "telegram", "bot", "7", "jana", NOW)
            assert known == Actor(eva, "Eva", {}, None)
        assert recognise(tx, "telegram", "bot", "8", None, NOW) is None
        assert recognise(tx, "telegram", "bot", "8", "", NOW) is None
        known = recognise(tx, "telegram", "bot", "8", "jana", NOW)
        assert known is not None
        assert known.staff == jana
        lines = staff_log.latest(tx, Wanted(), 9)
    assert [(each.staff, each.action, each.subject, each.at, each.detail) for each in lines] == [
        (jana, "staff.recognised", f"staff:{jana}", NOW, {"channel": "telegram"}),
        (eva, "staff.recognised", f"staff:{eva}", NOW, {"channel": "telegram"}),
    ]


def test_a_login_of_somebody_who_left_binds_nobody(database: Database) -> None:
    with database.transaction() as tx:
        jana = _jana(tx)
        tx.run(sql("UPDATE staff SET left_at = :at WHERE id = :id"), at=moment(NOW), id=jana)
        assert recognise(tx, "telegram", "bot", "7", "jana", NOW) is None
        assert staff_log.latest(tx, Wanted(), 9) == []


def test_a_code_of_ten_characters_lasts_half_an_hour(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        code, until = staff.new_code(tx, number, SECRET, NOW)
        assert until == NOW + timedelta(minutes=30)
        assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code)
        for wrong in ("", code[:-1], code + "A", "-" * 11):
            assert staff.use_code(tx, wrong, SECRET, "slack", "T1", "U1", NOW) is None
        late = until + timedelta(microseconds=1)
        assert staff.use_code(tx, code, SECRET, "slack", "T1", "U1", late) is None
        actor = staff.use_code(tx, code, SECRET, "slack", "T1", "U1", until)
        assert actor == Actor(number, "Jana", {"cike": "coordinator"}, "sk")
        assert [(line.at, line.action) for line in staff_log.latest(tx, Wanted(), 9)] == [
            (until, "staff.bound")
        ]


def test_a_code_of_somebody_who_left_binds_nobody(database: Database) -> None:
    with database.transaction() as tx:
        number = _jana(tx)
        code, _ = staff.new_code(tx, number, SECRET, NOW)
        tx.run(sql("UPDATE staff SET left_at = :at WHERE id = :id"), at=moment(NOW), id=number)
        assert staff.use_code(tx, code, SECRET, "slack", "T1", "U1", NOW) is None
        assert staff_log.latest(tx, Wanted(), 9) == []

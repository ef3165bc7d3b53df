"""People of a village who are registered already, and what must hold of their pairs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flows.mentoring import Offered, Requested
from outreach.mentoring import offers, requests
from storage.database import Database, Transaction, sql
from tests.fakes.chat import Chat
from tests.outreach import sending
from tests.turn.village import Village

ACCOUNT = "local"  # of every fake user's chat
LIVE = "('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
CONSENTS = ("register", "invitations", "mentoring", "sharing")


def somebody(
    village: Village, name: str, persona: str, channel: str = "telegram", **values: Any
) -> Chat:
    """Somebody registered; their user is their name."""
    consents = values.pop("consents", CONSENTS)
    language = values.get("language", "en")
    with village.database.transaction() as tx:
        columns = {
            "organisation": "cike", "persona": persona, "status": "active", "language": language,
            "timezone": "Europe/Bratislava", "name": name, "field": "it", "country": "SK",
            "email": f"{name.lower()}@example.org", "created_at": village.now,
            "registered_at": village.now, **values,
        }  # fmt: skip
        number = sending.put(tx, "person", **columns)
        sending.identity(
            tx, number, channel, account=ACCOUNT, user_id=name, chat_id=name, username=name,
        )  # fmt: skip
        for purpose in CONSENTS:
            sending.put(
                tx, "consent", person_id=number, purpose=purpose, given=purpose in consents,
                notice_version="1", at=village.now,
            )  # fmt: skip
    return village.person(name, channel, language)


def number_of(village: Village, name: str) -> int:
    return int(one(village.database, "SELECT person_id FROM identity WHERE user_id = :n", n=name))


def wanted(**values: Any) -> Requested:
    usual: dict[str, Any] = {
        "goal": "my first shop", "skills": ("negotiation", "planning"), "field": None,
        "languages": ("en", "sk"), "mode": "both", "urgency": "soon", "rhythm": "monthly",
        "hours": (),
    }  # fmt: skip
    return Requested(**usual | values)


def given(**values: Any) -> Offered:
    usual: dict[str, Any] = {
        "capacity": 1, "topics": "shops", "skills": ("negotiation",), "languages": ("en",),
        "mode": "both", "hours": (),
    }  # fmt: skip
    return Offered(**usual | values)


def asks(village: Village, name: str, **values: Any) -> None:
    """A request, without the conversation."""
    with village.database.transaction() as tx:
        requests.open_request(
            tx, number_of(village, name), wanted(**values), village.now, village.house.blueprint
        )


def gives(village: Village, name: str, **values: Any) -> None:
    """An offer, without the conversation."""
    with village.database.transaction() as tx:
        offers.save(
            tx, number_of(village, name), given(**values), village.now, village.house.blueprint
        )


# ---- what must hold ----


def rows(database: Database, query: str, **params: Any) -> list[tuple[Any, ...]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.run(sql(query), **params).fetchall()]


def one(database: Database, query: str, **params: Any) -> Any:
    return rows(database, query, **params)[0][0]


def check(village: Village) -> None:
    """Nobody is forgotten, nobody has too many, no two are brought together twice."""
    with village.database.reading() as tx:
        for about, query in (BROKEN if village.joined else {**BROKEN, **APART}).items():
            found = tx.run(sql(query)).fetchall()
            assert not found, (about, found, village.now)
        _deadlines(tx, village)


# A message of a kind about match ``m`` to ``{to}``: sent, waiting, or to be planned.
_TOLD = (
    "EXISTS (SELECT 1 FROM delivery d WHERE d.match_id = m.id AND d.kind = '{kind}'"
    " AND d.person_id = {to}) OR EXISTS (SELECT 1 FROM task t WHERE t.state = 'open'"
    " AND t.kind = 'match.tell' AND t.subject = 'match:' || m.id AND t.person_id = {to}"
    " AND t.variant LIKE '{kind}:%')"
)


def _untold(where: str, kind: str, to: str) -> str:
    told = _TOLD.format(kind=kind, to=to)
    return (
        f"SELECT m.id, m.state, {to} FROM mentoring_match m WHERE {where} AND {to} IS NOT NULL"
        f" AND NOT ({told})"
    )


BROKEN = {
    "a pair has nothing to come": (
        f"SELECT id, state FROM mentoring_match m WHERE state IN {LIVE} AND state <> 'proposed'"
        " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.subject = 'match:' || m.id"
        " AND t.state = 'open')"
    ),
    "a pair is over, but something is still to come": (
        f"SELECT m.id, m.state, t.kind FROM mentoring_match m JOIN task t ON t.subject ="
        f" 'match:' || m.id WHERE m.state NOT IN {LIVE} AND t.state = 'open'"
        " AND t.kind <> 'match.tell'"
    ),
    "a request waits, and nobody will say a word": (
        "SELECT r.id FROM mentoring_request r WHERE r.status = 'open' AND NOT EXISTS"
        " (SELECT 1 FROM task t WHERE t.subject = 'request:' || r.id AND t.state = 'open')"
    ),
    "a request is matched with nobody": (
        "SELECT r.id, r.status FROM mentoring_request r WHERE r.status = 'matched' AND NOT EXISTS"
        " (SELECT 1 FROM mentoring_match m WHERE m.request_id = r.id"
        " AND m.state IN ('introduced', 'met'))"
    ),
    "a request is open though its owner was introduced": (
        "SELECT r.id, m.id FROM mentoring_request r JOIN mentoring_match m ON m.request_id = r.id"
        " WHERE m.state IN ('introduced', 'met') AND r.status <> 'matched'"
    ),
    "a pair lacks one of the two": (
        f"SELECT id FROM mentoring_match WHERE state IN {LIVE}"
        " AND (mentee_id IS NULL OR mentor_id IS NULL OR request_id IS NULL)"
    ),
    "somebody takes part without consent": (
        f"SELECT m.id, m.state, c.person_id FROM mentoring_match m JOIN consent c ON c.person_id"
        f" IN (m.mentee_id, m.mentor_id) WHERE m.state IN {LIVE} AND c.purpose = 'mentoring'"
        # Who took it back with a tap has a while to undo it.
        " AND NOT c.given AND NOT EXISTS (SELECT 1 FROM task t WHERE t.person_id = c.person_id"
        " AND t.kind = 'mentoring.leave' AND t.state = 'open')"
    ),
    "words of somebody who was erased": (
        "SELECT id FROM mentoring_match WHERE (mentee_id IS NULL OR mentor_id IS NULL)"
        " AND (note IS NOT NULL OR reasons <> '[]' OR alternatives <> '[]'"
        " OR mentor_contact <> '[]' OR mentee_contact <> '[]')"
    ),
    "two who were kept apart": (
        f"SELECT m.id FROM mentoring_match m JOIN mentoring_block b ON (b.person_id = m.mentee_id"
        " AND b.other_id = m.mentor_id) OR (b.person_id = m.mentor_id AND b.other_id = m.mentee_id)"
        f" WHERE m.state IN {LIVE}"
    ),
    "meetings miscounted": (
        "SELECT m.id, m.meetings FROM mentoring_match m WHERE m.meetings <>"
        " (SELECT count(*) FROM mentoring_meeting t WHERE t.match_id = m.id)"
    ),
    "a met pair that never met": (
        "SELECT id FROM mentoring_match WHERE state = 'met' AND meetings = 0"
    ),
    "a task was given up": "SELECT kind, subject, error FROM task WHERE state = 'failed'",
}
APART = {
    "a mentor is asked, but not told so": _untold(
        "m.state = 'asked_mentor'", "mentor_ask", "m.mentor_id"
    ),
    "a mentee is asked, but not told so": _untold(
        "m.state = 'asked_mentee'", "mentee_ask", "m.mentee_id"
    ),
    "a mentor was introduced and does not know": _untold(
        "m.state IN ('introduced', 'met')", "introduction", "m.mentor_id"
    ),
    "a mentee was introduced and does not know": _untold(
        "m.state IN ('introduced', 'met')", "introduction", "m.mentee_id"
    ),
    "a mentor was left and does not know": _untold(
        "m.state IN ('ended', 'done') AND m.ended_by = 'mentee'", "match_ended", "m.mentor_id"
    ),
    "a mentee was left and does not know": _untold(
        "m.state IN ('ended', 'done') AND m.ended_by = 'mentor'", "match_ended", "m.mentee_id"
    ),
    "a mentor has more pairs than places": (
        "SELECT mentor_id, count(*) FROM mentoring_match m JOIN mentor_offer o"
        f" ON o.person_id = m.mentor_id WHERE m.state IN {LIVE} GROUP BY mentor_id, o.capacity"
        " HAVING count(*) > o.capacity"
    ),
    "a mentor was asked twice about somebody": (
        "SELECT mentee_id, mentor_id, count(*) FROM mentoring_match WHERE mentor_asked_at"
        " IS NOT NULL AND mentee_id IS NOT NULL AND mentor_id IS NOT NULL"
        " GROUP BY mentee_id, mentor_id HAVING count(*) > 1"
    ),
}
"""Where no two records became one: each may have had its own pairs."""


def _deadlines(tx: Transaction, village: Village) -> None:
    """Whoever is asked is asked for a few days, not for ever."""
    days = village.house.blueprint.mentoring.answer_days
    longest = village.now + timedelta(days=days + 2)
    found = tx.run(
        sql(
            "SELECT id FROM mentoring_match WHERE state IN ('asked_mentor', 'asked_mentee')"
            " AND (deadline IS NULL OR deadline > :longest)"
        ),
        longest=longest.isoformat().replace("+00:00", "Z"),
    ).fetchall()
    assert not found, ("asked for ever", found)


def day(village: Village) -> date:
    return village.now.date()

"""Writing the living database: profile, consents, answers, and what each fact rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from storage.moments import moment
from storage.statements import Statement, sql
from storage.transaction import Transaction

PROFILE = (
    "name",
    "home_region",
    "residence",
    "country",
    "city",
    "geonameid",
    "timezone",
    "field",
    "linkedin",
    "email",
    "organisation",
)
"""Columns of the person that a registration fills in."""

_REGISTERED = sql(
    "UPDATE person SET status = CASE WHEN status = 'paused' THEN status ELSE 'active' END,"
    " registered_at = COALESCE(registered_at, :now) WHERE id = :id"
)
_PERSONA = sql("UPDATE person SET persona = :persona WHERE id = :id")
_READ_PROFILE = sql(
    "SELECT "
    + ", ".join(PROFILE)
    + ", persona, status, language, willingness, registered_at, paused_until"
    + " FROM person WHERE id = :id"
)
_JOINED = sql(
    "UPDATE person SET persona = :persona, notice_version = :notice_version,"
    " status = CASE WHEN status IN ('new', 'mapped') THEN 'joining' ELSE status END WHERE id = :id"
)
_RENEWED = sql("UPDATE person SET notice_version = :notice_version WHERE id = :id")
_CONSENT = sql(
    "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    " VALUES (:person_id, :purpose, :given, :notice_version, :at)"
    " ON CONFLICT (person_id, purpose) DO UPDATE SET given = excluded.given,"
    " notice_version = excluded.notice_version, at = excluded.at"
)
# In the language they are spoken to, so in those words.
LANGUAGE_AND_WORDS = (
    "(SELECT p.language FROM person p WHERE p.id = {person}),"
    " (SELECT n.id FROM notice_text n JOIN person p ON p.language = n.language"
    " WHERE p.id = {person} AND n.version = CAST(:notice_version AS text))"
)
_CONSENT_LOG = sql(
    "INSERT INTO consent_log"
    " (person_id, purpose, given, notice_version, at, channel, language, words_id)"
    " VALUES (:person_id, :purpose, :given, CAST(:notice_version AS text), :at, :channel, "
    + LANGUAGE_AND_WORDS.format(person=":person_id")
    + ")"
)
_CONSENTS = sql("SELECT purpose, given FROM consent WHERE person_id = :id")
_REFUSE_NO_MORE = sql("DELETE FROM consent WHERE person_id = :id AND purpose = :purpose")
_NO_TRAITS = sql("DELETE FROM trait WHERE person_id = :id AND kind = :kind")
_TRAIT = sql(
    "INSERT INTO trait (person_id, kind, value, rank, level)"
    " VALUES (:person_id, :kind, :value, :rank, :level)"
)
_TRAITS = sql("SELECT value FROM trait WHERE person_id = :id AND kind = :kind ORDER BY rank, value")
_PROVENANCE = sql(
    "INSERT INTO provenance (person_id, field, source, confirmed_at)"
    " VALUES (:person_id, :field, :source, :at)"
    " ON CONFLICT (person_id, field) DO UPDATE SET source = excluded.source,"
    " confirmed_at = excluded.confirmed_at"
)
_FORGET_ANSWER = sql(
    "DELETE FROM answer WHERE person_id = :id AND survey = :survey AND round = :round"
    " AND question = :question"
)
_NO_ANSWERS = sql(
    "DELETE FROM answer WHERE person_id = :id AND survey = :survey AND round = :round"
)
_ANSWER = sql(
    "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
    " VALUES (:person_id, :survey, :round, :question, :value, :at)"
)
_ANSWERS = sql(
    "SELECT question, value FROM answer"
    " WHERE person_id = :id AND survey = :survey AND round = :round"
)
_ANSWERED = sql("SELECT DISTINCT survey, round FROM answer WHERE person_id = :id")
_EMAIL = sql("UPDATE person SET email = :email WHERE id = :id")
_FIELD = sql("SELECT field FROM person WHERE id = :id")
_WILLINGNESS = sql("UPDATE person SET willingness = :value WHERE id = :id")
# Somebody whose registration is not finished stays "joining": they still have to be asked.
_PAUSE = sql(
    "UPDATE person SET status = CASE WHEN status = 'active' THEN 'paused' ELSE status END,"
    " paused_until = :until WHERE id = :id"
)
_RESUMED = (
    "UPDATE person SET paused_until = NULL,"
    " status = CASE WHEN status = 'paused' THEN 'active' ELSE status END WHERE "
)
_RESUME = sql(_RESUMED + "id = :id")
_PAUSES_OVER = sql(_RESUMED + "paused_until <= :today")
_INBOX = sql(
    "INSERT INTO inbox (person_id, channel, account, user_id, kind, text, at, state, organisation,"
    " about) VALUES (:person_id, :channel, :account, :user_id, :kind, :text, :at, 'open',"
    " :organisation, :about)"
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One of several values of a fact. ``rank`` from 1 where order matters; ``level`` of a
    rating."""

    value: str
    rank: int | None = None
    level: str | None = None


def registered(tx: Transaction, person: int, now: datetime) -> None:
    """The registration is finished."""
    tx.run(_REGISTERED, id=person, now=moment(now))


def set_persona(tx: Transaction, person: int, persona: str) -> None:
    """Somebody is another persona than before."""
    tx.run(_PERSONA, id=person, persona=persona)


def read_profile(tx: Transaction, person: int) -> dict[str, Any]:
    """The profile's columns, and persona, status, language, willingness, registered_at."""
    row = tx.run(_READ_PROFILE, id=person).fetchone()
    names = (
        *PROFILE,
        *("persona", "status", "language", "willingness", "registered_at", "paused_until"),
    )
    return dict(zip(names, row, strict=True)) if row else {}


def confirm(
    tx: Transaction, person: int, fields: Iterable[str], source: str, now: datetime
) -> None:
    """Note where facts come from and that they were confirmed now."""
    at = moment(now)
    _many(
        tx,
        _PROVENANCE,
        [{"person_id": person, "field": f, "source": source, "at": at} for f in fields],
    )


def join(tx: Transaction, person: int, persona: str, notice_version: str) -> None:
    """Consent was given to be registered."""
    tx.run(_JOINED, id=person, persona=persona, notice_version=notice_version)


def renew(tx: Transaction, person: int, notice_version: str) -> None:
    """This version of the notice was read and agreed to."""
    tx.run(_RENEWED, id=person, notice_version=notice_version)


def consent(
    tx: Transaction,
    person: int,
    decisions: Mapping[str, bool],
    *,
    notice_version: str,
    channel: str,
    now: datetime,
    again: bool = False,
) -> None:
    """Set purposes as given or not, and log those that changed; all, where it was asked
    ``again``: then the new version of the notice is agreed to."""
    present = consents(tx, person)
    rows = [
        {
            "person_id": person,
            "purpose": purpose,
            "given": given,
            "notice_version": notice_version,
            "at": moment(now),
        }
        for purpose, given in decisions.items()
        if again or present.get(purpose) != given
    ]
    _many(tx, _CONSENT, rows)
    _many(tx, _CONSENT_LOG, [{**row, "channel": channel} for row in rows])


def consents(tx: Transaction, person: int) -> dict[str, bool]:
    """purpose -> given, those ever decided."""
    return {row[0]: bool(row[1]) for row in tx.run(_CONSENTS, id=person).fetchall()}


def refuse_no_more(tx: Transaction, person: int, purpose: str) -> None:
    """What needs no consent is not refused any more: nothing is said about it, as at first."""
    tx.run(_REFUSE_NO_MORE, id=person, purpose=purpose)


def set_traits(tx: Transaction, person: int, kind: str, traits: Sequence[Trait]) -> None:
    """Replace the values of a many-valued fact."""
    tx.run(_NO_TRAITS, id=person, kind=kind)
    _many(
        tx,
        _TRAIT,
        [
            {
                "person_id": person,
                "kind": kind,
                "value": trait.value,
                "rank": trait.rank,
                "level": trait.level,
            }
            for trait in traits
        ],
    )


def traits(tx: Transaction, person: int, kind: str) -> tuple[str, ...]:
    """The values of a many-valued fact, in rank order."""
    return tuple(row[0] for row in tx.run(_TRAITS, id=person, kind=kind).fetchall())


def save_answers(
    tx: Transaction,
    person: int,
    survey: str,
    survey_round: str,
    answers: Mapping[str, Any],
    now: datetime,
) -> None:
    """The answers to one round of a survey, instead of any given before in this round."""
    tx.run(_NO_ANSWERS, id=person, survey=survey, round=survey_round)
    _many(
        tx,
        _ANSWER,
        [
            {
                "person_id": person,
                "survey": survey,
                "round": survey_round,
                "question": question,
                "value": orjson.dumps(value).decode(),
                "at": moment(now),
            }
            for question, value in answers.items()
            if value is not None
        ],
    )


def save_answer(
    tx: Transaction,
    person: int,
    survey: str,
    survey_round: str,
    question: str,
    value: Any,
    now: datetime,
) -> None:
    """The answer to one question of a round (None: none any more); the others stay."""
    where = {"survey": survey, "round": survey_round, "question": question}
    tx.run(_FORGET_ANSWER, id=person, **where)
    if value is not None:
        tx.run(
            _ANSWER, person_id=person, **where, value=orjson.dumps(value).decode(), at=moment(now)
        )


def answers(tx: Transaction, person: int, survey: str, survey_round: str) -> dict[str, Any]:
    """question -> value as answered in this round."""
    rows = tx.run(_ANSWERS, id=person, survey=survey, round=survey_round).fetchall()
    return {row[0]: orjson.loads(row[1]) for row in rows}


def answered(tx: Transaction, person: int) -> frozenset[tuple[str, str]]:
    """The (survey, round) pairs somebody answered."""
    return frozenset((row[0], row[1]) for row in tx.run(_ANSWERED, id=person).fetchall())


def field(tx: Transaction, person: int) -> str | None:
    """Their field of work; None: not said."""
    row = tx.run(_FIELD, id=person).fetchone()
    return str(row[0]) if row and row[0] else None


def set_willingness(tx: Transaction, person: int, value: str | None) -> None:
    tx.run(_WILLINGNESS, id=person, value=value)


def give_email(tx: Transaction, person: int, email: str, source: str, now: datetime) -> None:
    """An e-mail address, given outside of the registration."""
    tx.run(_EMAIL, id=person, email=email)
    confirm(tx, person, ["email"], source, now)


def pause(tx: Transaction, person: int, until: date) -> None:
    """Nothing unasked before this day."""
    tx.run(_PAUSE, id=person, until=until.isoformat())


def resume(tx: Transaction, person: int) -> None:
    """End a pause."""
    tx.run(_RESUME, id=person)


def end_pauses(tx: Transaction, today: date) -> int:
    """End the pauses whose day has come; how many there were."""
    return tx.run(_PAUSES_OVER, today=today.isoformat()).rowcount


def keep_for_staff(
    tx: Transaction,
    person: int | None,
    *,
    channel: str,
    account: str,
    user: str,
    kind: str,
    text: str,
    now: datetime,
    organisation: str | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """What the bot could not place, into the staff's inbox. ``organisation``: whose staff read it
    while the person has none; ``about``: what the bot had last said (see outreach.inbox)."""
    tx.run(
        _INBOX,
        person_id=person,
        channel=channel,
        account=account,
        user_id=user,
        kind=kind,
        text=text,
        at=moment(now),
        organisation=organisation,
        about=orjson.dumps(about or {}).decode(),
    )


def _many(tx: Transaction, statement: Statement, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.many(statement, rows)

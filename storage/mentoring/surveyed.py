"""Offers of those who said in a survey that they would be mentors: made of what they said there."""

from __future__ import annotations

from datetime import datetime

from blueprints.schema import Blueprint
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_VALUES = {
    "sqlite": "COALESCE((SELECT json_group_array(value) FROM (SELECT t.value FROM trait t"
    " WHERE t.person_id = p.id AND t.kind = '{}' ORDER BY t.rank, t.value)), '[]')",
    "postgresql": "COALESCE((SELECT json_agg(t.value ORDER BY t.rank, t.value) FROM trait t"
    " WHERE t.person_id = p.id AND t.kind = '{}')::text, '[]')",
}
_SPOKEN = {
    "sqlite": "CASE WHEN EXISTS (SELECT 1 FROM trait t WHERE t.person_id = p.id"
    " AND t.kind = 'spoken_languages') THEN {} ELSE json_array(p.language) END",
    "postgresql": "CASE WHEN EXISTS (SELECT 1 FROM trait t WHERE t.person_id = p.id"
    " AND t.kind = 'spoken_languages') THEN {} ELSE json_build_array(p.language)::text END",
}
_WILLING = (
    "CAST(:personas AS text) LIKE '% ' || replace(p.persona, '_', '-') || ' %'"
    " AND p.status IN ('active', 'paused')"
    " AND EXISTS (SELECT 1 FROM trait r WHERE r.person_id = p.id AND r.kind = :kind"
    " AND r.value = :value)"
    " AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.purpose = 'mentoring'"
    " AND c.given)"
)
_DIALECTS = ("sqlite", "postgresql")


def _skills(dialect: str) -> str:
    return _VALUES[dialect].format("skills_offered")


def _languages(dialect: str) -> str:
    return _SPOKEN[dialect].format(_VALUES[dialect].format("spoken_languages"))


_ENSURE = {
    dialect: sql(
        "INSERT INTO mentor_offer (person_id, status, capacity, skills, topics, languages, mode,"
        f" hours, source, created_at, updated_at) SELECT p.id, 'active', :capacity,"
        f" {_skills(dialect)}, '', {_languages(dialect)}, 'both', '[]', 'survey', :now, :now"
        f" FROM person p WHERE (:everybody = 1 OR p.id = :person) AND {_WILLING}"
        " AND NOT EXISTS (SELECT 1 FROM mentor_offer o WHERE o.person_id = p.id)"
        " ON CONFLICT (person_id) DO NOTHING"
    )
    for dialect in _DIALECTS
}
# PostgreSQL keeps a text column's text; "::text" of JSON puts a space after each comma.
_REFRESH = {
    dialect: sql(
        f"UPDATE mentor_offer SET skills = (SELECT {_skills(dialect)} FROM person p"
        f" WHERE p.id = :person), languages = (SELECT {_languages(dialect)} FROM person p"
        " WHERE p.id = :person), status = 'active', updated_at = :now"
        " WHERE person_id = :person AND source = 'survey'"
    )
    for dialect in _DIALECTS
}
_IS_WILLING = sql(f"SELECT 1 FROM person p WHERE p.id = :person AND {_WILLING}")


def ensure(tx: Transaction, now: datetime, blueprint: Blueprint, person: int | None = None) -> int:
    """Offers for all (or this one) who are willing and have none; how many were made."""
    offer = _offer(blueprint)
    if offer is None:
        return 0
    return tx.run(
        _ENSURE[tx.dialect], now=moment(now), capacity=blueprint.mentoring.capacity,
        person=person or 0, everybody=int(person is None), **offer,
    ).rowcount  # fmt: skip


def _offer(blueprint: Blueprint) -> dict[str, str] | None:
    """What says that somebody would be a mentor, and of whom (a space around each persona, and
    no "_", which LIKE would take for any letter)."""
    pick = blueprint.mentoring.offer
    if pick is None:
        return None
    personas = [key.replace("_", "-") for key in sorted(blueprint.personas_asked(pick.fact))]
    return {"kind": pick.fact, "value": pick.option, "personas": f" {' '.join(personas)} "}


def refresh(tx: Transaction, person: int, now: datetime) -> None:
    """Bring an offer made so up to what they say now; one that they set themselves stays."""
    tx.run(_REFRESH[tx.dialect], person=person, now=moment(now))


def willing(tx: Transaction, person: int, blueprint: Blueprint) -> bool:
    """Whether they would be a mentor, by the survey and their consent."""
    offer = _offer(blueprint)
    return offer is not None and tx.run(_IS_WILLING, person=person, **offer).fetchone() is not None

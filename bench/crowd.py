"""A database with very many believable people, made by statements over whole sets."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from pathlib import Path

from storage.migrate import migrate
from storage.schema import HEAD

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "


def _pick(values: list[str], by: str) -> str:
    """An SQL expression that picks one of the values by a number."""
    quoted = ["'" + value.replace("'", "''") + "'" for value in values]
    cases = " ".join(f"WHEN {number} THEN {value}" for number, value in enumerate(quoted))
    return f"CASE ({by}) % {len(values)} {cases} END"


FIRST = ["Ana", "Bor", "Cyril", "Dušan", "Eva", "Frančiška", "Ľubomír", "Živa", "Žofia", "Nika"]
LAST = ["Novák", "Kováč", "Zupančič", "Krajnc", "Šťastná", "Horvat", "O'Neill", "Kranjc-Vidmar"]
CITIES = ["Berlin", "Boston", "Bratislava", "Ljubljana", "Wien", "London", "Praha", "Zürich"]
COUNTRIES = ["DE", "US", "SK", "SI", "AT", "GB", "CZ", "CH"]
EXPERTISE = [
    "I lead teams that build medical devices, and I like explaining how",
    "Theatre, light design and everything that has to do with a stage",
    'Machine learning for small companies; "no buzzwords"',
    "Učím ľudí variť a rozprávať pri tom príbehy",
    "Sales in three languages and a lot of patience",
    '=HYPERLINK("http://example.org";"click")',
    "Vodenje ekip, javno nastopanje in pogajanja",
    "Organizujem podujatia pre stovky ľudí",
    "Urban planning\nand cycling",
    "Finance for non-profits",
    "Raziskovanje in pisanje",
    "+421 905 123 456",
    "Photography",
    "Chemistry, materials, batteries",
    "Teaching teachers",
    "Logistika & nákup <Excel>",
]
SKILLS = [f"skill_{number:02}" for number in range(14)]
ROLES = ["mentor", "speaker", "ambassador", "host"]
FORMATS = [f"format_{number:02}" for number in range(11)]
LEVELS = ["liked", "possible", "no"]
AT = "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1767225600 + n.i % 20000000, 'unixepoch')"

PEOPLE = f"""{_NUMBERS} INSERT INTO person (id, organisation, persona, status, language, name,
    home_region, residence, country, city, timezone, field, linkedin, email, willingness,
    source, created_at, registered_at, last_active_at, confirmed_at)
SELECT n.i, {_pick(["cike", "bsc"], "n.i")}, {_pick(["expat", "expat", "local"], "n.i / 2")},
    'active', {_pick(["sk", "sl", "en"], "n.i")},
    {_pick(FIRST, "n.i")} || ' ' || {_pick(LAST, "n.i / 10")},
    {_pick(["kosice", "gorenjska"], "n.i")}, {_pick(["international", "domestic"], "n.i / 3")},
    {_pick(COUNTRIES, "n.i / 7")}, {_pick(CITIES, "n.i / 7")}, 'Europe/Berlin',
    {_pick(SKILLS, "n.i")},
    CASE WHEN n.i % 2 THEN 'https://www.linkedin.com/in/person-' || n.i END,
    'person' || n.i || '@example.org', {_pick(["yes", "maybe", "not_now"], "n.i / 5")}, 'telegram',
    {AT}, {AT}, {AT}, {AT} FROM n"""
SINCE = f"""{_NUMBERS} INSERT INTO trait (person_id, kind, value, rank)
SELECT n.i, 'since', 2000 + n.i % 25, 1 FROM n"""
TYPED = f"""{_NUMBERS} INSERT INTO answer (person_id, survey, round, question, value, answered_at)
SELECT n.i, 'profile', 'profile', q.value, json_quote(CASE q.value WHEN 'profession' THEN 'engineer'
    WHEN 'employer' THEN 'Employer ' || (n.i % 5000) ELSE {_pick(EXPERTISE, "n.i / 3")} END), {AT}
FROM n JOIN json_each('["employer","expertise","profession"]') AS q
WHERE q.value <> 'employer' OR n.i % 3"""
IDENTITIES = f"""{_NUMBERS} INSERT INTO identity
    (person_id, channel, account, user_id, chat_id, created_at)
SELECT n.i, {_pick(["telegram", "telegram", "slack"], "n.i")}, 'bot', n.i, n.i, {AT} FROM n"""
CONSENTS = f"""{_NUMBERS} INSERT INTO consent (person_id, purpose, given, notice_version, at)
SELECT n.i, p.value, (n.i + p.key) % 3 > 0 OR p.key = 4, '2026-1', {AT} FROM n JOIN
    json_each('["invitations","mentoring","public","sharing","register"]') AS p"""


def _traits(kind: str, values: list[str], most: int, extra: str = "NULL, NULL") -> str:
    """Up to ``most`` of the values for each of the people who filled in that survey."""
    picked = _pick(values, "n.i + k.value")
    places = "[" + ",".join(str(place) for place in range(most)) + "]"
    return f"""{_NUMBERS} INSERT INTO trait (person_id, kind, value, rank, level)
        SELECT n.i, '{kind}', {picked}, {extra} FROM n JOIN json_each('{places}') AS k
        WHERE n.i % 10 < 7"""  # the rest has not answered yet


STEPS = {
    "people": PEOPLE,
    "since when": SINCE,
    "typed": TYPED,
    "identities": IDENTITIES,
    "consents": CONSENTS,
    "languages": _traits("spoken_languages", ["sk", "en", "sl", "de"], 2),
    "roles": _traits("roles", ROLES, 2),
    "formats": _traits("formats", FORMATS, 11, f"NULL, {_pick(LEVELS, 'n.i + k.value')}"),
    "skills used": _traits("skills_used", SKILLS, 4),
    "skills needed": _traits("skills_needed", SKILLS, 3, "k.value + 1, NULL"),
    "skills offered": _traits("skills_offered", SKILLS, 2),
}


def crowd(people: int, folder: Path | None = None) -> Path:
    """A file with so many people, made once and kept; says on stdout what it does."""
    name = f"domov-crowd-{people}-{HEAD}.sqlite3"
    path = (folder or Path(tempfile.gettempdir())) / name
    if path.exists():
        return path
    began = time.perf_counter()
    half = path.with_suffix(f".{os.getpid()}")
    migrate(f"sqlite:///{half}")
    connection = sqlite3.connect(half, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    for step, statement in STEPS.items():
        print(f"  making {step} …", flush=True)
        connection.execute("BEGIN")
        connection.execute(statement, {"people": people})
        connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    half.rename(path)
    print(f"  {path}: {path.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - began:.0f} s")
    return path

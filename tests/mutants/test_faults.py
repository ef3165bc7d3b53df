"""Which faults are put into a piece of code, and which are not because nobody could notice."""

from __future__ import annotations

import pytest

from tests.mutants.python import faults
from tests.mutants.source import Source
from tests.mutants.sql import changes


def becomes(text: str) -> list[str]:
    """The changed lines of each fault of a file."""
    source = Source("some.py", text.encode())
    return [fault.after for fault in faults(source, lambda function, argument: argument == "must")]


def sql_becomes(raw: str) -> set[str]:
    """What each fault makes of a string of SQL."""
    return {raw[: each.start] + each.new + raw[each.end :] for each in changes(raw)}


@pytest.mark.parametrize(
    ("code", "faulty"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a not in b", ["x = a in b"]),
        ("x = a and b", ["x = ((a))", "x = ((a) or (b))", "x = ((b))"]),
        ("x = not a", ["x = a"]),
        ("x = a if b else c", ["x = (a)", "x = (c)"]),
        ("if a:\n    raise b", ["if False:"]),
        ("if a:\n    x = b", ["if True:"]),
        ("x = [a for a in b if c]", ["x = [a for a in b if True]"]),
        ("require(a)", ["pass"]),
        ("a.b = c", ["pass"]),
        ("x = a + b", ["x = a - b"]),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = 3", ["x = 2", "x = 4"]),
        ("x = True", ["x = False"]),
        ("x = f(a, b=c)", ["x = f(a)"]),
        ("x = f(b=c, d=e)", ["x = f( d=e)", "x = f(b=c)"]),
        ("x = f(must=c)", []),
        ("x = q.where(a).limit(b)", ["x = q.limit(b)", "x = q.where(a)"]),
        ("def f() -> bool:\n    return a", ["return False", "return True"]),
        ("def f() -> list[int]:\n    return a", ["return []"]),
        ("def f(a: Literal[1] = b) -> Literal[2]: ...", []),
        ('def f() -> None:\n    """WHERE a = 1"""', []),
        ("@dataclass(unsafe_hash=True)\nclass A: ...", []),
        ("if TYPE_CHECKING:\n    import a", []),
        ("log.info(a, b=1)", []),
        ("assert a is not None", []),
        ('raise Wrong(f"{a + 1}")', []),
        ('_TAKE_POSTGRESQL = "a AND b"', []),
        ('x = "SELECT a FROM b FOR UPDATE"', []),
        ("def f(tx) -> bool:\n    return tx.run(_GONE_POSTGRESQL) + 1 > 2", []),
        ('def f() -> str:\n    return ""', []),
        ('if tx.dialect == "sqlite":\n    f(1)\nelse:\n    f(2)',
         ["pass", "f(2)"]),
        ('def f() -> None:\n    if dialect == "sqlite":\n        return\n    g()', []),
        ('x = {"sqlite": "a AND b", "postgresql": "a AND c"}',
         ['x = {"sqlite": "a OR b", "postgresql": "a AND c"}',
          'x = {"sqlite": "a", "postgresql": "a AND c"}']),
    ],
)  # fmt: skip
def test_faults_of_python(code: str, faulty: list[str]) -> None:
    assert sorted(becomes(code)) == sorted(faulty)


@pytest.mark.parametrize(
    ("raw", "faulty"),
    [
        ('"SELECT a FROM b WHERE c < :d"',
         {'"SELECT a FROM b WHERE c <= :d"', '"SELECT a FROM b"'}),
        ('"UPDATE a SET b = 1, c = :c WHERE d IS NULL"',
         {'"UPDATE a SET b = 2, c = :c WHERE d IS NULL"', '"UPDATE a SET  c = :c WHERE d IS NULL"',
          '"UPDATE a SET b = 1 WHERE d IS NULL"', '"UPDATE a SET b = 1, c = :c"',
          '"UPDATE a SET b = 1, c = :c WHERE d IS NOT NULL"'}),
        ('"DELETE FROM a WHERE b"\n    " AND NOT EXISTS (SELECT 1 FROM c)"',
         {'"DELETE FROM a WHERE b"\n    " OR NOT EXISTS (SELECT 1 FROM c)"',
          '"DELETE FROM a WHERE b"\n    " AND EXISTS (SELECT 1 FROM c)"',
          '"DELETE FROM a WHERE b"\n    ""',
          '"DELETE FROM a WHERE "\n    "NOT EXISTS (SELECT 1 FROM c)"'}),
        ('" AND state IN (\'queued\', \'held\')"',
         {'" OR state IN (\'queued\', \'held\')"', '" AND state NOT IN (\'queued\', \'held\')"',
          '" AND state IN ( \'held\')"', '" AND state IN (\'queued\')"', '""'}),
        ('f" WHERE {a == 1} BETWEEN 5 AND 7"', set()),
        ('"Nothing is lost, and 1 = 1."', set()),
    ],
)  # fmt: skip
def test_faults_of_sql(raw: str, faulty: set[str]) -> None:
    assert sql_becomes(raw) == faulty

"""Audiences: who is meant, as a small text (docs/audiences.md).

text ── expand ──▶ text without saved audiences ── parse ──▶ nodes ── compile_filter ──▶ SQL
"""

from outreach.audience.compiling import Filter, compile_filter
from outreach.audience.counting import Counted, count
from outreach.audience.nodes import And, Everybody, Node, Not, Or, Saved, Term, show
from outreach.audience.parsing import parse
from outreach.audience.saved import expand, remarks

__all__ = [
    "And",
    "Counted",
    "Everybody",
    "Filter",
    "Node",
    "Not",
    "Or",
    "Saved",
    "Term",
    "compile_filter",
    "count",
    "expand",
    "parse",
    "remarks",
    "show",
]

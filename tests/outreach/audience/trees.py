"""Random audiences."""

from __future__ import annotations

from hypothesis import strategies as st

from outreach.audience import And, Everybody, Node, Not, Or, Term
from tests.outreach.audience import crowd

_STATES = ("", "/going", "/maybe", "/no", "/waiting", "/invited", "/attended")
VALUES: dict[str, tuple[str, ...]] = {
    "organisation": crowd.COLUMNS["organisation"],
    "persona": crowd.COLUMNS["persona"],
    "residence": crowd.COLUMNS["residence"],
    "region": crowd.COLUMNS["home_region"],
    "field": (*crowd.COLUMNS["field"], "any"),
    "occupation": (*crowd.COLUMNS["occupation"], "any"),
    "willingness": (*crowd.COLUMNS["willingness"], "any"),
    "source": ("telegram", "poster-1", "poster-*", "p*", "*", "nobody", "100%_*"),
    "country": (*crowd.COUNTRIES, "any"),
    "city": (*crowd.CALLED, "any"),
    "since": ("2015", "<2015", ">2015", "2010-2015", "any"),
    "status": ("joining", "active", "paused", "mapped"),
    "language": ("en", "sk", "sl"),
    "person": ("1", "2", "30", "999999999999"),
    "channel": crowd.CHANNELS,
    "consent": crowd.PURPOSES,
    "last_active": (*(f"{sign}{span}" for sign in "<>" for span in crowd.SPANS), "never"),
    "registered": ("<30d", ">2w", "never"),
    "confirmed": (">30d", "<2w", "never"),
    "home": ("2026-12-20..2027-01-05", "2026-12-24", "2026-12-30..2026-12-30"),
    "event": tuple(key + state for key in (*crowd.EVENTS, "none-such") for state in _STATES),
    "spoken": (*crowd.TRAITS["spoken_languages"], "any"),
    **{
        kind: (*values, "any")
        for kind, values in crowd.TRAITS.items()
        if kind != "spoken_languages"
    },
}
"""What the database of the tests can be asked, as it may be written."""


@st.composite
def terms(draw: st.DrawFn) -> Term:
    name = draw(st.sampled_from(sorted(VALUES)))
    values = draw(st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=3))
    return Term(name, tuple(values))


def trees(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Trees of these leaves."""

    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.one_of(inner.map(Not), several.map(And), several.map(Or))

    return st.recursive(leaves, grow, max_leaves=8)


def audiences() -> st.SearchStrategy[Node]:
    """Audiences that can be asked of the database of the tests."""
    return trees(st.one_of(terms(), st.just(Everybody())))

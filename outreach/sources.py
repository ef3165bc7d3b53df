"""What messages are made of: the broadcasts, events and answers, matches and requests that they
are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from outreach.kinds import BRING_BACK, FACTS, HOME
from outreach.mentoring import people
from outreach.mentoring.people import Other
from storage import broadcasts, events, homes, profile, unfinished
from storage.broadcasts import BroadcastRow
from storage.events import EventRow, RsvpRow
from storage.homes import Next
from storage.mentoring import matches, offers, requests
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.mentoring.requests import RequestRow
from storage.profile import Held
from storage.transaction import Transaction
from storage.unfinished import Left


@dataclass(frozen=True, slots=True)
class Sources:
    """By number; answers by (event, person), offers by mentor, the other of a pair by (reader,
    other); what is known of somebody, when they are next at home and what they left, by person;
    ``coming``: how many will be at the events that are posted in channels. What is not there any
    more is left out.
    """

    broadcasts: Mapping[int, BroadcastRow] = field(default_factory=dict)
    events: Mapping[int, EventRow] = field(default_factory=dict)
    rsvps: Mapping[tuple[int, int], RsvpRow] = field(default_factory=dict)
    matches: Mapping[int, MatchRow] = field(default_factory=dict)
    requests: Mapping[int, RequestRow] = field(default_factory=dict)
    offers: Mapping[int, OfferRow] = field(default_factory=dict)
    others: Mapping[tuple[int, int], Other] = field(default_factory=dict)
    coming: Mapping[int, int] = field(default_factory=dict)
    known: Mapping[int, Held] = field(default_factory=dict)
    homes: Mapping[int, Next] = field(default_factory=dict)
    left: Mapping[int, Left] = field(default_factory=dict)


class About(Protocol):
    """A message by what it is about, and whom it is for."""

    @property
    def kind(self) -> str: ...
    @property
    def person(self) -> int | None: ...
    @property
    def broadcast(self) -> int | None: ...
    @property
    def event(self) -> int | None: ...
    @property
    def match(self) -> int | None: ...
    @property
    def request(self) -> int | None: ...


def load(tx: Transaction, rows: Iterable[About]) -> Sources:
    """What these messages are about."""
    wanted = tuple(rows)
    pairs = {
        (row.event, row.person)
        for row in wanted
        if row.event is not None and row.person is not None
    }
    sources = Sources(
        broadcasts.by_ids(tx, {row.broadcast for row in wanted if row.broadcast is not None}),
        events.by_ids(tx, {row.event for row in wanted if row.event is not None}),
        events.rsvps(tx, pairs),
    )
    posted = {row.event for row in wanted if row.event is not None and row.person is None}
    if posted:
        sources = replace(sources, coming=events.coming(tx, sorted(posted)))
    if old := [row.person for row in wanted if row.kind == FACTS and row.person is not None]:
        sources = replace(sources, known=profile.held(tx, old))
    if away := [row.person for row in wanted if row.kind == HOME and row.person is not None]:
        sources = replace(sources, homes=homes.latest(tx, away))
    if gone := [row.person for row in wanted if row.kind == BRING_BACK and row.person is not None]:
        sources = replace(sources, left=unfinished.latest(tx, gone))
    if any(row.match is not None or row.request is not None for row in wanted):
        return _with_pairs(tx, sources, wanted)
    return sources


def _with_pairs(tx: Transaction, sources: Sources, rows: Iterable[About]) -> Sources:
    """The same with the matches and requests that some are about, and who takes part in them."""
    about = matches.by_ids(tx, {row.match for row in rows if row.match is not None})
    asked = {row.request for row in rows if row.request is not None}
    asked |= {match.request_id for match in about.values() if match.request_id is not None}
    mentors = {match.mentor_id for match in about.values() if match.mentor_id is not None}
    return replace(
        sources,
        matches=about,
        requests=requests.by_ids(tx, asked),
        offers=offers.by_people(tx, mentors),
        others=people.others(tx, _each_other(about, rows)),
    )


def _each_other(about: Mapping[int, MatchRow], rows: Iterable[About]) -> Iterator[tuple[int, int]]:
    for row in rows:
        match = about.get(row.match) if row.match is not None else None
        if match is None or row.person is None:
            continue
        other = match.mentee_id if row.person == match.mentor_id else match.mentor_id
        if other is not None:
            yield row.person, other

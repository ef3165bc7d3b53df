"""How many people an audience has, how many of them a message would reach, and why not all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.audience.compiling import compile_filter
from outreach.audience.saved import expand
from storage import audiences
from storage.audiences import REASONS
from storage.transaction import Transaction

__all__ = ["REASONS", "Counted", "count"]


@dataclass(frozen=True, slots=True)
class Counted:
    """``matched`` fit the text; ``reachable`` of them would get a message now. ``excluded``: how
    many are left out for each reason of REASONS, everybody under the first that applies.
    ``languages`` and ``channels`` are those of the reachable. ``own``: counted were only people
    whom one organisation may see, so nothing is in it of the others', whatever the text asks."""

    matched: int
    reachable: int
    excluded: Mapping[str, int]
    languages: Mapping[str, int]
    channels: Mapping[str, int]
    own: bool = False


def count(
    tx: Transaction,
    text: str,
    blueprint: Blueprint,
    now: datetime,
    organisation: str | None,
    channels: tuple[str, ...],
) -> Counted:
    """Count an audience as ``organisation`` (None: all of them) could write to it through
    ``channels``, those that this bot can send through. Raises BadFilter.

    The text is asked of people whom the organisation may see: its own, and others' who consented to
    sharing. Otherwise a count would say whether one of the others fits it.
    """
    filter_ = compile_filter(
        expand(tx, text), blueprint, now, organisation=organisation, whole=True
    )
    rows = audiences.outcomes(
        tx,
        filter_.where,
        filter_.params,
        channels,
        blueprint.outreach.messages_a_week,
        now,
    )
    outcomes: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for outcome, language, people in rows:
        if outcome in REASONS:
            outcomes[outcome] += people
        else:
            languages[language] += people
            ways[outcome] += people
    reachable = languages.total()
    return Counted(
        matched=reachable + outcomes.total(),
        reachable=reachable,
        excluded={reason: outcomes[reason] for reason in REASONS},
        languages=dict(languages.most_common()),
        channels=dict(ways.most_common()),
        own=organisation is not None,
    )

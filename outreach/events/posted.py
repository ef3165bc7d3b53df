"""An event's card in a channel, for platforms on which everybody can answer it right there.

Everybody reads it: nobody's answer stands in it, and when it is, each sees at their own time.
"""

from __future__ import annotations

from messages import rich
from messages.message import Fact, Look, Option, Panel, Rich
from outreach.events.buttons import reference
from outreach.events.showing import Card, chosen, description, standing, title

CALENDAR = "ics"


def panels(card: Card, coming: int, *small: Rich) -> tuple[Panel, ...]:
    """The card; ``coming`` is how many will be there, ``small`` what stands below it."""
    said = rich.concat(title(card)[1:], description(card))
    told = standing(card)
    return (
        Panel(rich.paragraph(card.title), Look.HEADING),
        *((Panel(said),) if said else ()),
        Panel(facts=_facts(card, coming)),
        *((Panel(told),) if told and card.status != "announced" else ()),
        *_buttons(card),
        *(Panel(each, Look.SMALL) for each in small if each),
    )


def _facts(card: Card, coming: int) -> tuple[Fact, ...]:
    event = card.event
    place = chosen(event.place, card.language, card.blueprint)[0]
    facts = [Fact(card.line("fact_when"), card.when().own, event.starts_at)]
    if place or event.link:
        facts.append(Fact(card.line("fact_where"), place or card.line("fact_online")))
    if event.capacity is not None:
        taken = card.line("fact_taken", coming=min(coming, event.capacity), count=event.capacity)
        facts.append(Fact(card.line("fact_places"), taken))
    elif coming:
        facts.append(Fact(card.line("fact_coming"), str(coming)))
    if card.status == "announced" and event.rsvp_until is not None:
        until = event.answers_until
        facts.append(Fact(card.line("fact_until"), card.moment(until), until))
    for name, who in (("fact_speaker", event.speaker), ("fact_host", event.host)):
        if who:
            facts.append(Fact(card.line(name), who))
    return tuple(facts)


def _buttons(card: Card) -> tuple[Panel, ...]:
    """The answers, the first the one that is meant."""
    answers = card.buttons.answers(None, card.now)
    if not answers:
        return ()
    first, *rest = answers
    return (
        Panel(
            ref=reference(card.event.id),
            buttons=(Option(first.key, first.press, first.label, "on"), *rest),
            more=(card.buttons.calendar(),),
        ),
    )

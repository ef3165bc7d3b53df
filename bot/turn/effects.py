"""What a finished conversation changes, and what the person is offered next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from blueprints.schema import Survey, SurveyQuestion
from bot.turn import cards, conversing, events, fresh, news, notice, opening
from bot.turn.allowing import NOTHING, Beside
from bot.turn.context import Turn
from bot.turn.mentoring import command as mentoring
from bot.turn.mentoring import results as mentoring_results
from bot.turn.staff import broadcasts as staff_broadcasts
from bot.turn.staff import events as staff_events
from bot.turn.staff import inbox as staff_inbox
from bot.turn.staff import pages as staff_pages
from flows.engine import Finished
from flows.home import NextHome
from flows.join import Declined, Joined
from flows.registration import Completed, Registration
from flows.renew import Renewed
from flows.settings import Consented, Erasure, Paused
from flows.staff_broadcast import BroadcastDraft, SendingTime
from flows.staff_event import EventDraft
from flows.staff_reply import StaffReply
from flows.survey import Answered
from messages import rich
from messages.message import Rich
from outreach import claiming, entitled
from outreach import open_surveys as open_surveys_of
from outreach.erasing import erase
from outreach.joining import life as joining
from outreach.mentoring import keeping, offers
from storage import conversations, living, privacy, profile
from storage.conversations import Talk
from storage.living import Trait

OFFERED = frozenset({"willingness", "skills_offered"})
"""Columns of the living database that a mentor's offer is made of, where they set nothing, beside
the one that says that they would be one."""


def apply(turn: Turn, talk: Talk, finished: Finished[Any], said: Rich) -> None:
    """Apply the flow's result in the turn's transaction."""
    if turn.incoming.where != "chat":
        cards.refresh_home(turn)
    match finished.result:
        case Joined() as result:
            _joined(turn, result, said)
        case Declined():
            declined(turn)
        case Registration() | Completed() as result:
            _profile(turn, talk, result, said)
        case Answered() as result:
            _answered(turn, result, said)
        case Paused() | Consented() | NextHome() as result:
            _afterwards(turn, talk, _settled(turn, result))
        case Renewed(given):
            _renewed(turn, talk, given, said)
        case Erasure(confirmed):
            _erasure(turn, talk, confirmed=confirmed)
        case EventDraft() | BroadcastDraft() | SendingTime() | StaffReply() as result:
            _by_staff(turn, talk, result, said)
        case result if isinstance(result, mentoring_results.RESULTS):
            mentoring_results.apply(turn, talk, result, said)


def _settled(turn: Turn, result: Paused | Consented | NextHome) -> Rich:
    """Of a short conversation: what is changed, and what is said of it."""
    match result:
        case Paused(until):
            living.pause(turn.tx, turn.who.person, until)
            if turn.who.status == "active":
                turn.who.status = "paused"
            return turn.labels.say("pause.paused", until=until)
        case Consented(given):
            consent(turn, given)
            return turn.labels.say("privacy.consents_saved")
        case NextHome():
            return fresh.save(turn, result)


def _by_staff(
    turn: Turn,
    talk: Talk,
    result: EventDraft | BroadcastDraft | SendingTime | StaffReply,
    said: Rich,
) -> None:
    match result:
        case EventDraft():
            staff_events.apply(turn, talk, result, said)
        case BroadcastDraft():
            staff_broadcasts.apply(turn, talk, result, said)
        case SendingTime():
            staff_broadcasts.timed(turn, talk, result)
        case StaffReply():
            staff_inbox.apply(turn, result, said)


def _joined(turn: Turn, result: Joined, said: Rich) -> None:
    who = turn.who
    living.join(turn.tx, who.person, result.persona, turn.blueprint.programme.notice_version)
    who.status, who.persona = "joining", result.persona
    who.notice = turn.blueprint.programme.notice_version
    if turn.incoming.username:
        conversations.call(turn.tx, who.identity, turn.incoming.username)
    consent(turn, result.consents, asked=result.asked)
    opening.registration(turn, said)


def _renewed(turn: Turn, talk: Talk, given: tuple[str, ...], said: Rich) -> None:
    """They agreed anew, to what the notice says now; what waited for that may go."""
    version = turn.blueprint.programme.notice_version
    consent(turn, given, again=True)
    living.renew(turn.tx, turn.who.person, version)
    turn.who.notice = version
    claiming.agreed(turn.tx, turn.who.person, turn.now)
    _afterwards(turn, talk, rich.concat(said, turn.labels.say("renew.thanks")))


def consent(
    turn: Turn, given: tuple[str, ...], *, asked: Iterable[str] | None = None, again: bool = False
) -> None:
    """Record each purpose that was ``asked`` for (None: all of the notice) as given or not given
    (``again``: under a new notice); what rests on one that was withdrawn ends."""
    notice.stored(turn)
    purposes = [each.key for each in turn.blueprint.purposes] if asked is None else list(asked)
    before = living.consents(turn.tx, turn.who.person)
    living.consent(
        turn.tx,
        turn.who.person,
        {key: key in given for key in purposes},
        notice_version=turn.blueprint.programme.notice_version,
        channel=turn.incoming.channel,
        now=turn.now,
        again=again,
    )
    _withdrawn(turn, {key for key in purposes if before.get(key) and key not in given})


def _withdrawn(turn: Turn, purposes: set[str]) -> None:
    if "mentoring" in purposes:
        keeping.leave(turn.tx, turn.who.person, turn.now, turn.blueprint)
    elif "sharing" in purposes:
        keeping.unshared(turn.tx, turn.who.person, turn.now, turn.blueprint)


def declined(turn: Turn) -> None:
    """Nothing is kept of somebody who does not want to, or is too young."""
    joining.leave(turn.tx, turn.who.person, turn.now, turn.blueprint)
    privacy.remove(turn.tx, turn.who.person)
    turn.say("join.declined", loose=True)


def _profile(turn: Turn, talk: Talk, result: Registration | Completed, said: Rich) -> None:
    if isinstance(result, Registration):
        _registered(turn, result, said)
    else:
        _completed(turn, talk, result, said)


def _registered(turn: Turn, result: Registration, said: Rich) -> None:
    who = turn.who
    first = who.status == "joining"
    if result.persona != who.persona:
        _another_persona(turn, result.persona)
    saved(turn, result.facts)
    if first:
        living.registered(turn.tx, who.person, turn.now)
        who.status = "active"
    if result.asked:
        consent(turn, result.consents, asked=result.asked)
    organisation = turn.blueprint.organisation(who.organisation or "")
    name = organisation.name if organisation else ""
    key = "registration.registered" if first else "registration.saved"
    before = rich.concat(said, turn.labels.say(key, organisation=name))
    if first:
        _welcomed(turn, before)
    else:
        _and_on(turn, before, news.asked_for(turn))  # it may say by now that they want news
    cards.refresh_home(turn)


def saved(turn: Turn, facts: Mapping[str, Any]) -> None:
    """Store facts, and what a survey would ask again as answered there."""
    who, blueprint = turn.who, turn.blueprint
    profile.save(turn.tx, who.person, blueprint, facts, _source(turn), turn.now)
    row = living.read_profile(turn.tx, who.person)
    who.organisation, who.name, who.timezone = row["organisation"], row["name"], row["timezone"]
    for survey in blueprint.surveys_for(who.persona or ""):
        for key in open_surveys_of.told_early(blueprint, who.persona or "", survey):
            question = survey.question(key)
            column = question.column if question else None
            if column is not None and column in facts:
                living.save_answer(
                    turn.tx, who.person, survey.key, survey.round, key, facts[column], turn.now
                )


def _another_persona(turn: Turn, persona: str) -> None:
    """What only the persona before could have in mentoring ends; nothing else is lost."""
    living.set_persona(turn.tx, turn.who.person, persona)
    turn.who.persona = persona
    keeping.leave(turn.tx, turn.who.person, turn.now, turn.blueprint)


def _completed(turn: Turn, talk: Talk, result: Completed, said: Rich) -> None:
    """More is known; how much."""
    saved(turn, result.facts)
    known, count, _ = cards.filled(turn)
    told = turn.labels.say("registration.completed", known=known, count=count)
    _afterwards(turn, talk, rich.concat(said, told))
    cards.refresh_home(turn)


def _welcomed(turn: Turn, said: Rich) -> None:
    """On with what they came for; then what else there is for them."""
    if mentoring.arrived_before(turn, said):
        return
    before = () if events.arrived_before(turn, said) else said
    offer_survey(turn, before, _both(mentoring.after_registration(turn), news.asked_for(turn)))


def _both(first: Beside, second: Beside) -> Beside:
    return rich.concat(first[0], second[0]), (*first[1], *second[1][:1])


def _source(turn: Turn) -> str:
    return f"person:{turn.incoming.channel}"


def _answered(turn: Turn, result: Answered, said: Rich) -> None:
    survey = entitled.save_answers(
        turn.tx, turn.who.person, turn.blueprint, result.survey, result.round,
        dict(result.answers), turn.now,
    )  # fmt: skip
    if survey is not None:
        for question in survey.questions:
            _feed(turn, question, result.answers)
    if survey is not None and survey.after_events:
        offer_menu(turn, said)  # they came to say this; other surveys are in the menu
    else:
        offer_survey(turn, said, _to_mentor(turn, survey))
    cards.refresh_home(turn)


def _to_mentor(turn: Turn, survey: Survey | None) -> Beside:
    """After a survey that asks for what a mentor's offer is made of: the offer, up to date."""
    asked = {question.column for question in survey.questions} if survey is not None else set()
    offer = turn.blueprint.mentoring.offer
    said = offer is not None and offer.fact in asked
    if not (said or asked & OFFERED):
        return NOTHING
    offers.ensure(turn.tx, turn.now, turn.blueprint, turn.who.person)
    return mentoring.after_survey(turn) if said else NOTHING


def _feed(turn: Turn, question: SurveyQuestion, answers: Mapping[str, Any]) -> None:
    """Bring a column of the living database up to what was just answered."""
    column, value = question.column, answers.get(question.key)
    if column is None:
        return
    person = turn.who.person
    if column == "willingness":
        living.set_willingness(turn.tx, person, value if isinstance(value, str) else None)
    elif question.kind == "rating":
        rated = [Trait(key, level=level) for key, level in (value or {}).items()]
        living.set_traits(turn.tx, person, column, rated)
    else:
        values = value if isinstance(value, list) else [value] if value else []
        ranked = [Trait(str(each), rank) for rank, each in enumerate(values, 1)]
        living.set_traits(turn.tx, person, column, ranked)
    living.confirm(turn.tx, person, [column], _source(turn), turn.now)


def _afterwards(turn: Turn, talk: Talk, said: Rich) -> None:
    """Go back to what a short conversation interrupted."""
    then = talk.params.get("then")
    if not (then and conversing.resume(turn, int(then), said)):
        offer_menu(turn, said)


def _erasure(turn: Turn, talk: Talk, *, confirmed: bool) -> None:
    if not confirmed:
        _afterwards(turn, talk, turn.labels.say("forget.kept"))
        return
    erase(turn.tx, turn.who.person, turn.house.secret, turn.now, turn.blueprint)
    turn.erased = True
    turn.out.clear()
    turn.unledgered.clear()
    turn.variants.clear()
    turn.say("forget.erased", loose=True)
    cards.empty_home(turn)


def open_surveys(turn: Turn) -> list[Survey]:
    """The surveys for this person not yet answered in their present round, in order."""
    return open_surveys_of.of(turn.tx, turn.who.person, turn.blueprint, turn.who.persona or "")


def offer_survey(turn: Turn, before: Rich = (), beside: Beside = NOTHING) -> None:
    """Offer the next survey; when all are answered, the menu. ``beside``: what is offered first."""
    surveys = open_surveys(turn)
    before = rich.concat(before, beside[0])
    if not surveys and beside[1]:
        turn.send(turn.message(before, (*beside[1], turn.command_button("menu"))))
        return
    if not surveys:
        done = turn.labels.say("survey.all_done", promised=news.promised(turn))
        _and_on(turn, rich.concat(before, done), news.asked(turn))
        return
    survey = surveys[0]
    title = turn.labels.text(cards.texts(survey.title))
    offer = turn.labels.say("survey.offer", title=title, minutes=survey.minutes, count=len(surveys))
    buttons = (
        *beside[1],
        turn.button(
            f"survey.{survey.key}", turn.labels.words.text("survey.button_start", turn.who.language)
        ),
        turn.button("later", turn.labels.words.text("survey.button_later", turn.who.language)),
    )
    turn.send(turn.message(rich.concat(before, offer), buttons))


def _and_on(turn: Turn, said: Rich, beside: Beside) -> None:
    """The menu, or first what there is to ask: whether we may write to them at all."""
    words, buttons = beside
    if buttons:
        turn.send(turn.message(rich.concat(said, words), buttons))
    else:
        offer_menu(turn, said)


def offer_menu(turn: Turn, before: Rich = ()) -> None:
    """The menu; to somebody without consent, the beginning; to staff without one, theirs."""
    if turn.who.status == "new":
        if not staff_pages.greeted(turn, before):
            conversing.begin(turn, "join", before=before)
        return
    unfinished = conversations.parked(turn.tx, turn.who.person)
    turn.send(cards.menu(turn, unfinished, before))

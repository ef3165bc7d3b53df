"""A region as data: the models that a blueprint file is validated against.

Everything is frozen and refuses unknown keys. The models check what one value can be; what
values say about each other (references, missing translations, limits) is checked by
:mod:`blueprints.load`, which names every problem at once.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from blueprints.facts import (
    BUILT_IN,
    USUAL_ASKS,
    USUAL_LATER,
    Ask,
    Fact,
    OptionList,
    Pick,
)
from blueprints.options import Field as FieldOfWork
from blueprints.options import Level, Option, Skill, label_of, options_for
from blueprints.remembered import once_a_blueprint
from blueprints.values import (
    Column,
    Count,
    Country,
    Day,
    Email,
    Flag,
    Hour,
    Key,
    Language,
    Line,
    Model,
    Name,
    Nuts,
    PersonaKey,
    Positive,
    PurposeKey,
    QuestionKind,
    Span,
    Texts,
    Url,
    Ways,
    Zone,
    zone_of,
)

__all__ = [
    "Answer",
    "Ask",
    "Blueprint",
    "Condition",
    "Fact",
    "Level",
    "Mentoring",
    "Option",
    "Organisation",
    "Outreach",
    "Persona",
    "Pick",
    "Programme",
    "Purpose",
    "Region",
    "Skill",
    "Survey",
    "SurveyQuestion",
    "Target",
    "Texts",
    "Timings",
    "Weights",
    "label_of",
    "options_for",
]


# Stands in a controller's text for the organisation's privacy contact.
CONTACT = "{contact}"


class Region(Model):
    """A home region to choose. ``organisation`` looks after its people; None: see
    :meth:`Blueprint.organisation_for`. ``towns`` in it, so that the region follows from where
    somebody lives."""

    key: Key
    name: Texts
    nuts: Nuts | None = None
    country: Country | None = None
    organisation: Key | None = None
    towns: tuple[Line, ...] = ()


class Organisation(Model):
    """A partner. ``language`` is its staff's; ``controller`` the privacy notice's part on it,
    in which ``{contact}`` was replaced by the ``privacy_contact`` (GDPR, Article 13(1)(a));
    ``timezone`` (IANA) that of its events, and of people whose own is unknown; ``seat`` its
    address, shown with the whole notice."""

    key: Key
    name: Line
    legal_name: Line
    country: Country
    language: Language
    website: Url
    privacy_contact: Email
    controller: Texts
    timezone: Zone | None = None
    seat: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_contact(cls, raw: Any) -> Any:
        """A copy whose controller texts name the contact; anything odd is left to validation."""
        if not isinstance(raw, dict) or not isinstance(raw.get("controller"), dict):
            return raw
        contact = raw.get("privacy_contact")
        controller = {
            language: text.replace(CONTACT, str(contact)) if isinstance(text, str) else text
            for language, text in raw["controller"].items()
        }
        return {**raw, "controller": controller}


class Purpose(Model):
    """What somebody can consent to. ``needed``: without it there is no registration.
    ``personas``: whom it is of use to, so who is asked (empty: all)."""

    key: PurposeKey
    label: Texts
    detail: Texts
    needed: Flag = False
    personas: tuple[PersonaKey, ...] = ()


class Persona(Model):
    """Who takes part. ``asks``: the facts asked at registration, in this order; ``later`` those to
    complete the profile with, each of which may be skipped. ``words``: how people begin to call
    themselves so, in any language and without accents ("expat", "zahranic")."""

    key: PersonaKey
    label: Texts
    detail: Texts
    words: tuple[Line, ...] = ()
    asks: tuple[Ask, ...] | None = None
    later: tuple[Ask, ...] | None = None


class Condition(Model):
    """Ask only when the answer to an earlier ``question`` of the same survey holds one of
    ``any`` and none of ``none`` (option keys; "yes" and "no" for yes_no; empty: no limit)."""

    question: Key
    any: tuple[Key, ...] = ()
    none: tuple[Key, ...] = ()


class SurveyQuestion(Model):
    """One question of a survey.

    ``minimum`` and ``maximum``: how many options (multi, rank), or the least and greatest value
    (number). ``max_length``: characters of a text. ``column``: the column of the living database
    that the answer feeds. ``personal``: free text or facts that could point at the person, left
    out of anonymous reports. ``personas``: who of the survey's personas is asked (empty: all).
    ``why``: what is said to whoever asks why this is asked.
    """

    key: Key
    kind: QuestionKind
    text: Texts
    hint: Texts | None = None
    options: tuple[Option, ...] = ()
    levels: tuple[Level, ...] = ()
    minimum: Count | None = None
    maximum: Count | None = None
    max_length: Positive | None = None
    needed: Flag = False
    personal: Flag = False
    when: Condition | None = None
    column: Column | None = None
    personas: tuple[PersonaKey, ...] = ()
    why: Texts | None = None

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)

    def level(self, key: str) -> Level | None:
        return next((level for level in self.levels if level.key == key), None)


class Survey(Model):
    """``round`` names the time it is asked ("2026-1"): answers are kept by round.

    ``after_events``: asked of those who were at an event, once for each; ``round`` is then the
    event's key. The menu does not list it.
    """

    key: Key
    title: Texts
    intro: Texts
    thanks: Texts
    minutes: Positive
    round: Name
    personas: tuple[PersonaKey, ...]
    questions: tuple[SurveyQuestion, ...]
    after_events: Flag = False

    def question(self, key: str) -> SurveyQuestion | None:
        return next((question for question in self.questions if question.key == key), None)

    def questions_for(
        self, persona: str, organisation: str | None = None
    ) -> tuple[SurveyQuestion, ...]:
        """The questions put to this persona, their options narrowed to the organisation's."""
        asked = (q for q in self.questions if not q.personas or persona in q.personas)
        return tuple(_narrow(question, organisation) for question in asked)


def _narrow(question: SurveyQuestion, organisation: str | None) -> SurveyQuestion:
    options = options_for(question.options, organisation)
    if len(options) == len(question.options):
        return question
    return question.model_copy(update={"options": options})


class Timings(Model):
    """How long things live. Days are 24 hours."""

    link_code_minutes: Positive = 15  # a code of /link can be used, and both must have said yes
    undo_minutes: Positive = 15  # two accounts that were joined can be parted again
    joined_days: Positive = 30  # facts that were not taken over when two records were joined
    abandoned_days: Positive = 7  # somebody who never consented is erased after
    unfinished_days: Positive = 60  # somebody who consented and never finished is erased after
    unfinished_notice_days: Positive = 14  # … and told so many days before
    event_ids_days: Positive = 7  # a platform's event id is remembered against duplicates
    delivery_days: Positive = 90  # a sent message's row is kept
    inbox_days: Positive = 180  # a message that staff have dealt with is kept
    unanswered_days: Positive = 365  # a message that staff have not dealt with is kept
    quarantine_days: Positive = 30  # an event that could not be played is kept
    staff_log_days: Positive = 1095  # what staff did is kept, and who left is named
    proof_days: Positive = 1095  # what an erased person had consented to is kept
    erasure_days: Positive = 1095  # the mark of an erased person is kept
    farewell_days: Positive = 14  # everybody is told so long before the end
    fact_days: Positive = 365  # after this long without confirmation a fact is out of date


class Outreach(Model):
    """When and how often people are written to unasked. Hours are the reader's own.

    ``reminders``: how long before an event begins ("7d", "1d", "1h"), longest first. ``wish``: what
    says that somebody would like news of events. ``bring_back``: how long after somebody left their
    registration or a survey unfinished they are asked whether to go on, twice at most.
    """

    wish: Pick | None = None
    messages_a_week: Positive = 3  # invitations and broadcasts for one person in seven days
    day_begins: Hour = 9  # nothing arrives earlier …
    day_ends: Hour = 20  # … or later, unless an event is about to begin
    reminders: tuple[Span, ...] = ("7d", "1d", "1h")
    bring_back: tuple[Span, ...] = ("1d", "6d")
    offer_hours: Positive = 24  # a freed place is kept for the first in line
    thanks_hours: Positive = 2  # after an event's end: thanks, and what was it like?
    feedback_days: Positive = 2  # after the thanks: a reminder to who has not said
    expires_days: Positive = 3  # a broadcast that could not be sent within is not sent any more
    staff_answer_days: Positive | None = None  # staff usually answer messages within; None: unsaid
    pause_minutes: Positive = 15  # an open conversation this fresh is not interrupted


class Weights(Model):
    """How much each reason counts in a match; 0: it does not.

    ``skills``, ``field``, ``mode`` and ``hours`` count in full where mentor and mentee fit wholly;
    ``waiting`` for every thirty days that a request has waited, ``passed_over`` for every round
    that found it nobody, so that nobody waits for ever.
    """

    skills: Count = 6
    field: Count = 2
    mode: Count = 1
    hours: Count = 2
    waiting: Count = 1
    passed_over: Count = 2


class Mentoring(Model):
    """How local people and mentors are brought together, and looked after until they have met.

    ``priorities``: skills the region needs most; wanting one of them counts half as much again.
    ``nudges``: days after the introduction on which those who have not met are asked.
    ``wish`` is what says that somebody would like a mentor, ``offer`` that somebody would be one.
    """

    wish: Pick | None = None
    offer: Pick | None = None
    capacity: Positive = 2  # mentees a mentor has at once, unless they say otherwise
    round_days: Count = 14  # a round every so many days; 0: only when staff say
    unattended: Flag = False  # whether a round asks mentors without staff's approval
    alternatives: Count = 3  # next best mentors kept with every proposal
    again_days: Positive = 730  # so long nobody is proposed again to the same person
    answer_days: Positive = 4  # mentor and mentee each have so long to say yes …
    remind_days: Positive = 2  # … and are reminded once, after so many
    nudges: tuple[Positive, ...] = (7, 14)
    quiet_days: Positive = 7  # after the last nudge: who never said anything is let go
    break_days: Positive = 90  # a mentor who fell silent is not proposed for so long
    again_meet_days: Positive = 21  # after a meeting: have you met again?
    midway_days: Positive = 45  # after the first meeting
    end_days: Positive = 90  # after the first meeting
    unmatched_days: Positive = 45  # a request that found nobody gets an honest word
    priorities: tuple[Key, ...] = ()
    weights: Weights = Weights()


class Answer(Model):
    """An answer to what people ask back at any moment ("is this free?"). ``asked``: how they put
    it; ``text``: two sentences at most. The key ``why`` answers "why do you ask?" where a question
    has no answer of its own to that, and needs no ``asked``."""

    key: Key
    text: Texts
    asked: Ways = Ways({})


class Target(Model):
    """How many people an organisation wants to map."""

    organisation: Key
    domestic: Count
    international: Count


class Programme(Model):
    """The frame: what is said on start, /about and /privacy.

    ``notice_material``: this version of the notice is more than other wording, so whoever agreed to
    an earlier one is asked again. ``ends_on``: the last day, on which everybody is erased (see
    outreach.ending); None: nobody is erased because a date has come. ``recipients``: who
    gets the data, and where that is outside the Union under which safeguard (GDPR, Article
    13(1)(e), (f)); the second layer of the notice. ``hello``: the first message, with the funding
    statement below it; ``short_notice``: who keeps what, what for and who sees it, in the short
    words that people agree to (the program says until when, and how old one must be).
    ``bot_name``: what the bot is called on Telegram; None: as @BotFather was told.
    """

    key: Key
    name: Texts
    short_name: Texts
    url: Url
    funding_statement: Texts
    purpose: Texts
    retention: Texts
    rights: Texts
    about: Texts
    notice_version: Name
    notice_material: Flag = False
    minimum_age: Annotated[int, Field(strict=True, ge=13, le=21)]
    ends_on: Day | None = None
    recipients: Texts | None = None
    hello: Texts | None = None
    short_notice: Texts | None = None
    bot_name: Texts | None = None


class Blueprint(Model):
    """A region: everything that differs between two regions using the same program."""

    programme: Programme
    languages: tuple[Language, ...]
    organisations: tuple[Organisation, ...]
    regions: tuple[Region, ...]
    purposes: tuple[Purpose, ...]
    personas: tuple[Persona, ...]
    fields: tuple[FieldOfWork, ...]
    surveys: tuple[Survey, ...]
    occupations: tuple[Option, ...] = ()
    wants: tuple[Option, ...] = ()
    skills: tuple[Skill, ...] = ()
    formats: tuple[Option, ...] = ()
    facts: tuple[Fact, ...] = ()
    lists: tuple[OptionList, ...] = ()
    timings: Timings = Timings()
    outreach: Outreach = Outreach()
    mentoring: Mentoring = Mentoring()
    targets: tuple[Target, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def language(self) -> str:
        """The language for a reader whose own is unknown."""
        return self.languages[0]

    def organisation(self, key: str) -> Organisation | None:
        return next((each for each in self.organisations if each.key == key), None)

    def region(self, key: str) -> Region | None:
        return next((each for each in self.regions if each.key == key), None)

    def purpose(self, key: str) -> Purpose | None:
        return next((each for each in self.purposes if each.key == key), None)

    def persona(self, key: str) -> Persona | None:
        return next((each for each in self.personas if each.key == key), None)

    @once_a_blueprint
    def fact(self, key: str) -> Fact | None:
        """A fact with its kind and options, built in or declared."""
        declared = next((each for each in self.facts if each.key == key), None)
        built_in = BUILT_IN.get(key)
        if built_in is None:
            return declared
        options = declared.options if declared else ()
        usual = {"kind": built_in.kind, "options": options or self._options_of(key)}
        return (declared or Fact(key=key)).model_copy(update=usual)

    def _options_of(self, built_in: str) -> tuple[Option, ...]:
        if built_in == "willingness":
            found = self.column(built_in)
            return found[1].options if found else ()
        if built_in == "home_region":
            return tuple(Option(key=each.key, label=each.name) for each in self.regions)
        listed = BUILT_IN[built_in].listed
        return tuple(getattr(self, listed)) if listed else ()

    def asks(self, persona: str) -> tuple[Ask, ...]:
        """What somebody of this persona is asked at registration."""
        found = self.persona(persona)
        return self._usual(USUAL_ASKS) if found is None or found.asks is None else found.asks

    def later(self, persona: str) -> tuple[Ask, ...]:
        """What they can complete their profile with."""
        found = self.persona(persona)
        if found is not None and found.later is not None:
            return found.later
        return () if found is not None and found.asks is not None else self._usual(USUAL_LATER)

    def _usual(self, facts: tuple[str, ...]) -> tuple[Ask, ...]:
        fed = self.column("willingness") is not None
        return tuple(Ask(fact=key) for key in facts if fed or key != "willingness")

    @once_a_blueprint
    def facts_of(self, persona: str) -> tuple[Fact, ...]:
        """Everything that is asked of this persona, in order, in the persona's own words."""
        asked = (*self.asks(persona), *self.later(persona))
        return tuple(fact for ask in asked if (fact := self.asked(ask)) is not None)

    def asked(self, ask: Ask) -> Fact | None:
        """The fact that is asked, in the words it is asked in."""
        fact = self.fact(ask.fact)
        if fact is None or ask.ask is None:
            return fact
        return fact.model_copy(update={"ask": ask.ask})

    def personas_asked(self, fact: str) -> frozenset[str]:
        """The personas that are asked a fact, or by a survey for a column of that name."""
        asked = {
            e.key for e in self.personas if fact in (each.key for each in self.facts_of(e.key))
        }
        if found := self.column(fact):
            survey, question = found
            asked |= set(question.personas or survey.personas)
        return frozenset(asked)

    def may_seek(self, persona: str | None) -> bool:
        """Whether people of this persona can ask for a mentor."""
        wish = self.mentoring.wish
        return wish is not None and persona in self.personas_asked(wish.fact)

    def may_mentor(self, persona: str | None) -> bool:
        """Whether people of this persona can be mentors."""
        offer = self.mentoring.offer
        return offer is not None and persona in self.personas_asked(offer.fact)

    def purposes_for(self, persona: str) -> tuple[Purpose, ...]:
        """The purposes that are of use to this persona."""
        return tuple(
            each for each in self.purposes if not each.personas or persona in each.personas
        )

    def survey(self, key: str) -> Survey | None:
        return next((each for each in self.surveys if each.key == key), None)

    def surveys_for(self, persona: str) -> tuple[Survey, ...]:
        """The surveys of the menu, for this persona."""
        listed = (survey for survey in self.surveys if not survey.after_events)
        return tuple(survey for survey in listed if persona in survey.personas)

    @property
    def feedback(self) -> Survey | None:
        """The survey for those who were at an event."""
        return next((survey for survey in self.surveys if survey.after_events), None)

    def answer(self, key: str) -> Answer | None:
        return next((each for each in self.answers if each.key == key), None)

    def zone(self, organisation: str | None) -> str:
        """The time zone (IANA) of an organisation, and of its people whose own is unknown."""
        own = self.organisation(organisation) if organisation else None
        own = own or self.organisations[0]
        return own.timezone or zone_of(own.country)

    def target(self, organisation: str) -> Target | None:
        return next((each for each in self.targets if each.organisation == organisation), None)

    def column(self, name: str) -> tuple[Survey, SurveyQuestion] | None:
        """The survey and question that feed this column of the living database."""
        for survey in self.surveys:
            for question in survey.questions:
                if question.column == name:
                    return survey, question
        return None

    def organisation_for(
        self, region: str | None, country: str | None = None, language: str | None = None
    ) -> Organisation:
        """Who looks after somebody: the home region's organisation; else one in the country
        they live in; else one that speaks their language; else the first."""
        home = self.region(region) if region else None
        if home and home.organisation and (own := self.organisation(home.organisation)):
            return own
        for each in self.organisations:
            if country and each.country == country:
                return each
        for each in self.organisations:
            if language and each.language == language:
                return each
        return self.organisations[0]

    def skill_label(self, key: str, language: str) -> str:
        return label_of(self.skills, key, language)

    def format_label(self, key: str, language: str) -> str:
        return label_of(self.formats, key, language)

    def field_label(self, key: str, language: str) -> str:
        return label_of(self.fields, key, language)

    def occupation_label(self, key: str, language: str) -> str:
        return label_of(self.occupations, key, language)

    def want_label(self, key: str, language: str) -> str:
        return label_of(self.wants, key, language)

    def region_label(self, key: str, language: str) -> str:
        found = self.region(key)
        return found.name[language] if found else key

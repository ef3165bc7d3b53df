"""Mentoring from the request to the second meeting, on the whole product: mentor and mentee on
different platforms, in different languages and time zones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from storage.moments import as_moment
from tests.system.mentoring import (
    GOAL,
    One,
    asks,
    becomes_mentor,
    below,
    calendar,
    count,
    domov,
    pass_days,
    says_yes,
    settings,
    start,
)
from tests.system.speech import Speech
from tests.system.talks import Who
from tests.system.test_conversations import no_english, walk_erasure
from tests.system.world import World, world

JOHN = Who(
    name="John Novák", country="US", city="Boston", languages=("en", "sk"),
    consents=("invitations", "mentoring"), email="john@example.com",
)  # fmt: skip
ANA = Who(
    name="Ana Kováčová", city="Spišská Nová Ves", consents=("mentoring",),
    email="ana@example.com", wants=("mentor",),
)  # fmt: skip


SQLITE = ("sqlite_url", "polling", "socket")
POSTGRESQL = ("postgresql_url", "webhook", "http")


@pytest_asyncio.fixture(params=[SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
async def moved(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A running program on a clock of its own, on each database and by each way in."""
    url, *modes = request.param
    address = request.getfixturevalue(url)
    async with world(address, tmp_path, *modes, **settings(tmp_path)) as made:
        await start(made)
        yield made


def pair(world: World, mentor: str, mentee: str, language: str = "sk") -> tuple[One, One]:
    """A mentor who writes English from Boston, and who looks for one at home."""
    return (
        One(world.person(mentor, "en", "John"), Speech("en"), JOHN),
        One(world.person(mentee, language, "Ana"), Speech(language), ANA),
    )


async def brought_together(world: World, mentor: One, mentee: One) -> None:
    """Registered, proposed, approved, asked, introduced."""
    await becomes_mentor(mentor)
    await asks(mentee)
    assert "1 proposal waits" in await domov(world, "round", "--yes")
    await domov(world, "approve", "--all", "--yes")
    seen = await mentor.person.expect(mentor.w("match.mentor_ask", name=mentor.who.name))
    assert GOAL in seen, "in their own words, as written"
    for secret in (mentee.who.name, mentee.who.email, "@user", mentee.person.id):
        assert str(secret) not in seen, "nobody is named before both said yes"
    await says_yes(mentor, "mentor")
    seen = await mentee.person.expect(mentee.w("match.mentee_ask", name=mentee.who.name))
    assert mentor.who.name not in seen
    assert str(mentor.who.email) not in seen
    await says_yes(mentee, "mentee")
    for one, other in ((mentor, mentee), (mentee, mentor)):
        seen = await one.person.expect(one.w("match.introduction", name=other.who.name))
        assert str(other.who.email) in seen


def until_meeting(world: World) -> float:
    """Days until the agreed time."""
    ((at,),) = world.rows("SELECT meeting_at FROM mentoring_match")
    return (as_moment(at) - datetime.now(UTC)) / timedelta(days=1)


@pytest.mark.parametrize(
    ("moved", "mentor_on", "mentee_on"),
    [(SQLITE, "telegram", "slack"), (POSTGRESQL, "slack", "telegram")],
    indirect=["moved"],
    ids=["sqlite-to-slack", "postgresql-to-telegram"],
)
async def test_from_the_request_to_the_second_meeting(
    moved: World, mentor_on: str, mentee_on: str
) -> None:
    john, ana = pair(moved, mentor_on, mentee_on)
    await brought_together(moved, john, ana)

    # Ana takes a time that suits both, John agrees; both can put it into their calendars.
    introduction = ana.w("match.introduction", name=john.who.name)
    times = below(ana.person, introduction)[:3]
    assert len(set(times)) == 3
    await ana.person.choose(times[1])
    await john.person.expect(john.w("match.suits"))
    await john.person.choose(john.w("match.button_ok"))
    await john.person.expect(john.w("match.button_ics"))
    await ana.person.expect(ana.w("match.agree_where"), times[1][1:])  # a small letter
    for one, other in ((ana, john), (john, ana)):
        await one.person.choose(one.w("match.button_ics"))
        file = await calendar(one.person)
        assert "METHOD:" in file
        assert other.who.name in file.replace("\r\n ", "")

    # After the agreed hour both are asked; it is noted once, whoever says so.
    pass_days(moved, until_meeting(moved) + 0.2)
    for one in (ana, john):
        await one.person.expect(one.w("match.button_met"))
    await ana.person.choose(ana.w("match.button_met"))
    await ana.person.expect(ana.w("mentor.was_held", count=1))
    await john.person.choose(john.w("match.button_met"))
    await john.person.expect(john.w("mentor.was_held", count=1))
    assert moved.rows("SELECT state, meetings FROM mentoring_match") == [("met", 1)]

    # How was it? Then, three weeks later: have you met again?
    pass_days(moved, 2)
    await ana.person.expect(ana.w("match.button_good"))
    await ana.person.choose(ana.w("match.button_good"))
    await ana.person.expect(ana.w("mentor.check_noted"))
    pass_days(moved, 20)
    await john.person.expect(john.w("match.button_met"))
    await john.person.choose(john.w("match.button_met"))
    await john.person.expect(john.w("mentor.was_held", count=2))
    assert moved.rows("SELECT state, meetings FROM mentoring_match") == [("met", 2)]
    assert moved.rows("SELECT number FROM mentoring_meeting ORDER BY 1") == [(1,), (2,)]
    assert "2" in await domov(moved, "figures")

    for one, other in ((john, ana), (ana, john)):
        assert count(one.person, one.w("match.introduction", name=other.who.name)) == 1
    no_english(ana.person)


async def test_killed_at_every_step_nothing_is_lost_and_nothing_comes_twice(
    moved: World,
) -> None:
    """The program dies right after each answer, and once for a week."""
    john, ana = pair(moved, "telegram", "slack")
    john.person.stubborn = ana.person.stubborn = True
    await becomes_mentor(john)
    await asks(ana)
    await domov(moved, "round", "--yes")
    await domov(moved, "approve", "--all", "--yes")
    await moved.program.restart()
    await john.person.sees(john.w("match.mentor_ask", name=john.who.name))
    await says_yes(john, "mentor")
    await moved.program.restart()
    await ana.person.sees(ana.w("match.mentee_ask", name=ana.who.name))
    await says_yes(ana, "mentee")
    await moved.program.kill()
    pass_days(moved, 7.5)
    await moved.program.start()
    for one, other in ((john, ana), (ana, john)):
        await one.person.sees(one.w("match.introduction", name=other.who.name))
        await one.person.sees(one.w("match.nudge_days", name=other.who.name, count=7))
        await moved.program.restart()
    await john.person.choose(john.w("match.button_met"))
    await moved.program.restart()
    await john.person.sees(john.w("mentor.was_held", count=1))
    assert moved.rows("SELECT state, meetings FROM mentoring_match") == [("met", 1)]

    told = moved.rows(
        "SELECT kind, variant, person_id, state FROM delivery WHERE match_id IS NOT NULL"
    )
    # What was on its way when the program died may have arrived: it did, see below.
    assert {state for *_, state in told} <= {"sent", "sending", "unknown"}
    assert len({each[:3] for each in told}) == len(told)
    for one, other in ((john, ana), (ana, john)):
        asked = "match.mentor_ask" if one is john else "match.mentee_ask"
        assert count(one.person, one.w(asked, name=one.who.name)) == 1
        assert count(one.person, one.w("match.introduction", name=other.who.name)) == 1
    # John's was answered, and shows what he said.
    assert count(ana.person, ana.w("match.nudge_days", name=john.who.name, count=7)) == 1
    assert count(john.person, john.w("mentor.was_held", count=1)) == 1


@pytest.mark.parametrize(
    ("moved", "who_goes"),
    [(SQLITE, "mentor"), (POSTGRESQL, "mentee")],
    indirect=["moved"],
    ids=["sqlite-mentor", "postgresql-mentee"],
)
async def test_an_erased_half_of_a_pair_is_gone_and_the_other_is_told_kindly(
    moved: World, who_goes: str
) -> None:
    mentor, mentee = pair(moved, "slack", "telegram", "sl")
    await brought_together(moved, mentor, mentee)
    goes, stays = (mentor, mentee) if who_goes == "mentor" else (mentee, mentor)
    stayed = moved.person_of(stays.person)
    await goes.person.command("forget")
    await walk_erasure(goes.person, goes.w)

    told = await stays.person.expect(*stays.w("match.ended_gone", day="§").split("§"))
    assert goes.who.name not in told
    ((state, *parties),) = moved.rows("SELECT state, mentor_id, mentee_id FROM mentoring_match")
    assert state == "ended"
    assert parties == ([None, stayed] if who_goes == "mentor" else [stayed, None])
    if who_goes == "mentor":
        assert moved.rows("SELECT status, ahead FROM mentoring_request") == [("open", 1)]
    else:
        assert moved.rows("SELECT count(*) FROM mentoring_request") == [(0,)]
    await stays.person.command("mydata")
    held = await stays.person.file("mydata")
    assert "with" not in held["mentoring_match"][0]
    everything = str(held)
    assert goes.who.name not in everything
    assert str(goes.who.email) not in everything
    if who_goes == "mentee":
        assert GOAL not in everything

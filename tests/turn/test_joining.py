"""Two accounts become one record: asked on both, nothing lost, and to be undone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.turn.context import House
from storage.database import Database, sql
from tests.fakes.chat import Chat
from tests.outreach.sending import put
from tests.turn.talks import allow, answer_survey, count, join, register_expat, register_local, rows
from tests.turn.two_accounts import (
    NO,
    YES,
    asked,
    code,
    consents,
    joined,
    level,
    person_of,
    registered,
    state_of,
    surveyed,
    told_log,
)
from tests.turn.village import Village

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """On both databases, whatever the other conversations are played on."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def village(database: Database, house: House) -> Village:
    return Village(database, house)


@pytest.fixture
def jana(village: Village) -> Chat:
    return village.person("u1", "telegram")


@pytest.fixture
def eva(village: Village) -> Chat:
    return village.person("u2", "slack")


def both_registered(village: Village, jana: Chat, eva: Chat) -> None:
    registered(village, jana, "invitations", "mentoring", name="Jana Nováková")
    level(jana, eva)
    registered(village, eva, "invitations", "sharing", name="Eva Kováčová")
    level(jana, eva)


async def test_a_deep_link_alone_joins_nothing(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    """What an attacker would send: whoever taps Start on it is asked, and loses nothing."""
    both_registered(village, jana, eva)
    given = await code(jana)
    before = state_of(database)
    await eva.say(f"/start link_{given.replace('-', '')}")
    assert "Telegram · Jana" in eva.last.text
    assert eva.last.buttons == (YES, NO)
    assert state_of(database) == before
    village.look()
    assert "Slack" not in jana.last.text, "the other is not told before this one has said yes"
    await eva.press(NO)
    assert "nothing was linked" in eva.log[-1].text
    village.look()
    assert "the other account didn't say yes" in jana.last.text
    assert state_of(database) == before


async def test_one_yes_joins_nothing_either(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    before = state_of(database)
    await asked(village, jana, eva)
    assert "Slack · Eva" in jana.last.text
    assert "Nothing is linked yet" in eva.last.text
    await jana.press(NO)
    level(jana, eva)
    village.look()
    assert "the other account didn't say yes" in eva.last.text
    assert state_of(database) == before
    await jana.press(YES, on=jana.log[-2])
    assert "This question is closed" in jana.last.text
    assert person_of(database, "u1") != person_of(database, "u2")


async def test_the_other_is_asked_in_their_own_language(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    me = person_of(database, "u1")
    with database.transaction() as tx:
        tx.run(sql("UPDATE person SET language = 'sk' WHERE id = :id"), id=me)
    await eva.say(f"/start link_{given.replace('-', '')}")
    await eva.press(YES)
    village.look()
    assert jana.last.buttons == ("Áno, oba sú moje", "Nie")


async def test_both_must_say_yes_while_the_code_is_good(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await asked(village, jana, eva)
    village.days(1 / 48)
    assert "there was no answer on the other account in time" in eva.last.text
    await jana.press(YES)
    assert "This question is closed" in jana.last.text
    assert person_of(database, "u1") != person_of(database, "u2")


async def test_the_last_moment_of_a_code_is_one(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    ends = jana.now + 15 * MINUTE
    await eva.say(f"link {given}")
    await eva.press(YES)
    village.look()
    jana.now = ends - timedelta(seconds=5)  # and five to press
    await jana.press(YES)
    assert person_of(database, "u1") == person_of(database, "u2")


async def test_who_enters_a_used_code_gets_nothing(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    third = village.person("u3", "slack")
    both_registered(village, jana, eva)
    given = await code(jana)
    await eva.say(f"link {given}")
    await third.say("/start")
    await third.say(f"link {given}")
    assert "doesn't work" in third.log[-1].text
    await eva.press(YES)
    village.look()
    await jana.press(YES)
    assert person_of(database, "u3") not in (
        person_of(database, "u1"), person_of(database, "u2"),
    )  # fmt: skip


async def test_codes_cannot_be_guessed_on_and_on(village: Village, jana: Chat, eva: Chat) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    for number in range(5):
        await eva.say(f"link AAAA-AAA{number + 2}")
        assert "doesn't work" in eva.log[-1].text
    await eva.say(f"link {given}")
    assert "too many codes" in eva.last.text
    eva.now += 61 * MINUTE
    await eva.say("link AAAA-AAA2")
    assert "doesn't work" in eva.log[-1].text


async def test_what_was_confirmed_later_stands_and_the_other_can_be_taken(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await eva.say("/profile")
    await eva.press("change")
    await eva.press("place")
    await eva.say("Munich")  # and by that she says that the rest is right
    await eva.press("done")
    level(jana, eva)
    await joined(village, jana, eva)
    me = person_of(database, "u1")
    assert person_of(database, "u2") == me
    assert count(database, "person") == 2, "no record goes at once"
    told = next(each for each in reversed(jana.log) if "are now one" in each.text)
    assert "Slack · Eva" in told.text
    assert "Telegram · Jana" in eva.last.text
    assert "Where you live: Berlin, Germany" in told.text
    assert "Name: Jana Nováková" in told.text, "Eva's name is the later"
    assert rows(database, f"SELECT name, city FROM person WHERE id = {me}") == [
        ("Eva Kováčová", "Munich")
    ]
    await jana.press("Name: Jana", on=told)
    assert rows(database, f"SELECT name, city FROM person WHERE id = {me}") == [
        ("Jana Nováková", "Munich")
    ]
    await jana.press("Name: Jana", on=told)
    assert "nothing left to choose" in jana.log[-1].text + jana.log[-2].text


async def test_a_consent_holds_where_both_had_given_it_and_else_is_asked(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await joined(village, jana, eva)
    me = person_of(database, "u1")
    held = consents(database, me)
    assert held["register"]
    assert held["invitations"]
    assert not held["mentoring"]
    assert not held.get("sharing", False)
    asked_again = jana.last
    assert "on one account only" in asked_again.text
    assert asked_again.find("invitations").mark == "on"
    assert asked_again.find("mentoring").mark == ""
    await jana.press("mentoring")
    await jana.press("done")
    assert consents(database, me)["mentoring"]
    assert told_log(database, me)[-3:] == [
        ("joining", True), ("mentoring", False), ("mentoring", True),
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["jana", "eva"])
async def test_undone_within_fifteen_minutes_both_are_as_before(
    village: Village, jana: Chat, eva: Chat, database: Database, by: str
) -> None:
    both_registered(village, jana, eva)
    surveyed(village, jana)
    level(jana, eva)
    before = state_of(database)
    await joined(village, jana, eva)
    assert state_of(database) != before
    who, other = (jana, eva) if by == "jana" else (eva, jana)
    who.now += 14 * MINUTE
    level(jana, eva)
    await who.say("link undo")
    assert "Undone" in who.log[-1].text + who.log[-2].text
    assert state_of(database) == before
    village.look()
    assert "has been undone" in other.last.text
    for user in ("u1", "u2"):
        log = told_log(database, person_of(database, user))
        assert ("joining", True) in log
        assert log.index(("joining", True)) < log.index(("joining", False))


@pytest.mark.parametrize("by", ["jana", "eva"])
async def test_undone_on_the_one_the_other_hears_of_it_whoever_s_record_lived_on(
    village: Village, jana: Chat, eva: Chat, database: Database, by: str
) -> None:
    both_registered(village, jana, eva)
    me = person_of(database, "u1")
    with database.transaction() as tx:
        tx.run(sql("UPDATE person SET status = 'joining' WHERE id = :id"), id=me)
    await joined(village, jana, eva)
    assert person_of(database, "u1") == person_of(database, "u2") != me
    who, other = (jana, eva) if by == "jana" else (eva, jana)
    await who.say("link undo")
    assert "Undone" in who.log[-1].text + who.log[-2].text
    village.look()
    assert "has been undone" in other.last.text
    assert not any("has been undone" in each.text for each in who.log)


async def test_after_fifteen_minutes_it_stays(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await joined(village, jana, eva)
    undo = next(each for each in reversed(jana.log) if "are now one" in each.text)
    village.days(1 / 48, 10 * MINUTE)
    assert count(database, "person") == 1
    await jana.press("Undo", on=undo)
    assert "nothing to undo" in jana.log[-1].text + jana.log[-2].text
    assert rows(database, "SELECT state FROM joining") == [("settled",)]
    # What was not taken is still there to be chosen, and to be read.
    await jana.press("Name: Jana", on=undo)
    assert rows(database, "SELECT name FROM person") == [("Jana Nováková",)]


async def test_mydata_tells_of_the_joining(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    surveyed(village, eva)
    level(jana, eva)
    await joined(village, jana, eva)
    held = await mydata(jana)
    assert held["joining"][0]["state"] == "joined"
    assert {each["name"] for each in held["person"]} == {"Eva Kováčová"}
    assert [each["purpose"] for each in held["consent_log"]].count("joining") == 2
    assert {each["user_id"] for each in held["identity"]} == {"u1", "u2"}
    assert held["answer"]


async def mydata(chat: Chat) -> dict[str, list[dict[str, object]]]:
    await chat.say("/mydata")
    file = next(shown.message.file for shown in reversed(chat.log) if shown.message.file)
    found: dict[str, list[dict[str, object]]] = json.loads(file.text)
    return found


async def test_before_both_said_yes_mydata_does_not_say_who_the_other_is(
    village: Village, jana: Chat, eva: Chat
) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    await eva.say(f"link {given}")
    level(jana, eva)
    for chat, name in ((jana, "Eva"), (eva, "Jana")):
        held = await mydata(chat)
        assert held["joining"][0]["state"] == "entered"
        assert name not in json.dumps(held["joining"])


async def test_two_registered_accounts_of_one_platform_stay_two(
    village: Village, jana: Chat, database: Database
) -> None:
    twin = village.person("u9", "telegram")
    registered(village, jana, name="Jana Nováková")
    registered(village, twin, name="Somebody Else")
    given = await code(jana)
    level(jana, twin)
    await twin.say(f"link {given}")
    assert "on the same platform" in twin.log[-1].text
    assert count(database, "joining") == 0


@pytest.mark.parametrize("first", ["new", "registered"])
async def test_a_fresh_account_may_join_on_one_platform_and_the_registered_record_is_kept(
    village: Village, jana: Chat, database: Database, first: str
) -> None:
    fresh = village.person("u9", "telegram")
    registered(village, jana, "invitations", name="Jana Nováková")
    me = person_of(database, "u1")
    await fresh.say("/start")
    level(jana, fresh)
    given, entering = (fresh, jana) if first == "new" else (jana, fresh)
    await joined(village, given, entering)
    assert person_of(database, "u9") == person_of(database, "u1") == me
    assert consents(database, me)["invitations"], "who was asked nothing has no say"
    await fresh.say("/profile")
    assert "Jana Nováková" in fresh.last.text
    village.days(1 / 48, 10 * MINUTE)
    assert rows(database, "SELECT id, status FROM person") == [(me, "active")]


async def test_half_a_registration_is_no_record_of_its_own(
    village: Village, jana: Chat, database: Database
) -> None:
    half = village.person("u9", "telegram")
    registered(village, jana, "invitations", "mentoring", name="Jana Nováková")
    await join(half)
    await half.say("/consents")
    await allow(half, "invitations")
    level(jana, half)
    await joined(village, half, jana)
    me = person_of(database, "u1")
    assert rows(database, f"SELECT name, status FROM person WHERE id = {me}") == [
        ("Jana Nováková", "active")
    ]
    held = consents(database, me)
    assert (held["invitations"], held["mentoring"]) == (True, False)


async def test_while_it_can_be_undone_nothing_more_is_joined(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    third = village.person("u3", "preview")
    both_registered(village, jana, eva)
    await third.say("/start")
    given = await code(third)
    await joined(village, jana, eva)
    await jana.say("/link")
    assert "has just been linked with another" in jana.log[-1].text + jana.log[-2].text
    await eva.say(f"link {given}")
    assert "has just been linked with another" in eva.log[-1].text + eva.log[-2].text
    village.days(1 / 48, 10 * MINUTE)
    level(jana, eva, third)
    await joined(village, third, jana)
    assert person_of(database, "u3") == person_of(database, "u2")


async def test_a_code_in_that_quarter_of_an_hour_is_refused_with_the_way_back(
    village: Village, jana: Chat, eva: Chat
) -> None:
    both_registered(village, jana, eva)
    await joined(village, jana, eva)
    ends = jana.now + 15 * MINUTE
    asked_still = jana.last.text
    await jana.say("/link")
    assert jana.log[-2].buttons == ("Undo the linking",)
    assert jana.last.text == asked_still.split("\n\n", 1)[1], "and the open question again"
    jana.now = ends
    await jana.say("/link")
    assert "Your code is" in jana.log[-2].text, "although the clock has not looked yet"


async def test_who_works_for_an_organisation_does_so_from_their_own_account_alone(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    """Staff are known by an account's number, not by the record that it leads to."""
    both_registered(village, jana, eva)
    with database.transaction() as tx:
        number = put(tx, "staff", name="Jana", created_at=jana.now)
        put(tx, "staff_role", staff_id=number, organisation="cike", role="admin")
        put(
            tx, "staff_login", staff_id=number, channel="telegram", handle="u1", account="local",
            member_id="u1", created_at=jana.now,
        )  # fmt: skip
    refused = (await eva.say("/staff"))[0].text
    allowed = (await jana.say("/staff"))[0].text
    assert allowed != refused
    level(jana, eva)
    await joined(village, jana, eva)
    assert (await jana.say("/staff"))[0].text == allowed
    said = (await eva.say("/staff"))[0].text
    assert said.partition("\n")[0] == refused.partition("\n")[0]


async def test_an_account_without_a_name_is_shown_by_its_platform(
    village: Village, jana: Chat
) -> None:
    registered(village, jana, name="Jana Nováková")
    nameless = village.person("u3", "preview")
    await nameless.say("/start")
    given = await code(nameless)
    level(jana, nameless)
    await jana.say(f"link {given}")
    assert "another account: Chat page. Are both" in jana.last.text


async def test_people_of_two_organisations_may_be_one(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    """Whose person they are goes with their home region, the later said."""
    registered(village, jana, name="Jana Nováková")
    level(jana, eva)
    registered(
        village, eva, name="Jana Nováková", home_region="gorenjska", organisation="bsc_kranj"
    )
    level(jana, eva)
    await joined(village, jana, eva)
    me = person_of(database, "u1")
    assert rows(database, f"SELECT organisation, home_region FROM person WHERE id = {me}") == [
        ("bsc_kranj", "gorenjska")
    ]


async def test_eight_facts_can_be_chosen_below_one_message(
    village: Village, jana: Chat, eva: Chat
) -> None:
    registered(village, jana, name="Jana Nováková", employer="A", linkedin="a", email="a@x.y")
    level(jana, eva)
    registered(
        village, eva, name="Eva Kováčová", employer="B", linkedin="b", email="b@x.y",
        city="Munich", geonameid=2867714, field="engineering", expertise="B", profession="B",
        since=2020,
    )  # fmt: skip
    level(jana, eva)
    await joined(village, jana, eva)
    told = next(each for each in reversed(jana.log) if "are now one" in each.text)
    assert len(told.buttons) == 8 + 1
    assert told.buttons[-1] == "Undo the linking"
    assert "E-mail: a@x.y" in told.buttons


async def test_erased_while_asked_nobody_is_left_waiting(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await asked(village, jana, eva)
    await jana.say("/forget")
    await jana.press("yes")
    await jana.press("yes")
    level(jana, eva)
    village.look()
    assert "the other account didn't say yes" in eva.last.text
    assert count(database, "joining") == 0
    assert rows(database, "SELECT name FROM person") == [("Eva Kováčová",)]


@pytest.mark.parametrize("by", ["jana", "eva"])
async def test_erased_stays_erased_whoever_would_undo_it(
    village: Village, jana: Chat, eva: Chat, database: Database, by: str
) -> None:
    """Both said that both are theirs: what is erased is everything."""
    both_registered(village, jana, eva)
    await joined(village, jana, eva)
    who, other = (jana, eva) if by == "jana" else (eva, jana)
    await who.say("/forget")
    await who.press("yes")
    await who.press("yes")
    assert count(database, "person") == count(database, "joining") == 0
    assert count(database, "erasure") == 2, "each account is known to have been erased"
    level(jana, eva)
    await other.say("link undo")
    village.days(1 / 24, 20 * MINUTE)
    assert not rows(database, "SELECT id FROM person WHERE name IS NOT NULL")


async def test_what_is_said_since_goes_with_the_account_that_said_it(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    await joined(village, jana, eva)
    for chat, city in ((jana, "Hamburg"), (eva, "Munich")):
        level(jana, eva)
        await chat.say("/profile")
        await chat.press("change")
        await chat.press("place")
        await chat.say(city)
        await chat.press("done")
    await eva.say("/surveys")
    await answer_survey(eva, "willingness")
    level(jana, eva)
    await jana.say("link undo")
    cities = {
        user: rows(database, f"SELECT city FROM person WHERE id = {person_of(database, user)}")[0][
            0
        ]
        for user in ("u1", "u2")
    }
    assert cities == {"u1": "Berlin", "u2": "Munich"}
    answered = rows(database, "SELECT DISTINCT person_id FROM answer WHERE survey <> 'profile'")
    assert answered == [(person_of(database, "u2"),)]


async def test_typed_answers_count_as_pressed_ones(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    level(jana, eva)
    await eva.say(f"link {given}")
    await eva.say("yes")
    village.look()
    await jana.say("áno")
    assert person_of(database, "u1") == person_of(database, "u2")


async def test_a_chat_that_cannot_be_reached_is_not_asked_and_nothing_happens(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    both_registered(village, jana, eva)
    given = await code(jana)
    unreachable = sql("UPDATE identity SET status = 'unreachable' WHERE user_id = 'u1'")
    with database.transaction() as tx:
        tx.run(unreachable)
    level(jana, eva)
    await eva.say(f"link {given}")
    await eva.press(YES)
    village.days(1 / 48)
    assert "there was no answer on the other account in time" in eva.last.text
    assert person_of(database, "u1") != person_of(database, "u2")


async def test_forged_answers_are_none_of_somebody_elses_business(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    mallory = village.person("u3", "preview")
    both_registered(village, jana, eva)
    registered(village, mallory, name="Mallory")
    given = await code(jana)
    level(jana, eva, mallory)
    await eva.say(f"link {given}")
    number = rows(database, "SELECT id FROM joining")[0][0]
    for forger, name in ((mallory, "yes"), (jana, "yes"), (mallory, "no"), (jana, "no")):
        await forger.send_press("m", f"=link.{name}_{number}")
        assert "This question is closed" in forger.log[-1].text
    assert rows(database, "SELECT state FROM joining") == [("entered",)]
    await eva.press(YES)
    village.look()
    for forger in (mallory, eva):
        await forger.send_press("m", f"=link.yes_{number}")
    assert rows(database, "SELECT state FROM joining") == [("asked",)]
    await jana.press(YES)
    for press in (f"=link.take_{number}_1a2b", "=link.undo"):
        await mallory.send_press("m", press)
    assert person_of(database, "u1") == person_of(database, "u2")
    assert rows(database, "SELECT state FROM joining") == [("joined",)]


async def test_an_expat_and_a_local_are_shown_one_whole_profile_each(
    village: Village, jana: Chat, eva: Chat, database: Database
) -> None:
    await register_expat(jana)
    level(jana, eva)
    await register_local(eva)
    level(jana, eva)
    await joined(village, jana, eva)
    me = person_of(database, "u1")
    found = f"SELECT persona, name, country, city FROM person WHERE id = {me}"
    assert rows(database, found) == [("local", "Matej Kranjc", "SI", "Kranj")]
    told = next(each for each in reversed(jana.log) if "are now one" in each.text)
    await jana.press("Name: Jana", on=told)
    assert rows(database, found) == [("expat", "Jana Nováková", "DE", "Berlin")]

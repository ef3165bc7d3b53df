"""Staff on a platform with windows: a new event in one, and an event shared where they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.incoming import Command, Press, Submitted
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import rows
from tests.turn.test_events import planned
from tests.turn.test_staff import employ

Users = Callable[..., Chat]
SLACK: dict[str, Any] = {
    "channel": "slack",
    "can": frozenset({"edit", "file", "home", "form"}),
}


async def at_work(chat: Users, database: Database) -> Chat:
    eva = chat(user="staff", **SLACK)
    await eva.say(f"/staff {employ(database, cike='coordinator')}")
    return eva


async def test_new_event_is_one_window(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await eva.bring(Press("m", "=staff.new_event"))
    assert eva.window is not None
    form = eva.window.form
    assert form is not None
    fields = {field.key: field for field in form.fields}
    assert fields["day"].input == "moment"
    assert "starts" not in fields
    assert fields["link"].input == "url"
    assert fields["zone"].value
    starts = int(datetime(2026, 12, 31, 9, 0, tzinfo=UTC).timestamp())
    given = {key: field.value for key, field in fields.items()}
    given |= {
        "format": (fields["format"].options[0].key,),
        "title_sk": ("Brunch",),
        "description_sk": ("Káva a koláče.",),
        "where": ("place",),
        "place": ("Tabačka, Košice",),
        "day": (str(starts),),
        "ends": ("12:00",),
        "guests": ("0",),
    }
    await eva.bring(Submitted(form.ref, {**given, "ends": ("soon",)}))
    assert list(eva.wrong) == ["ends"]
    assert rows(database, "SELECT count(*) FROM event") == [(0,)]
    await eva.bring(Submitted(form.ref, given))
    assert eva.wrong == {}
    query = "SELECT status, starts_at, timezone, audience FROM event"
    ((status, begins, zone, audience),) = rows(database, query)
    assert (status, zone, audience) == ("draft", "Europe/Bratislava", "everybody")
    assert str(begins).startswith("2026-12-31")
    assert "09:00" in str(begins)


async def test_event_is_shared_into_the_channel_of_the_message(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database)
    await eva.bring(Command("staff", "share_here.C1234567"), where="home", place="home")
    assert "None of your events" in str(eva.sent[-1].message.text)
    planned(database, organisation="cike")
    await eva.bring(Command("staff", "share_here.C1234567"), where="home", place="home")
    (panel,) = [each for each in eva.sent[-1].message.panels if each.widget]
    assert panel.widget is not None
    (option,) = panel.widget.options
    await eva.bring(Press("m", option.press), where="window", place="w")
    posted = "SELECT channel, chat, kind, state FROM delivery WHERE kind = 'post'"
    assert rows(database, posted) == [("slack", "C1234567", "post", "queued")]
    jana = chat(user="u2", **SLACK)
    await jana.bring(Command("staff", "share_here.C1234567"), where="home", place="home")
    assert len(rows(database, posted)) == 1

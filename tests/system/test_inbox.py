"""Somebody writes to the staff, and is answered, on Telegram and in Slack, on the whole product."""

from __future__ import annotations

import pytest

from tests.system.speech import Speech
from tests.system.talks import Who
from tests.system.test_conversations import register
from tests.system.test_staff import staff
from tests.system.world import World
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "Can I bring *two* children & a <dog>?"
ANSWER = "Of course, *both* <i>of them</i>."


@pytest.mark.parametrize("platform", ["telegram", "slack"])
async def test_a_message_is_passed_on_answered_and_arrives(asking: World, platform: str) -> None:
    w, name = Speech("en"), f"Writer{platform}"
    jana, eva = asking.person(platform, "en"), asking.person(platform, "en", "Eva")
    await register(jana, w, Who(name=name))
    whose = asking.rows("SELECT organisation FROM person WHERE name = :name", name=name)[0][0]
    staff(asking, "add", "--name", f"Eva {platform}", "--organisation", whose, "--role",
          "coordinator")  # fmt: skip
    code = staff(asking, "code", f"Eva {platform}").removeprefix("/staff ")
    await eva.command("staff", code)
    await eva.expect(f"Eva {platform}")
    await jana.say("menu")
    await jana.expect(w.first("menu.title", name=name))
    await jana.say(WORDS)
    await jana.expect("so I've passed your question on to the people at")
    number = asking.rows("SELECT max(id) FROM inbox")[0][0]
    await eva.command("staff", f"message.{number}")
    await eva.expect(name, WORDS, "The bot's last message was")
    await eva.choose(w("staff.button_reply"))
    await eva.expect(w("staff.ask_reply"))
    await eva.say(ANSWER)
    await eva.expect(w("staff.ask_sending"), ANSWER)
    await eva.choose(w("staff.sending_done"))
    await eva.expect(w("staff.reply_kept"))
    await jana.expect(f"Eva {platform}", "answers your message", WORDS, ANSWER)
    states = (
        "SELECT d.state, count(*) FROM inbox_reply r JOIN delivery d ON d.id = r.delivery_id"
        " WHERE r.inbox_id = :number GROUP BY d.state"
    )
    await until(lambda: asking.rows(states, number=number) == [("sent", 1)], "one reply sent")
    await eva.choose(w("staff.button_look"))
    await eva.expect(w("staff.reply_sent"), ANSWER)

"""A broadcast on the whole product: written, sent on both platforms, answered, corrected, taken
back."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime

import pytest

from storage.database import Database, sql
from tests.cli.running import domov
from tests.system.people import OnTelegram, Person
from tests.system.program import KEY
from tests.system.speech import Speech
from tests.system.talks import Who
from tests.system.test_conversations import register
from tests.system.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEWS = """\
---
key: {key}
title: News
organisation: cike
{more}buttons:
  - {{label: {{en: More, sk: Viac}}, url: "https://example.org/news"}}
question:
  text: {{en: "Shall we meet?", sk: "Stretneme sa?"}}
  options:
    - {{key: yes, label: {{en: "Certainly", sk: "Určite"}}}}
    - {{key: no, label: {{en: "Sorry, no", sk: "Žiaľ, nie"}}}}
---
# en
{text} in English, **{{{{ name|default("friend") }}}}** from {{{{ city }}}}

# sk
{text} po slovensky, **{{{{ name|default("priateľ") }}}}**
"""
# One red pixel.
ROSE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
# Where it is noon now, so that nothing waits for the morning.
AWAKE = "UPDATE person SET timezone = 'Etc/GMT{:+}'"


def run(world: World, *arguments: str) -> str:
    """``domov broadcast …`` beside the running program."""
    settings = {**world.environment(), "SECRET_KEY": KEY}
    ended = domov("broadcast", *arguments, folder=world.folder, settings=settings)
    assert ended.code == 0, ended.err
    return ended.out


def write(world: World, key: str, text: str, more: str = "") -> str:
    name = f"{key}.md"
    content = NEWS.format(key=key, text=text, more=more)
    (world.folder / name).write_text(content, encoding="utf-8")
    return name


async def readers(world: World) -> tuple[Person, Person]:
    """Somebody Slovak on Telegram, somebody English in Slack, both awake."""
    jana, peter = world.person("telegram", "sk"), world.person("slack", "en", "Peter")
    await register(jana, Speech("sk"), Who(name="Jana <b>Nová</b> Malá"))
    await register(peter, Speech("en"), Who(name="Peter *Kováč* Malý"))
    database = Database.open(world.url, check=False)
    with database.transaction() as tx:
        tx.run(sql(AWAKE.format(datetime.now(UTC).hour - 12)))
    database.close()
    return jana, peter


async def test_a_broadcast_lives_on_both_platforms(asking: World) -> None:
    jana, peter = await readers(asking)
    run(asking, "create", write(asking, "news", "Novinky"), "--audience", "")
    run(asking, "send", "news", "--yes")
    await jana.expect("Novinky po slovensky, Jana <b>Nová</b> Malá", "Stretneme sa?")
    await peter.expect("Novinky in English, Peter *Kováč* Malý from Berlin", "Shall we meet?")

    await jana.choose("Určite")
    await jana.expect("Novinky po slovensky", "Vaša odpoveď: Určite")
    await peter.choose("Sorry, no")
    await peter.expect("Novinky in English", "Your answer: Sorry, no")
    await peter.choose("Certainly")
    await peter.expect("Your answer: Certainly")

    before = len(jana.shown()), len(peter.shown())
    run(asking, "correct", "news", write(asking, "news", "Správy"), "--yes")
    await jana.expect("Správy po slovensky", "Vaša odpoveď: Určite")
    await peter.expect("Správy in English", "Your answer: Certainly")
    assert (len(jana.shown()), len(peter.shown())) == before, "edited, not sent anew"

    told = json.loads(run(asking, "show", "news", "--format", "json"))
    assert (told["planned"], told["states"]["sent"]) == (2, 2)
    assert told["answers"] == {"yes": 2, "no": 0}
    exported = run(asking, "export", "news", "--format", "csv", "--output", "-")
    rows = list(csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"))))
    found = {(row["channel"], row["language"], row["state"], row["answer"]) for row in rows}
    assert found == {("telegram", "sk", "sent", "yes"), ("slack", "en", "sent", "yes")}
    assert len(rows) == 2
    assert all(row["message_id"] and row["sent_at"] for row in rows)

    run(asking, "withdraw", "news", "--yes")
    for person in (jana, peter):
        gone = lambda who=person: not any("Správy" in text for text in who.shown())  # noqa: E731
        await person.until(gone, "the message to be deleted")
    told = json.loads(run(asking, "show", "news", "--format", "json"))
    assert told["status"] == "cancelled"


async def test_a_picture_stays_with_its_message(asking: World) -> None:
    """Through an answer and a correction, as a photo on Telegram and a block in Slack."""
    jana, peter = await readers(asking)
    (asking.folder / "rose.png").write_bytes(ROSE)
    name = write(asking, "rose", "Ruža", "picture: rose.png\n")
    run(asking, "create", name, "--audience", "")
    run(asking, "send", "rose", "--yes")
    await jana.expect("Ruža po slovensky", "Stretneme sa?")
    await peter.expect("Ruža in English", "Shall we meet?")
    await jana.choose("Určite")
    await jana.expect("Ruža po slovensky", "Vaša odpoveď: Určite")
    before = len(jana.shown()), len(peter.shown())
    run(asking, "correct", "rose", write(asking, "rose", "Tulipán", "picture: rose.png\n"), "--yes")
    await jana.expect("Tulipán po slovensky", "Vaša odpoveď: Určite")
    await peter.expect("Tulipán in English")
    assert (len(jana.shown()), len(peter.shown())) == before
    assert isinstance(jana, OnTelegram)
    (photo,) = [message.photo for message in jana.user.chat if message.photo]
    assert photo.content == ROSE


async def test_a_test_goes_to_one_person_alone(asking: World) -> None:
    jana, peter = await readers(asking)
    run(asking, "create", write(asking, "trial", "Skúška"), "--audience", "")
    number = str(asking.person_of(jana))
    run(asking, "test", "trial", "--person", number, "--language", "en")
    await jana.expect("Skúška in English, Jana <b>Nová</b> Malá")
    await jana.choose("Certainly")
    await jana.expect("Vaša odpoveď: Určite")
    await jana.expect("Toto bola len ukážka, nič sa neuložilo.")
    assert not [text for text in peter.shown() if "Skúška" in text]
    assert asking.rows("SELECT value FROM answer WHERE round = 'trial'") == []

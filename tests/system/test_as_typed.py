"""What people type comes out as they typed it: in the chat, on the home page, in every export."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
import zipfile
from pathlib import Path

from storage.exports.guard import unguard
from tests.fakes.slack.seen import drawn
from tests.system.conftest import Worlds
from tests.system.people import OnSlack, Person
from tests.system.speech import Speech, one_line
from tests.system.talks import Who, begin, complete, expat, join, walk, willingness
from tests.system.world import World

NASTY = {
    "name": "Jana <b>N</b> &amp; <script> Nová",
    "profession": "*x* _y_ ~z~ `code` [a](http://x) ||s||",
    "employer": "@channel <!here> <@U1> #general",
    "expertise": '=HYPERLINK("http://evil";"x") {{ 7*7 }} %(name)s ${x} {% raw %}',
    "note": "+1+1;-2+3\n@SUM(A1) :smile: &lt; <a href=x>; tab",
}
HIDDEN = "a\x00b\x07c\x1b[31m\u202ed\u200be"  # control characters, a direction override
SEEN = "abc[31mde"


async def in_the_chat(world: World, person: Person, w: Speech) -> None:
    who = Who(
        name=NASTY["name"], profession=NASTY["profession"], employer=NASTY["employer"],
        expertise=NASTY["expertise"], note=NASTY["note"], city="Berlin",
    )  # fmt: skip
    await person.say("/start" if person.platform == "telegram" else "hello")
    *questions, card = expat(w, who)
    await walk(person, [*join(w, who), *questions])
    shown = one_line(await person.expect(card.asked))
    for key in ("name", "profession"):
        assert one_line(NASTY[key]) in shown, shown
    await card.do(person)
    await walk(person, [*begin(w, "willingness"), *willingness(w, who)])
    await person.expect(w.title("formats"))
    await person.command("complete")
    await walk(person, complete(w, who))
    await person.command("profile")
    shown = one_line(await person.expect(card.asked))
    for key in ("employer", "expertise"):
        assert one_line(NASTY[key]) in shown, shown
    await person.choose(w.control("change"))
    await person.choose(w("registration.label_employer"))
    await person.expect(w("registration.ask_employer"))
    await person.say(HIDDEN)
    await person.expect(SEEN)
    await person.choose(w.control("change"))
    await person.expect(f"[{w('registration.label_employer')}]")
    await person.choose(w("registration.label_employer"))
    await person.expect(w("registration.ask_employer"))
    await person.say(NASTY["employer"])
    await person.expect(one_line(NASTY["employer"]))
    await person.choose(w.control("all_correct"))
    await person.expect(w("registration.saved"))
    await person.command("mydata")
    held = await person.file("mydata")
    assert held["person"][0]["name"] == NASTY["name"]
    answered = {(row["survey"], row["question"]): row["value"] for row in held["answer"]}
    for key in ("profession", "employer", "expertise"):
        assert answered["profile", key] == NASTY[key]
    assert answered["willingness", "note"] == NASTY["note"]
    await person.command("surveys")
    await person.choose(w.title("willingness"))
    answers = await person.expect(w.first("survey.card", title=w.title("willingness"), lines=()))
    assert one_line(NASTY["note"]) in one_line(answers)


async def on_the_home_page(person: OnSlack) -> None:
    def there() -> bool:
        home = person.user.home
        shown = one_line(drawn("", home.view["blocks"])) if home else ""
        return all(
            one_line(NASTY[key]) in shown for key in ("name", "profession", "employer", "expertise")
        )

    await person.until(there, "the card on the home page")


async def export(world: World, what: str, form: str, folder: Path) -> bytes:
    path = folder / f"{what}.{form}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "export", what, "--format", form, "--output", str(path),
        cwd=folder, env=world.program.environment, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return path.read_bytes()


async def in_the_exports(world: World, people: list[Person], folder: Path) -> None:
    numbers = {world.person_of(person) for person in people}
    kept = ("name", "profession", "employer", "expertise")

    table = csv.DictReader(
        io.StringIO((await export(world, "people", "csv", folder)).decode("utf-8-sig"))
    )
    rows = {int(row["person_id"]): row for row in table}
    assert set(rows) == numbers
    for row in rows.values():
        assert row["expertise"].startswith("'=")
        assert {key: unguard(row[key]) for key in kept} == {key: NASTY[key] for key in kept}

    listed = json.loads(await export(world, "people", "json", folder))
    for entry in listed:
        assert {key: entry[key] for key in kept} == {key: NASTY[key] for key in kept}

    answers = json.loads(await export(world, "answers", "json", folder))
    notes = [each["value"] for each in answers if each["question"] == "note"]
    assert notes == [NASTY["note"]] * len(people)

    import pyarrow.parquet as parquet

    found = parquet.read_table(io.BytesIO(await export(world, "people", "parquet", folder)))
    for entry in found.to_pylist():
        assert {key: entry[key] for key in kept} == {key: NASTY[key] for key in kept}

    with zipfile.ZipFile(io.BytesIO(await export(world, "people", "xlsx", folder))) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        whole = "".join(book.read(name).decode() for name in sheets)
        assert "<f>" not in whole, "a formula is in the workbook"
        assert not any("hyperlink" in book.read(name).decode() for name in sheets)


async def test_what_people_type_comes_out_as_typed(worlds: Worlds, tmp_path: Path) -> None:
    w = Speech("en")
    async with worlds("polling", "http") as world:
        await world.start()
        jana, maja = world.person("telegram"), world.person("slack")
        assert isinstance(maja, OnSlack)
        await asyncio.gather(in_the_chat(world, jana, w), in_the_chat(world, maja, w))
        await on_the_home_page(maja)
        await in_the_exports(world, [jana, maja], tmp_path)

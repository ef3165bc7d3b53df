"""Bare aiohttp posts with a ledger: ``send_bare URL TOKEN NUMBER AT_ONCE FILE``.

No framework, no consent, no limits, no templates: what the wire and the same commits cost. Rows are
marked "sending" and committed before they are sent, and their results are committed after, both for
as many at a time as happen to wait; that is what Domov promises, too.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections import deque

import aiohttp
import orjson

from bench.peers.broadcasting import recipients


def ledger(file: str, number: int) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(
        "CREATE TABLE delivery (id INTEGER PRIMARY KEY, chat INTEGER, text TEXT, state TEXT,"
        " message TEXT, sent_at TEXT)"
    )
    database.execute("CREATE INDEX due ON delivery (id) WHERE state = 'queued'")
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO delivery (chat, text, state) VALUES (?, ?, 'queued')", recipients(number)
    )
    database.execute("COMMIT")
    return database


class Sending:
    def __init__(self, database: sqlite3.Connection, session: aiohttp.ClientSession, url: str):
        self.database = database
        self.session = session
        self.url = url
        self.results: deque[tuple[str, int]] = deque()
        self.free = asyncio.Event()
        self.under_way = 0

    async def send(self, row: int, chat: int, text: str) -> None:
        content = {"chat_id": chat, "text": text, "parse_mode": "HTML"}
        async with self.session.post(self.url, json=content) as answer:
            sent = orjson.loads(await answer.read())
        self.results.append((str(sent["result"]["message_id"]), row))
        self.under_way -= 1
        self.free.set()

    def claim(self, most: int) -> list[tuple[int, int, str]]:
        """One transaction: results of those that went, and the next ones marked."""
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany(
            "UPDATE delivery SET state = 'sent', message = ?, text = NULL,"
            " sent_at = datetime('now') WHERE id = ?",
            self.results,
        )
        self.results.clear()
        rows = self.database.execute(
            "SELECT id, chat, text FROM delivery WHERE state = 'queued' ORDER BY id LIMIT ?",
            (most,),
        ).fetchall()
        self.database.executemany(
            "UPDATE delivery SET state = 'sending' WHERE id = ?", [(row[0],) for row in rows]
        )
        self.database.execute("COMMIT")
        return rows


def dumps(content: object) -> str:
    return orjson.dumps(content).decode()


async def main() -> None:
    url, token, number, at_once, file = sys.argv[1:]
    database = ledger(file, int(number))
    connector = aiohttp.TCPConnector(limit=int(at_once))
    async with aiohttp.ClientSession(connector=connector, json_serialize=dumps) as session:
        sending = Sending(database, session, f"{url}/bot{token}/sendMessage")
        tasks: set[asyncio.Task[None]] = set()
        while True:
            rows = sending.claim(int(at_once) - sending.under_way)
            if not rows and not sending.under_way and not sending.results:
                break
            for row in rows:
                sending.under_way += 1
                task = asyncio.create_task(sending.send(*row))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            sending.free.clear()
            if sending.under_way:
                await sending.free.wait()


if __name__ == "__main__":
    try:
        import uvloop as loops
    except ImportError:
        loops = asyncio
    loops.run(main())

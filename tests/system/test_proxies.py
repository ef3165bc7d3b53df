"""Behind nginx and Caddy as the files in deploy/ have it: what the platforms call arrives, and
nothing else; the line of every tutorial opens the chat page to nobody."""

from __future__ import annotations

import asyncio
import contextlib
import io
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.system.people import OnSlack
from tests.system.program import ROOT
from tests.system.test_security import SECRET_HEADER, known, signed, update
from tests.system.world import HOOK_SECRET, World
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TUTORIAL = "server {{ listen {here}; location / {{ proxy_pass {there}; }} }}"
NGINX = """
daemon off; pid {folder}/pid; error_log stderr; worker_processes 1;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {servers}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx_file(here: str, there: str) -> str:
    """deploy/nginx.conf with this test's addresses, and without the certificate."""
    lines = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if "ssl_certificate" not in line)
    for ours, theirs in (("listen 443 ssl", f"listen {here}"), ("127.0.0.1:8000", there)):
        assert ours in kept
        kept = kept.replace(ours, theirs)
    return kept


def caddy_file(here: str, there: str) -> str:
    kept = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    for ours, theirs in (("\nbot.example.org {", f"\nhttp://{here} {{"), ("127.0.0.1:8000", there)):
        assert ours in kept
        kept = kept.replace(ours, theirs)
    return "{\n\tadmin off\n}\n" + kept


@asynccontextmanager
async def proxy(kind: str, folder: Path, there: str, config: str = "") -> AsyncIterator[str]:
    """A proxy in front of the program, until the block ends: its address."""
    found = shutil.which(kind, path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"there is no {kind} here")
    here, file = f"127.0.0.1:{free_port()}", folder / kind
    if kind == "nginx":
        servers = config.format(here=here, there=f"http://{there}") or nginx_file(here, there)
        file.write_text(NGINX.format(folder=folder, servers=servers))
        command = [found, "-c", str(file), "-e", "stderr"]
    else:
        file.write_text(caddy_file(here, there))
        command = [found, "run", "--config", str(file), "--adapter", "caddyfile"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={"HOME": str(folder), "PATH": "/usr/bin"},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        host, _, port = here.partition(":")
        await until(lambda: _answers(host, int(port)), f"{kind} to listen")
        yield f"http://{here}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


async def status(method: str, url: str, body: str = "", **headers: str) -> int:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as session:
        data = io.BytesIO(body.encode()) if body else None
        asked = session.request(method, url, data=data, headers=given)
        async with asked as answer:
            return answer.status


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
async def test_what_the_platforms_call_arrives_and_nothing_else(
    called: World, kind: str, tmp_path: Path
) -> None:
    there = called.program.address.removeprefix("http://")
    async with proxy(kind, tmp_path, there) as address:
        number = {"nginx": 881, "caddy": 882}[kind]
        jana = {"Content_Type": "application/json", SECRET_HEADER: HOOK_SECRET}
        hook = f"{address}/telegram/webhook"
        assert await status("POST", hook, update(number, number, "/start"), **jana) == 200
        await until(lambda: known(called, number) == 1, "the update to arrive")
        assert await status("POST", hook, update(number, 666, "/start")) == 403
        maja = called.person("slack")
        assert isinstance(maja, OnSlack)
        body, headers = signed(called, maja, f"hello from {kind}")
        headers["Content-Type"] = "application/json"
        assert await status("POST", f"{address}/slack/events", body, **headers) == 200
        for path in ("/", "/chat", "/metrics", "/healthz", "/telegram", "/slack/events/x"):
            assert await status("GET", address + path) == 404, path
        assert await status("POST", hook, "x" * 1_100_000, **jana) in (413, 502)  # Caddy 2.6


async def test_the_line_of_every_tutorial_opens_the_chat_page_to_nobody(
    called: World, tmp_path: Path
) -> None:
    """No PUBLIC_URL, no tokens: the page is there, for who sits at this machine."""
    program = called.new_program(
        PUBLIC_URL="", TELEGRAM_BOT_TOKEN="", TELEGRAM_WEBHOOK_SECRET="", SLACK_BOT_TOKEN="",
        SLACK_SIGNING_SECRET="", DATABASE_URL=f"sqlite:///{tmp_path}/alone.sqlite3",
    )  # fmt: skip
    shutil.copyfile(called.url.removeprefix("sqlite:///"), tmp_path / "alone.sqlite3")
    await program.start()
    try:
        there = program.address.removeprefix("http://")
        assert await status("GET", program.address) == 200
        async with proxy("nginx", tmp_path, there, TUTORIAL) as address:
            assert await status("GET", address) == 403
    finally:
        await program.stop()
        called.programs.remove(program)


async def test_with_a_public_address_there_is_no_chat_page(called: World) -> None:
    assert await status("GET", called.program.address) == 404

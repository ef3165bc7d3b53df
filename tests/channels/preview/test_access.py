"""Who may open the chat page."""

from __future__ import annotations

import pytest

from bot.channels.preview.access import Access, Mode, Refusal, host_name

LOCAL = "127.0.0.1"
AUTO = Access()
ON = Access(Mode.ON, "https://domov.example")


@pytest.mark.parametrize("client", [LOCAL, "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_auto_lets_this_machine_in(client: str, host: str) -> None:
    assert AUTO.refuses(client, {"host": host}) is None


@pytest.mark.parametrize("client", ["192.168.1.7", "10.0.0.1", "2001:db8::1", None, "", "testing"])
def test_auto_refuses_other_machines(client: str | None) -> None:
    assert AUTO.refuses(client, {"host": "127.0.0.1:8000"}) is Refusal.REMOTE


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1 evil",
        "192.168.1.7:8000",
        "0.0.0.0:8000",
        "[::1",
        "[nonsense]",
        "domov.example",
    ],
)
def test_auto_refuses_names_that_are_not_this_machine(host: str | None) -> None:
    headers = {} if host is None else {"host": host}
    assert AUTO.refuses(LOCAL, headers) is Refusal.HOST


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-proto", "x-forwarded-port",
     "x-original-url", "cf-connecting-ip", "cdn-loop"],
)  # fmt: skip
def test_auto_refuses_what_a_proxy_passed_on(header: str) -> None:
    headers = {"host": "127.0.0.1:8000", header: "203.0.113.9"}
    assert AUTO.refuses(LOCAL, headers) is Refusal.REMOTE


def test_auto_refuses_the_proxy_line_of_every_tutorial() -> None:
    """``proxy_pass http://127.0.0.1:8000;`` and no more: nginx names itself, in HTTP/1.0."""
    headers = {"host": "127.0.0.1:8000", "connection": "close", "accept": "text/html"}
    assert AUTO.refuses(LOCAL, headers, "1.0") is Refusal.REMOTE
    assert AUTO.refuses(LOCAL, headers, "1.1") is None


@pytest.mark.parametrize("name", ["origin", "referer"])
@pytest.mark.parametrize(
    ("site", "refused"),
    [
        ("https://bot.example.org/", True),
        ("http://192.168.1.7:8000/", True),
        ("nonsense", True),
        ("http://localhost:8000/chat", False),
        ("http://[::1]:8000/", False),
    ],
)
def test_auto_refuses_whoever_browses_another_site(name: str, site: str, refused: bool) -> None:
    """Behind a proxy the browser names the public address, whatever the proxy leaves out."""
    found = AUTO.refuses(LOCAL, {"host": "127.0.0.1:8000", name: site})
    assert found is (Refusal.REMOTE if refused else None)


@pytest.mark.parametrize(
    "host", ["domov.example", "192.168.1.7:8000", "[2001:db8::1]", "localhost"]
)
def test_on_lets_anybody_in_under_known_names(host: str) -> None:
    assert ON.refuses("203.0.113.9", {"host": host, "x-forwarded-for": "203.0.113.9"}) is None


@pytest.mark.parametrize("host", ["evil.example", "www.domov.example", ""])
def test_on_refuses_names_that_were_pointed_at_us(host: str) -> None:
    assert ON.refuses("203.0.113.9", {"host": host}) is Refusal.HOST


def test_off_refuses_everybody() -> None:
    assert Access(Mode.OFF).refuses(LOCAL, {"host": "localhost"}) is Refusal.OFF


@pytest.mark.parametrize(
    ("access", "headers", "refused"),
    [
        (AUTO, {"origin": "http://localhost:8000"}, False),
        (AUTO, {"sec-fetch-site": "same-origin"}, False),
        (AUTO, {}, True),
        (AUTO, {"origin": "null"}, True),
        (AUTO, {"origin": "http://localhost:9000"}, True),
        (AUTO, {"origin": "https://evil.example"}, True),
        (AUTO, {"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, True),
        (AUTO, {"sec-fetch-site": "cross-site"}, True),
        (AUTO, {"origin": "https://domov.example"}, True),
        (ON, {"origin": "https://domov.example"}, False),
        (ON, {"origin": "http://domov.example"}, True),
    ],
)
def test_posts_come_from_our_own_page(
    access: Access, headers: dict[str, str], refused: bool
) -> None:
    found = access.refuses_post({"host": "localhost:8000", **headers})
    assert found is (Refusal.ORIGIN if refused else None)


def test_host_name_drops_the_port() -> None:
    assert [host_name(name) for name in ("a.example:80", "[::1]:8000", "x y", None)] == [
        "a.example",
        "::1",
        None,
        None,
    ]

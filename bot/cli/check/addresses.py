"""Where we listen, and where the platforms shall find us."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import TELEGRAM_API, Settings

# https://core.telegram.org/bots/api#setwebhook: "Ports currently supported for webhooks"
TELEGRAM_PORTS = frozenset({443, 80, 88, 8443})


def check(given: Settings) -> Iterator[Finding]:
    """HOST, PORT, PREVIEW and PUBLIC_URL, and what they say about each other."""
    yield from _chat_page(given)
    if given.public_url is not None:
        yield from _public(given, given.public_url)
    elif given.slack_signing_secret is not None:
        yield remark(
            "Addresses",
            "SLACK_SIGNING_SECRET is set, so Slack must reach /slack/events here over https:"
            " enter that address as Request URL of the app, or use SLACK_APP_TOKEN instead",
        )


def _chat_page(given: Settings) -> Iterator[Finding]:
    where = f"{given.host} port {given.port}"
    if given.chat_page == "on" and not loopback(given.host):
        yield remark(
            "Addresses",
            f"PREVIEW=on at {where}: whoever reaches it can play people of their own making;"
            " set PREVIEW=auto unless that is wanted",
        )
    elif given.chat_page == "off":
        why = " (PUBLIC_URL is set; PREVIEW=on opens it)" if given.preview == "auto" else ""
        yield ok("Addresses", f"listens at {where}, without the chat page{why}")
    else:
        yield ok("Addresses", f"listens at {where}; the chat page is for this machine alone")


def _public(given: Settings, url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    used = given.webhook_url is not None or given.slack_signing_secret is not None
    if not used:
        yield remark(
            "Addresses",
            "PUBLIC_URL is set and no platform calls it: Telegram is polled (set"
            " TELEGRAM_WEBHOOK_SECRET for a webhook), Slack comes by Socket Mode",
        )
        return
    official = given.telegram_api_url.rstrip("/") == TELEGRAM_API
    faults = list(_faults(url, telegram=given.webhook_url is not None and official))
    for fault in faults:
        yield problem("Addresses", f"PUBLIC_URL {fault}")
    if not faults:
        paths = ["/telegram/webhook"] if given.webhook_url else []
        paths += ["/slack/events"] if given.slack_signing_secret else []
        yield ok(
            "Addresses",
            f"{parts.hostname} is called at {' and '.join(paths)}; the proxy there must pass"
            f" them on to {given.host}:{given.port}",
        )


def _faults(url: str, *, telegram: bool) -> Iterator[str]:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        yield "has a port that isn't a number from 0 to 65535"
        return
    if loopback(parts.hostname or ""):
        if telegram:
            yield "is this machine's own address; it must be the one that others reach it by"
        return
    if parts.scheme != "https":
        yield "must begin with https://; the platforms call nothing else"
    if parts.query or parts.fragment:
        yield "must end with the host or a path, without ? and #"
    if telegram and port not in TELEGRAM_PORTS:
        yield f"has port {port}; Telegram calls only 443, 80, 88 and 8443"


def loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

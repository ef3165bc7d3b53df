"""Who may open the chat page: whoever sits at this machine, unless the operator says otherwise.

The page has no accounts: anybody who reaches it can play any number of people. So it answers
loopback only. The ``Host`` header is checked as well as the client's address, because a page on
the internet can point its own name at 127.0.0.1 (DNS rebinding) and then talk to us from a
browser on this machine.

A proxy in front of us is at this machine, too, and may say nothing of the client behind it: the
``proxy_pass`` of every tutorial makes nginx name itself in ``Host``. So whatever does not look like
a browser that sits here in every respect is refused; with PUBLIC_URL set, ``auto`` is off.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

FORWARDED = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip",
     "cf-connecting-ip", "cf-ray", "fastly-client-ip", "x-envoy-external-address", "cdn-loop"}
)  # fmt: skip
FORWARDED_PREFIXES = ("x-forwarded-", "x-original-")


class Mode(StrEnum):
    """The setting ``PREVIEW``."""

    AUTO = "auto"  # this machine only
    ON = "on"  # any client
    OFF = "off"  # as if there were no such page


class Refusal(StrEnum):
    """Why a request gets no chat page."""

    OFF = "off"
    REMOTE = "remote"
    HOST = "host"
    ORIGIN = "origin"


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_loopback(name: str | None) -> bool:
    """Whether a name is this machine's for itself."""
    if not name:
        return False
    if name in ("localhost", "localhost."):
        return True
    address = _address(name)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped is not None and mapped.is_loopback


def _passed_on(headers: Mapping[str, str]) -> bool:
    """Whether a proxy, or a page from elsewhere, shows in what the browser says."""
    if any(name in FORWARDED or name.startswith(FORWARDED_PREFIXES) for name in headers):
        return True
    return any(
        not is_loopback(host_name(urlsplit(headers[name]).netloc))
        for name in ("origin", "referer")
        if name in headers and headers[name] != "null"
    )


def host_name(netloc: str | None) -> str | None:
    """``"[::1]:8000"`` -> ``"::1"``; None for what is no host."""
    if not netloc or any(sign in netloc for sign in "/@\\?# \t"):
        return None
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Access:
    """The rule for this installation. ``public_url`` is the setting PUBLIC_URL, if any."""

    mode: Mode = Mode.AUTO
    public_url: str | None = None

    def refuses(
        self, client: str | None, headers: Mapping[str, str], http_version: str = "1.1"
    ) -> Refusal | None:
        """Why a request is refused, or None. ``client`` is the peer's address; ``headers``
        have lower-case names. Browsers speak HTTP/1.1; nginx passes on in 1.0 unless told."""
        if self.mode is Mode.OFF:
            return Refusal.OFF
        host = host_name(headers.get("host"))
        if self.mode is Mode.AUTO:
            if not is_loopback(client) or http_version == "1.0" or _passed_on(headers):
                return Refusal.REMOTE
            return None if is_loopback(host) else Refusal.HOST
        return None if self._knows(host) else Refusal.HOST

    def refuses_post(self, headers: Mapping[str, str]) -> Refusal | None:
        """A form or script of another site may not speak for the person at this browser."""
        origin = headers.get("origin")
        if origin is None:
            same = headers.get("sec-fetch-site") == "same-origin"
            return None if same else Refusal.ORIGIN
        netloc = urlsplit(origin).netloc
        if netloc and netloc == headers.get("host"):
            return None
        # Behind a proxy that rewrites Host, the browser still names the public address.
        public = urlsplit(self.public_url or "")
        if self.mode is Mode.ON and netloc and (urlsplit(origin).scheme, netloc) == public[:2]:
            return None
        return Refusal.ORIGIN

    def _knows(self, host: str | None) -> bool:
        if host is None:
            return False
        # An address in figures cannot be rebound: no name was looked up.
        figures = _address(host) is not None
        return figures or is_loopback(host) or host == urlsplit(self.public_url or "").hostname

"""python-telegram-bot's transport over :mod:`bot.channels.telegram.http`.

The stock transport (httpx) sends fewer messages the more are to be sent, and writes the bot's
token into the log. Here the library never learns the token: it is given a stand-in
(:meth:`Request.stand_in`), which is exchanged when the request is written.
"""

from __future__ import annotations

import secrets
import ssl
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import orjson
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.telegram.http import (
    HttpError,
    LateAnswerError,
    NotConnectedError,
    Origin,
    head,
)
from bot.channels.telegram.pool import Pool

if TYPE_CHECKING:
    from telegram._utils.types import JSONDict, ODVInput

_FORM = "application/x-www-form-urlencoded"  # what the library's own transport sends
_NOWHERE = URL("http://form/")  # its query is the form: yarl writes one in a sixth of urllib's time
STAND_IN = "token-kept-apart"
DEFAULT_RETRY = 5.0  # seconds, for a 429 that does not say


class NoConnectionError(NetworkError):
    """Telegram was not reached: the call was certainly not carried out."""


class FloodError(TelegramError):
    """429. (The library's RetryAfter warns about its own attribute on every use.)"""

    def __init__(self, seconds: float, description: str = "Too Many Requests") -> None:
        super().__init__(description)
        self.seconds = seconds


class Request(BaseRequest):
    """Calls the Bot API with ``token``. Timeouts in seconds; ``connections`` at most at once."""

    __slots__ = (
        "_connect",
        "_connections",
        "_pool",
        "_pools",
        "_read",
        "_targets",
        "_tls",
        "_token",
    )

    def __init__(
        self,
        token: str,
        connections: int = 256,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
        pool_timeout: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._token = token
        self._connections = connections
        self._connect = connect_timeout
        self._read = read_timeout
        self._pool = pool_timeout
        self._tls = tls
        self._pools: dict[tuple[str, str, int], Pool] = {}
        self._targets: dict[str, tuple[Pool, str, str]] = {}  # a bot uses a dozen URLs

    @property
    def stand_in(self) -> str:
        """What to give to telegram.Bot in place of the token: the bot's id is true."""
        return f"{self._token.partition(':')[0]}:{STAND_IN}"

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        """Nothing: connections are opened when they are needed."""

    async def shutdown(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        self._targets.clear()

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer's JSON. Raises NetworkError when it is none: what became of the call is then
        unknown."""
        try:
            answer = orjson.loads(payload)
        except ValueError:
            raise NetworkError("the server's answer is not JSON") from None
        if not isinstance(answer, dict):
            raise NetworkError("the server's answer is not an object")
        return answer

    async def call(
        self, url: str, parameters: dict[str, Any], read_timeout: float | None = None
    ) -> Any:
        """A call with plain parameters, giving the ``result`` as it came, unparsed.

        Raises TelegramError as every call of the library's does.
        """
        data = cast("RequestData", _Plain(parameters))
        return await self.post(
            url, data, read_timeout=self._read if read_timeout is None else read_timeout
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call; status and body.

        Raises:
            NoConnectionError: not sent. TimedOut, NetworkError: perhaps carried out.
            FloodError: 429. BadRequest: the parameters cannot be written as a form.
        """
        if method != "POST":
            raise BadRequest("this transport only posts")
        pool, target, host = self._where(url)
        kind, body = _body(request_data)
        try:
            answer = await pool.ask(
                head(target, host, {"Content-Type": kind}, len(body)) + body,
                connect_seconds=_given(connect_timeout, self._connect),
                read_seconds=_given(read_timeout, self._read),
                pool_seconds=_given(pool_timeout, self._pool),
            )
        except NotConnectedError as problem:
            raise NoConnectionError(str(problem)) from None
        except LateAnswerError as problem:
            raise TimedOut(str(problem)) from None
        except HttpError as problem:
            raise NetworkError(str(problem)) from None
        if answer.status == 429:
            raise _flood(answer.body)
        return answer.status, answer.body

    def _where(self, url: str) -> tuple[Pool, str, str]:
        """The connections to use, the target with the real token, and the Host header."""
        known = self._targets.get(url)
        if known is None:
            scheme, host, port, target, header = _parts(url)
            real = target.replace(self.stand_in, self._token)
            known = self._targets[url] = self._pool_for(scheme, host, port), real, header
        return known

    def _pool_for(self, scheme: str, host: str, port: int) -> Pool:
        pool = self._pools.get((scheme, host, port))
        if pool is None:
            if scheme == "https" and self._tls is None:
                self._tls = ssl.create_default_context()
            origin = Origin(host, port, self._tls if scheme == "https" else None)
            pool = self._pools[scheme, host, port] = Pool(origin, self._connections)
        return pool


class _Plain:
    """What :meth:`Request.do_request` needs of a RequestData."""

    __slots__ = ("parameters",)
    contains_files = False

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    @property
    def json_parameters(self) -> dict[str, str]:
        """Texts as they are, anything else as JSON, as the library has it."""
        return {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in self.parameters.items()
        }


def _parts(url: str) -> tuple[str, str, int, str, str]:
    """Scheme, host, port, target and Host header."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequest("the Bot API's address must begin with http:// or https://")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, target, parts.netloc.rpartition("@")[2]


def _given(value: ODVInput[float], default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else value  # type: ignore[return-value]


def _body(data: RequestData | None) -> tuple[str, bytes]:
    """Content type and body."""
    if data is None:
        return _FORM, b""
    if data.contains_files:
        return _multipart(data)
    try:
        fields = data.json_parameters
        for text in fields.values():
            text.encode()  # yarl would leave half characters out without a word
        return _FORM, _NOWHERE.with_query(fields).raw_query_string.encode()
    except (TypeError, UnicodeEncodeError):  # lone surrogates, or something that is no JSON
        raise BadRequest("the parameters cannot be written as a form") from None


def _multipart(data: RequestData) -> tuple[str, bytes]:
    """RFC 7578; names are quoted as browsers do it."""
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, text in data.json_parameters.items():
        parts += [_part_head(boundary, name), text.encode(), b"\r\n"]
    files: dict[str, tuple[str, bytes | IO[bytes], str]] = data.multipart_data
    for name, (filename, content, kind) in files.items():
        payload = content if isinstance(content, bytes) else content.read()
        parts += [_part_head(boundary, name, filename, kind), payload, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def _part_head(boundary: str, name: str, filename: str | None = None, kind: str = "") -> bytes:
    lines = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    if filename is not None:
        lines += f'; filename="{_quoted(filename)}"\r\nContent-Type: {kind}'
    return f"{lines}\r\n\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _flood(body: bytes) -> FloodError:
    """From ``{"parameters": {"retry_after": 3}}``."""
    try:
        answer = orjson.loads(body)
        seconds = float(answer["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        seconds = DEFAULT_RETRY
    return FloodError(seconds)

"""The chat page's addresses: the page, its files, what the browser says, what it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from bot.channels.preview.access import Refusal
from bot.channels.preview.channel import PreviewChannel
from bot.channels.preview.said import ID, BadRequest, read

COOKIE = "domov_language"
YEAR = 365 * 24 * 3600
MAX_PEOPLE = 100  # of one browser

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
STATUS = {Refusal.OFF: 404}

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(channel: PreviewChannel) -> list[Route]:
    """``GET /`` and everything below ``/preview/``."""
    page = Pages(channel)
    return [
        Route("/", page.guarded(page.page)),
        Route("/preview/static/{name}", page.guarded(page.static)),
        Route("/preview/file/{token}", page.guarded(page.file)),
        Route("/preview/picture/{token}", page.guarded(page.picture)),
        Route("/preview/stream", page.guarded(page.stream)),
        Route("/preview/send", page.guarded(page.send), methods=["POST"]),
    ]


class Pages:
    """The endpoints, all behind :class:`Access`."""

    def __init__(self, channel: PreviewChannel) -> None:
        self.channel = channel

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` for those who may, a page that says why for the rest."""

        async def guard(request: Request) -> Response:
            client = request.client.host if request.client else None
            refusal = self.channel.access.refuses(
                client, request.headers, request.scope.get("http_version", "1.1")
            )
            if refusal is None and request.method == "POST":
                refusal = self.channel.access.refuses_post(request.headers)
            response = self._refuse(request, refusal) if refusal else await endpoint(request)
            for name, value in SECURITY.items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guard

    async def page(self, request: Request) -> Response:
        chosen = self.channel.renderer.site.language(request.query_params.get("language"))
        if chosen:
            # Remembered, and gone from the address.
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, chosen, max_age=YEAR, httponly=True, samesite="strict")
            return answer
        return HTMLResponse(self.channel.renderer.page(self._language(request)))

    async def static(self, request: Request) -> Response:
        static = self.channel.renderer.static
        found = static.files.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        content, media_type = found
        fresh = request.query_params.get("v") == static.stamp
        caching = f"public, max-age={YEAR}, immutable" if fresh else "no-cache"
        return Response(content, media_type=media_type, headers={"Cache-Control": caching})

    async def file(self, request: Request) -> Response:
        file = self.channel.file(request.path_params["token"])
        if file is None:
            return Response(status_code=404)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(
            file.text.encode(),
            media_type=file.media_type,
            headers={"Content-Disposition": disposition},
        )

    async def picture(self, request: Request) -> Response:
        found = await self.channel.picture(request.path_params["token"])
        if found is None:
            return Response(status_code=404)
        picture, content = found
        # Nothing is shown that a browser would run.
        how = "inline" if picture.media_type in SHOWN_TYPES else "attachment"
        disposition = f"{how}; filename*=UTF-8''{quote(picture.name, safe='')}"
        return Response(
            content,
            media_type=picture.media_type,
            headers={"Content-Disposition": disposition},
        )

    async def stream(self, request: Request) -> Response:
        users = request.query_params.get("people", "").split(",")[:MAX_PEOPLE]
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        events = self.channel.stream([user for user in users if ID.fullmatch(user)], last)
        # Proxies such as nginx hold a stream back unless told not to.
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def send(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"error": "Content-Type: application/json"}, status_code=415)
        try:
            posted = read(await request.body())
        except BadRequest as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        try:
            await self.channel.receive(posted)
        except Exception:
            # Not acknowledged: the browser asks again with the same event id.
            structlog.get_logger().exception("preview.not_played")
            return JSONResponse({"error": "not stored, please try again"}, status_code=503)
        return JSONResponse({"ok": True})

    def _refuse(self, request: Request, refusal: Refusal) -> Response:
        html = self.channel.renderer.refusal(refusal, self._language(request))
        return HTMLResponse(html, status_code=STATUS.get(refusal, 403))

    def _language(self, request: Request) -> str:
        site = self.channel.renderer.site
        wanted = [request.cookies.get(COOKIE)]
        wanted += [
            part.partition(";")[0].strip()
            for part in request.headers.get("accept-language", "").split(",")
        ]
        spoken = (site.language(one) for one in wanted)
        return next((one for one in spoken if one), site.languages[0])

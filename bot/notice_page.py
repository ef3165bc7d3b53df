"""The whole notice as a web page, in each language: ``/notice`` and ``/notice/sk``.

Public, and the same for everybody: no cookie, no script, nothing from elsewhere. The words are
those that the bot shows part by part (:func:`flows.join.sections`).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.turn.context import House, language_of
from bot.turn.labels import labels_in
from bot.turn.notice import PAGE as PATH
from flows.join import sections
from flows.script import Template, Texts
from messages.web import html
from messages.words import capitalised

_STYLE = (
    "body{font:1.05rem/1.55 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1.2rem;"
    "color:#15202d;background:#fff}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;"
    "margin:1.8rem 0 .3rem}a{color:#1b57c4}nav a{margin-right:1rem}footer{margin-top:2rem;"
    "color:#526073}@media(prefers-color-scheme:dark){body{color:#e7edf4;background:#0d131a}"
    "a{color:#8fb8ff}footer{color:#a3b2c4}}"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors https://web.telegram.org"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=300",
}


def page(house: House, language: str) -> str:
    """The page in one language."""
    labels, programme = labels_in(house.words, language), house.blueprint.programme
    name, funding = programme.name[language], programme.funding_statement[language]
    others = "".join(
        f'<a href="{PATH}/{code}" hreflang="{code}" lang="{code}">'
        f"{escape(capitalised(house.words.own_name(code)))}</a>"
        for code in house.blueprint.languages
        if code != language
    )
    parts = []
    for section in sections(house.blueprint):
        values = {"paragraphs": section.paragraphs, "lines": section.lines}
        title = escape(labels.text(Template(f"join.title_{section.key}")))
        parts.append(f"<h2>{title}</h2>{html(labels.say('join.section', **values))}")
    consent = labels.text(Template("privacy.page_title", {"name": Texts(programme.name.root)}))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(consent)}</title><style>{_STYLE}</style><nav>{others}</nav>"
        f"<h1>{escape(name)}</h1>{''.join(parts)}<footer>{escape(funding)}</footer></html>"
    )


def routes(house: House) -> list[Route]:
    """``GET /notice`` in the reader's language, and each language at its own address."""
    pages = {language: page(house, language) for language in house.blueprint.languages}

    async def show(request: Request) -> Response:
        language = request.path_params.get("language")
        if language is None:
            hint = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
            language = language_of(house.blueprint, hint.strip())
        if language not in pages:
            return Response(status_code=404)
        return HTMLResponse(pages[language], headers=dict(HEADERS))

    return [Route(PATH, show), Route(f"{PATH}/{{language}}", show)]

"""The page as HTML: one file, no script, nothing from elsewhere; it reads on a phone, prints on
A4, and a screen reader finds its headings and tables."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

STYLE = """
:root{color-scheme:light dark;--text:#15202d;--soft:#526073;--line:#d5dde8;
--ground:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e7edf4;--soft:#a3b2c4;--line:#3a4858;
--ground:#141c25}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1.25rem;color:var(--text);background:var(--ground);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.2rem;line-height:1.3;margin:2rem 0 .5rem;padding-top:.75rem;
border-top:1px solid var(--line)}
p,ul{margin:.5rem 0}ul{padding-left:1.25rem}
.note{color:var(--soft);font-size:.9rem}
table{width:100%;border-collapse:collapse;margin:.75rem 0;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;
border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:600;font-size:.85rem}
tbody th{font-weight:600;width:30%}
td{max-width:22rem}
@media (max-width:36rem){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td,tbody th{display:block;width:auto;border:0;padding:0}
tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
td[data-of]::before{content:attr(data-of) ": ";color:var(--soft)}
}
@media print{
:root{--text:#000;--soft:#333;--line:#999;--ground:#fff}
body{max-width:none;padding:0;font-size:10pt}
h2{break-after:avoid}tr,li{break-inside:avoid}thead{display:table-header-group}
}
@page{margin:18mm 16mm}
"""


@dataclass(frozen=True, slots=True)
class Table:
    """``heads`` name the columns; the first cell of each row is its heading."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: paragraphs, a list, a table, and below it how long it is kept."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table: Table | None = None
    note: str = ""


def render(language: str, title: str, intro: tuple[str, ...], sections: list[Section]) -> str:
    """The whole file."""
    head = Markup(
        '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<title>{}</title>\n'
    ).format(language, title)
    style = Markup("<style>{}</style>\n</head>\n<body>\n<main>\n").format(Markup(STYLE))  # noqa: S704 - our own style
    body = Markup("").join(map(_section, sections))
    opening = Markup("<header>\n<h1>{}</h1>\n{}</header>\n").format(title, _paragraphs(intro))
    return str(head + style + opening + body + Markup("</main>\n</body>\n</html>\n"))


def _section(section: Section) -> Markup:
    parts = [Markup("<section>\n<h2>{}</h2>\n").format(section.title)]
    parts.append(_paragraphs(section.paragraphs))
    if section.items:
        listed = Markup("").join(Markup("<li>{}</li>\n").format(each) for each in section.items)
        parts.append(Markup("<ul>\n{}</ul>\n").format(listed))
    if section.table is not None:
        parts.append(_table(section.title, section.table))
    if section.note:
        parts.append(Markup('<p class="note">{}</p>\n').format(section.note))
    return Markup("").join(parts) + Markup("</section>\n")


def _paragraphs(texts: tuple[str, ...]) -> Markup:
    made = (
        Markup("<p>{}</p>\n").format(Markup("<br>\n").join(escape(part).split("\n")))
        for text in texts
        for part in text.split("\n\n")
        if part.strip()
    )
    return Markup("").join(made)


def _table(name: str, table: Table) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in table.heads)
    rows = Markup("").join(_row(table.heads, row) for row in table.rows)
    return Markup(
        '<table aria-label="{}">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(name, heads, rows)


def _row(heads: tuple[str, ...], row: tuple[str, ...]) -> Markup:
    cells = Markup("").join(
        Markup('<td data-of="{}">{}</td>').format(head, cell) if cell else Markup("<td></td>")
        for head, cell in zip(heads[1:], row[1:], strict=True)
    )
    return Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(row[0], cells)

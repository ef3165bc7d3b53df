"""The Jinja2 environment: templates with blocks, translations, and what a value may be.

Templates are compiled when first asked for, once for all processes (:mod:`messages.compiled`).
Inside ``{% trans %}`` the source is tidied as :mod:`messages.rich` would read it (wrapped lines
joined, paragraphs and list items kept apart), so a translator sees no accidental newlines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context
from markupsafe import Markup

from messages import cldr, compiled, rich
from messages.catalogs import Catalog
from messages.errors import BadValue
from messages.rich import ITEM, literal

LANGUAGE = "_language"  # the context's own variable, beside the values
Block: TypeAlias = Callable[[Context], Any]

_PARAGRAPHS = re.compile(r"\n\s*\n")


def tidy(text: str) -> str:
    """Wrapped lines joined by a space; blank lines and list items stay."""
    return "\n\n".join(_joined(chunk) for chunk in _PARAGRAPHS.split(text.strip()))


def _joined(chunk: str) -> str:
    lines = [line.strip() for line in chunk.strip().split("\n")]
    text = lines[0]
    for line in lines[1:]:
        text += ("\n" if ITEM.match(line) else " ") + line
    return text


class Translations(InternationalizationExtension):
    """Jinja's own extension, with :func:`tidy` in place of joining all lines."""

    def _trim_whitespace(self, string: str, _ws_re: re.Pattern[str] | None = None) -> str:
        return tidy(string)


class Compiled(BytecodeCache):
    """Keeps the templates' code. It depends on the template, on Jinja, and on the files of the
    modules that make the environment and do its work when a template is compiled."""

    def __init__(self, *modules: str) -> None:
        ours = (Path(module).read_bytes() for module in modules)
        self._made_of = compiled.digest(jinja2.__version__.encode(), *ours)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return filename or name

    def get_source_checksum(self, source: str) -> str:
        return compiled.digest(self._made_of, source.encode()).hex()

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = compiled.load(Path(bucket.key), bytes.fromhex(bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        compiled.store(Path(bucket.key), bytes.fromhex(bucket.checksum), bucket.code)


def environment(root: Path, catalogs: Mapping[str, Catalog]) -> Environment:
    """The environment of the templates under ``root``, translating with ``catalogs``."""
    made = Environment(
        loader=FileSystemLoader(root / "templates"),
        extensions=[Translations],
        undefined=StrictUndefined,
        autoescape=True,
        finalize=shown,
        bytecode_cache=Compiled(__file__, rich.__file__),
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the extension
    made.globals.update(_gettext(catalogs))
    made.filters.update(_filters())
    return made


def areas(env: Environment) -> frozenset[str]:
    """The templates there are: "registration" for ``registration.j2``."""
    return frozenset(name.removesuffix(".j2") for name in env.list_templates(extensions=["j2"]))


def blocks(env: Environment, area: str) -> dict[str, Block]:
    """Message key ("area.block") -> the function that renders the block."""
    template = env.get_template(f"{area}.j2")
    return {f"{area}.{block}": render for block, render in template.blocks.items()}


def shown(value: object) -> Markup:
    """What an expression puts into a text. Raises BadValue: a date or a list has many ways to
    be written, so a template must say which (``|date``, ``|listing``)."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, StrictUndefined):
        str(value)  # raises, naming the variable
    if isinstance(value, str | int) and not isinstance(value, bool):
        return literal(value)
    hint = {date: " (|date)", datetime: " (|datetime)", list: " (|listing)", tuple: " (|listing)"}
    raise BadValue(f"a template cannot show {value!r}{hint.get(type(value), '')}")


def _gettext(catalogs: Mapping[str, Catalog]) -> dict[str, Any]:
    """The four functions that ``{% trans %}`` calls; translations are trusted, values are not."""

    def filled(text: str, values: dict[str, Any]) -> Markup:
        return Markup(text % {name: shown(value) for name, value in values.items()})  # noqa: S704

    def counted(context: Context, about: str | None, one: str, many: str, n: object) -> str:
        if not isinstance(n, int):
            raise BadValue(f"{n!r} is no number to count with: write {{% pluralize NAME %}}")
        return catalog(context).many(about, one, many, n)

    def catalog(context: Context) -> Catalog:
        return catalogs[_language(context)]

    @pass_context
    def gettext(context: Context, text: str, /, **values: Any) -> Markup:
        return filled(catalog(context).one(None, text), values)

    @pass_context
    def pgettext(context: Context, about: str, text: str, /, **values: Any) -> Markup:
        return filled(catalog(context).one(about, text), values)

    @pass_context
    def ngettext(context: Context, one: str, many: str, n: int, /, **values: Any) -> Markup:
        return filled(counted(context, None, one, many, n), {"num": n, **values})

    @pass_context
    def npgettext(
        context: Context, about: str, one: str, many: str, n: int, /, **values: Any
    ) -> Markup:
        return filled(counted(context, about, one, many, n), {"num": n, **values})

    return {
        "gettext": gettext,
        "pgettext": pgettext,
        "ngettext": ngettext,
        "npgettext": npgettext,
    }


def _language(context: Context) -> str:
    return str(context.parent[LANGUAGE])


def _filters() -> dict[str, Callable[..., Any]]:
    @pass_context
    def format_date(context: Context, value: date, style: str = "long") -> str:
        return cldr.format_date(value, _language(context), style)

    @pass_context
    def format_datetime(context: Context, value: datetime, timezone: str) -> str:
        return cldr.format_datetime(value, _language(context), timezone)

    @pass_context
    def country(context: Context, code: str) -> str:
        return cldr.country(code, _language(context))

    @pass_context
    def language_name(context: Context, code: str) -> str:
        return cldr.language_name(code, _language(context))

    @pass_context
    def timezone(context: Context, name: str) -> str:
        return cldr.timezone(name, _language(context))

    @pass_context
    def listing(context: Context, items: Sequence[str]) -> str:
        return cldr.listing(items, _language(context))

    @pass_context
    def number(context: Context, value: int) -> str:
        return cldr.number(value, _language(context))

    return {
        "date": format_date,
        "datetime": format_datetime,
        "country": country,
        "language_name": language_name,
        "own_name": cldr.own_name,
        "timezone": timezone,
        "listing": listing,
        "number": number,
        "capitalised": cldr.capitalised,
    }

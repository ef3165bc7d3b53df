"""Bring the catalogs up to date with the templates: ``python -m messages.extract``.

Writes ``locale/domov.pot`` and every ``locale/*/LC_MESSAGES/domov.po``: translations stay, new
texts are empty, texts that no template holds any more are dropped. The same templates always
give the same bytes: no dates, no line numbers, no program versions; what stands above a text
are the keys of the blocks that use it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast

from messages import catalogs, templating

# The formula a C program would use, in CLDR's order of forms; languages not named here get
# Babel's. https://www.gnu.org/software/gettext/manual/html_node/Plural-forms.html
_PLURALS = {
    "sk": "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);",
    "sl": "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);",
}
_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Source:
    """One English text to translate. ``plural`` is None for a text without a number; ``keys``
    are the blocks that use it."""

    context: str | None
    singular: str
    plural: str | None
    keys: tuple[str, ...]

    @property
    def id(self) -> str | tuple[str, str]:
        """As Babel's catalogs know it."""
        return self.singular if self.plural is None else (self.singular, self.plural)


def sources(root: Path) -> list[Source]:
    """Every text of every block under ``root``, in the order of the files; the same text in the
    same context once."""
    env = templating.environment(root, {})
    found: dict[tuple[str | None, str, str | None], list[str]] = {}
    for key, text in _texts(env, root):
        users = found.setdefault(text, [])
        if key not in users:
            users.append(key)
    return [Source(*text, tuple(keys)) for text, keys in found.items()]


def template_text(root: Path) -> str:
    """What ``domov.pot`` should hold."""
    catalog = Catalog()
    for source in sources(root):
        catalog.add(source.id, context=source.context, auto_comments=[" ".join(source.keys)])
    return _written(catalog, _header("", "nplurals=INTEGER; plural=EXPRESSION;"))


def catalog_text(root: Path, language: str) -> str:
    """What the catalog of ``language`` should hold, with the translations it has now.

    Raises CatalogError.
    """
    old = catalogs.read(root, language)
    new = Catalog(locale=language)
    for source in sources(root):
        new.add(
            source.id,
            _kept(old.get(source.id, source.context), source),
            context=source.context,
            auto_comments=[" ".join(source.keys)],
        )
    return _written(new, _header(language, plural_forms(language)))


def plural_forms(language: str) -> str:
    """The Plural-Forms header of a language."""
    return _PLURALS.get(language) or Catalog(locale=language).plural_forms


def refresh(root: Path) -> list[Path]:
    """Write template and catalogs; the files whose content changed. Raises CatalogError."""
    wanted = {root / "locale" / f"{catalogs.DOMAIN}.pot": template_text(root)}
    for language in languages(root):
        wanted[catalogs.path(root, language)] = catalog_text(root, language)
    changed = [
        file
        for file, text in wanted.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    for file in changed:
        file.write_text(wanted[file], encoding="utf-8", newline="\n")
    return changed


def languages(root: Path) -> list[str]:
    """The languages that have a catalog."""
    return sorted(
        file.parts[-3] for file in root.glob(f"locale/*/LC_MESSAGES/{catalogs.DOMAIN}.po")
    )


def main() -> int:
    """Refresh this package's catalogs and say what changed."""
    changed = refresh(catalogs.ROOT)
    for file in changed:
        sys.stdout.write(f"{file.relative_to(catalogs.ROOT.parent)} written\n")
    if not changed:
        sys.stdout.write("the catalogs are up to date\n")
    return 0


def _texts(
    env: Environment, root: Path
) -> Iterator[tuple[str, tuple[str | None, str, str | None]]]:
    for name in env.list_templates(extensions=["j2"]):
        source = (root / "templates" / name).read_text(encoding="utf-8")
        for block in env.parse(source, name).find_all(nodes.Block):
            alone = nodes.Template([block], lineno=block.lineno)
            for _line, function, found in extract_from_ast(alone):
                strings = [found] if isinstance(found, str) else [s for s in found or () if s]
                yield f"{name.removesuffix('.j2')}.{block.name}", _text(function, strings)


def _text(function: str, strings: list[str]) -> tuple[str | None, str, str | None]:
    """(context, singular, plural) of a call that a template makes."""
    context = strings.pop(0) if "pgettext" in function else None
    return context, strings[0], strings[1] if function.startswith("n") else None


def _kept(old: Entry | None, source: Source) -> str | tuple[str, ...]:
    """The translation there is, if it has the shape (with or without forms) the text now has."""
    plural = source.plural is not None
    if old is None or old.fuzzy or isinstance(old.id, tuple | list) != plural:
        return () if plural else ""
    return old.string if isinstance(old.string, str) else tuple(old.string or ())


def _header(language: str, plurals: str) -> str:
    lines = (
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {plurals}",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def _written(catalog: Catalog, header: str) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=_WIDTH, omit_header=True)
    body = out.getvalue().decode().strip("\n")
    return f"{header}\n{body}\n" if body else header


if __name__ == "__main__":
    sys.exit(main())

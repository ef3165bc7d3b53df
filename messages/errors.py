"""What can go wrong with words.

MessagesError
├── UnknownKey      no such template block
├── UnknownLanguage no such catalog
├── BadValue        a value is missing, or of a type that templates cannot show
├── MarkupError     a template or a translation holds markup it must not
└── CatalogError    a catalog cannot be read
"""

from __future__ import annotations


class MessagesError(Exception):
    """Something about the words is wrong."""


class UnknownKey(MessagesError, LookupError):
    def __init__(self, key: str) -> None:
        super().__init__(f"no template has a block {key!r}")


class UnknownLanguage(MessagesError, LookupError):
    def __init__(self, language: str, languages: tuple[str, ...]) -> None:
        super().__init__(f"no words in {language!r}, only in {', '.join(languages)}")


class BadValue(MessagesError, TypeError):
    """A value is missing, or of a type that templates cannot show."""


class MarkupError(MessagesError, ValueError):
    """Markup that is unknown, unclosed or wrongly nested."""


class CatalogError(MessagesError):
    """A catalog is missing or unreadable."""

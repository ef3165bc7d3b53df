"""E-mail addresses and LinkedIn profiles, checked and in their canonical form."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from flows.understand.reading import NotUnderstood, Understood
from flows.understand.text import clean, wordset

LONGEST_EMAIL = 254
LONGEST_LINK = 500
_WRAPPED = re.compile(r"(?:.*[<\s:(])?([^\s<>():]+@[^\s<>()]+?)[>).,;!]*", re.DOTALL)
# LinkedIn: 3 to 100 letters, digits and hyphens; letters of any script.
_SLUG = re.compile(r"[\w\-]{3,100}")
_MARKED_SLUG = re.compile(r"(?:@|/?in/)([^\s@]+)", re.IGNORECASE)
# What LinkedIn makes of a name: words, and an ending with a digit ("jana-novak-1a2b3c").
_MADE_SLUG = re.compile(r"((?:\w+-)+(?=\w*\d)\w{5,})")
_ADDRESS = re.compile(r"https?://|^[<(]*(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:@]|\W*$)", re.IGNORECASE)
_NOT_PEOPLE = wordset("company school showcase groups posts feed jobs pulse events newsletters")


def email(text: str) -> Understood[str] | NotUnderstood:
    """The address in ``text``, normalised ("Jana <Jana@Example.SK>" gives "Jana@example.sk").
    Nobody is asked whether it exists.

    Reasons: "text.empty", "text.too_long", "email.no_at", "email.domain", "email.invalid"
    (``detail``: the checker's English sentence).
    """
    cleaned = clean(text, LONGEST_EMAIL)
    if isinstance(cleaned, NotUnderstood):
        return cleaned
    typed = cleaned.value.removeprefix("mailto:")
    if "@" not in typed:
        return NotUnderstood("email.no_at")
    wrapped = _WRAPPED.fullmatch(typed)
    return _checked(wrapped[1] if wrapped else typed)


def _checked(address: str) -> Understood[str] | NotUnderstood:
    # Its tables take 20 ms, for those who type an address.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        checked = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        name, _, domain = address.rpartition("@")
        reason = "email.invalid" if name and _is_domain(domain) else "email.domain"
        return NotUnderstood(reason if name else "email.invalid", {"detail": str(error)})
    return Understood(checked.normalized)


def _is_domain(domain: str) -> bool:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - see _checked

    try:
        validate_email(f"somebody@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def linkedin(text: str) -> Understood[str] | NotUnderstood:
    """The profile in ``text`` as ``https://www.linkedin.com/in/<slug>``: an address in any of
    LinkedIn's forms, "in/slug", "@slug", or a slug that can be nothing else ("jana-novak-1a2b").

    Reasons: "text.empty", "text.too_long", "linkedin.company" (a page, school, group or post),
    "linkedin.other_site", "linkedin.not_profile".
    """
    cleaned = clean(text, LONGEST_LINK)
    if isinstance(cleaned, NotUnderstood):
        return cleaned
    typed = cleaned.value
    addresses = [word.strip("<>()[],;\"'") for word in typed.split() if _ADDRESS.search(word)]
    for address in addresses:
        if path := _path_on_linkedin(address):
            return _from_path(path)
    if addresses:
        return NotUnderstood("linkedin.other_site")
    marked = _MARKED_SLUG.fullmatch(typed) or _MADE_SLUG.fullmatch(typed)
    return _profile(marked[1]) if marked else NotUnderstood("linkedin.not_profile")


def _path_on_linkedin(address: str) -> str | None:
    """The path when the address is one of linkedin.com, at least "/"."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return None
    host = parts.netloc.lower().removesuffix(":443")
    ours = host == "linkedin.com" or host.endswith(".linkedin.com")
    return (parts.path or "/") if ours and "@" not in host else None


def _from_path(path: str) -> Understood[str] | NotUnderstood:
    kind, _, slug = path.strip("/").partition("/")
    if kind.lower() == "in":
        return _profile(slug)
    if kind.lower() in _NOT_PEOPLE:
        return NotUnderstood("linkedin.company")
    return NotUnderstood("linkedin.not_profile")


def _profile(slug: str) -> Understood[str] | NotUnderstood:
    slug = unquote(re.split(r"[/?#\s]", slug, maxsplit=1)[0]).rstrip(".,;)>")
    if not _SLUG.fullmatch(slug):
        return NotUnderstood("linkedin.not_profile")
    return Understood(f"https://www.linkedin.com/in/{quote(slug.lower())}")

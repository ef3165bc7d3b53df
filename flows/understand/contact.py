"""E-mail addresses and LinkedIn profiles, checked and in their canonical form."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from email_validator import (
    EmailNotValidError,
    EmailSyntaxError,
    EmailUndeliverableError,
    validate_email,
)

from flows.understand.reading import NotUnderstood, Understood
from flows.understand.text import clean

LONGEST_EMAIL = 254
LONGEST_LINK = 500
_WRAPPED = re.compile(r"(?:.*[<\s:(])?([^\s<>():]+@[^\s<>()]+?)[>).,;!]*", re.DOTALL)
_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com(?:/\S*)?", re.IGNORECASE)
# LinkedIn: 3 to 100 letters, digits and hyphens; letters of any script.
_SLUG = re.compile(r"[\w\-]{3,100}")
# "@slug", "in/slug", or letters and digits joined by hyphens, as LinkedIn makes them of names.
_MARKED_SLUG = re.compile(r"(?:@|/?in/)?(?:(?<=@)|(?<=/)|(?=\w+-))([^\s@]+)", re.IGNORECASE)
_OTHER_SITE = re.compile(r"https?://|www\.|[\w-]+\.[a-z]{2,}(?:/|$)", re.IGNORECASE)


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
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailUndeliverableError as error:
        return NotUnderstood("email.domain", {"detail": str(error)})
    except EmailSyntaxError as error:
        after_at = "@-sign" in str(error) or "domain" in str(error).lower()
        return NotUnderstood(
            "email.domain" if after_at else "email.invalid", {"detail": str(error)}
        )
    except EmailNotValidError as error:
        return NotUnderstood("email.invalid", {"detail": str(error)})
    return Understood(checked.normalized)


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
    if found := _LINK.search(typed):
        return _from_address(found[0])
    if marked := _MARKED_SLUG.fullmatch(typed):
        return _profile(marked[1])
    other_site = _OTHER_SITE.search(typed)
    return NotUnderstood("linkedin.other_site" if other_site else "linkedin.not_profile")


def _from_address(address: str) -> Understood[str] | NotUnderstood:
    if "://" not in address:
        address = f"https://{address}"
    try:
        path = urlsplit(address).path
    except ValueError:
        return NotUnderstood("linkedin.not_profile")
    kind, _, slug = path.strip("/").partition("/")
    if kind.lower() == "in":
        return _profile(slug)
    if kind.lower() in {"company", "school", "showcase", "groups", "posts", "feed", "jobs"}:
        return NotUnderstood("linkedin.company")
    return NotUnderstood("linkedin.not_profile")


def _profile(slug: str) -> Understood[str] | NotUnderstood:
    slug = unquote(re.split(r"[/?#\s]", slug, maxsplit=1)[0]).rstrip(".,;)>")
    if not _SLUG.fullmatch(slug):
        return NotUnderstood("linkedin.not_profile")
    return Understood(f"https://www.linkedin.com/in/{quote(slug.lower())}")

"""E-mail addresses and LinkedIn profiles, checked and in their canonical form."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from flows.understand import domains, words
from flows.understand.reading import (
    MOST_CANDIDATES,
    NotUnderstood,
    Reading,
    Understood,
    Unsure,
)
from flows.understand.text import clean, wordset

LONGEST_EMAIL = 254
LONGEST_WITH_SIGNATURE = 1000
LONGEST_LINK = 500
_SPACED_AT = re.compile(r"(?<=[\w.+-])\s+@\s*(?=\w)|(?<=[\w.+-])@\s+(?=\w)")
_SAID_AT = re.compile(
    r"\s*[\[({]\s*(?:at|zavin[aá][cč]|afna)\s*[\])}]\s*|\s+(?:zavin[aá][cč]|afna)\s+", re.I
)
# LinkedIn: 3 to 100 letters, digits and hyphens; letters of any script.
_SLUG = re.compile(r"[\w\-]{3,100}")
_MARKED_SLUG = re.compile(r"(?:@|/?in/)([^\s@]+)", re.IGNORECASE)
# What LinkedIn makes of a name: words, and an ending with a digit ("jana-novak-1a2b3c").
_MADE_SLUG = re.compile(r"((?:\w+-)+(?=\w*\d)\w{5,})")
# "jana-novak": two words of a name, in small letters.
_BARE_SLUG = re.compile(r"[^\W\d_A-Z]{4,}(?:-[^\W\d_A-Z]{4,}){1,2}")
_LABEL = re.compile(r"^\W*linked\s?in\W+(?=\S)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|^[<(]*(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:@]|\W*$)", re.IGNORECASE)
_NOT_PEOPLE = wordset("company school showcase groups posts feed jobs pulse events newsletters")


def email(text: str) -> Reading[str]:
    """The address in ``text``, normalised ("Jana <Jana@Example.SK>, thanks" gives
    "Jana@example.sk"). Nobody is asked whether it exists; a domain that looks mistyped is Unsure:
    the likelier address, then the one typed. So are two addresses.

    Reasons: "text.empty", "text.too_long", "email.no_at", "email.domain", "email.invalid"
    (``detail``: the checker's English sentence).
    """
    cleaned = clean(text, LONGEST_EMAIL if "@" not in text else LONGEST_WITH_SIGNATURE)
    if isinstance(cleaned, NotUnderstood):
        return cleaned
    typed = _with_at(cleaned.value)
    if "@" not in typed:
        return NotUnderstood("email.no_at")
    found = list(dict.fromkeys(_addresses(typed)))[:MOST_CANDIDATES]
    readings = [_checked(address) for address in found or [typed]]
    good = [reading.value for reading in readings if isinstance(reading, Understood)]
    if len(good) > 1:
        return Unsure(tuple(good))
    if not good:
        return _mended(found[0], readings[0]) if found else readings[0]
    meant = domains.likelier(good[0])
    return Unsure((meant, good[0])) if meant else Understood(good[0])


def _with_at(text: str) -> str:
    """ "jana(at)example.org" and "jana @ example.org" with their @ in place."""
    if "@" in text:
        return _SPACED_AT.sub("@", text)
    return _SAID_AT.sub("@", text, count=1)


def _addresses(text: str) -> list[str]:
    """The words with an @, without what stands around them."""
    words = re.split(r"[\s<>(),;:\"'„“”»«]+", text.replace("mailto:", " "))
    bare = (_end(word.strip("!?…*_")) for word in words)
    return [word for word in bare if "@" in word]


def _end(word: str) -> str:
    """Without the full stop of the sentence and what is no letter behind it: an emoji."""
    return re.sub(r"[^\w\-]+$", "", word) or word


def _mended(address: str, problem: Reading[str]) -> Reading[str]:
    """ "jana@gmail" is asked: did you mean jana@gmail.com?"""
    meant = domains.likelier(address)
    checked = _checked(meant) if meant else problem
    return Unsure((checked.value,)) if isinstance(checked, Understood) else problem


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


def url(text: str) -> Understood[str] | NotUnderstood:
    """The address in ``text`` with its scheme: "example.org" gives "https://example.org".

    Reasons: "text.empty", "text.too_long", "url.unknown".
    """
    cleaned = clean(text, LONGEST_LINK)
    if isinstance(cleaned, NotUnderstood):
        return cleaned
    words = [word.strip("<>()[],;\"'").rstrip(".") for word in cleaned.value.split()]
    found = [word for word in words if _ADDRESS.search(word) and "@" not in word]
    if len(found) != 1:
        return NotUnderstood("url.unknown")
    address = found[0] if "://" in found[0] else f"https://{found[0]}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return NotUnderstood("url.unknown")
    if "." not in (parts.hostname or ""):
        return NotUnderstood("url.unknown")
    return Understood(
        parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()
    )


def linkedin(text: str) -> Reading[str]:
    """The profile in ``text`` as ``https://www.linkedin.com/in/<slug>``: an address in any of
    LinkedIn's forms, "in/slug", "@slug", or a slug that can be nothing else ("jana-novak-1a2b").
    What may be a slug ("jana-novak") is Unsure.

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
    bare = _LABEL.sub("", typed).strip(" .!")
    if marked := _MARKED_SLUG.fullmatch(bare) or _MADE_SLUG.fullmatch(bare):
        return _profile(marked[1])
    if _BARE_SLUG.fullmatch(bare) and words.common(bare) is None and not words.nothing(bare):
        reading = _profile(bare)
        return Unsure((reading.value,)) if isinstance(reading, Understood) else reading
    return NotUnderstood("linkedin.not_profile")


def _path_on_linkedin(address: str) -> str | None:
    """The path when the address is one of linkedin.com, at least "/"."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return None
    host = parts.netloc.lower().removesuffix(":443")
    ours = host == "linkedin.com" or host.endswith(".linkedin.com")
    within = parts.fragment if parts.fragment.strip("/").startswith("in/") else parts.path
    return (within or "/") if ours and "@" not in host else None


def _from_path(path: str) -> Understood[str] | NotUnderstood:
    parts = [part for part in path.split("/") if part] or [""]
    # "mwlite/in/jana", "comm/in/jana", "sk/in/jana": the app's, the mails' and a country's address.
    if len(parts) > 2 and parts[1].lower() == "in" and parts[0].lower() not in _NOT_PEOPLE:
        parts = parts[1:]
    if parts[0].lower() == "in" and len(parts) > 1:
        return _profile(parts[1])
    if parts[0].lower() in _NOT_PEOPLE:
        return NotUnderstood("linkedin.company")
    return NotUnderstood("linkedin.not_profile")


def _profile(slug: str) -> Understood[str] | NotUnderstood:
    slug = unquote(re.split(r"[/?#\s]", slug, maxsplit=1)[0]).rstrip(".,;)>")
    if not _SLUG.fullmatch(slug):
        return NotUnderstood("linkedin.not_profile")
    return Understood(f"https://www.linkedin.com/in/{quote(slug)}")

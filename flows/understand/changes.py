"""What somebody says has changed: "I moved to Vienna", "presťahovala som sa do Viedne", "nova
služba", "I have a new e-mail". What is meant is always confirmed before it counts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from flows.understand.text import fold, wordset

LONGEST = 160
PLACE = "place"

_MOVED = re.compile(
    r"\b(?:moved|moving|relocated|relocating|relocate|resettled"
    r"|(?:pre|od|na)?st?ahoval[aio]?|(?:pre|od|na)?stahujem(?:e)?|(?:pre|od|na)?stahovan\w*"
    r"|(?:pre|od|pri)?selil[aie]?|(?:pre|od|pri)?selim(?:o)?|preselitev)\b(?! (?:on|to tears|by)\b)"
)
_NOW = r"(?:now|currently|uz|teraz|momentalne|odteraz|zdaj|trenutno|sedaj|odslej)"
_LIVING = (
    r"(?:i|we)(?:['’ ](?:m|am|are|re))?(?: now| currently)? (?:live|living|based|reside|settled)"
    r"|zijem(?:e)?|byvam(?:e)?|zivim(?:o)?|bivam(?:o)?|stanujem(?:o)?|prebivam(?:o)?"
)
_LIVES = re.compile(
    rf"\b(?:{_NOW} (?:{_LIVING})|(?:{_LIVING})(?: {_NOW})?)\b(?! (?:with|s|so|z|from|off|za)\b)"
)
_TO = re.compile(r"\b(?:back to|over to|to|into|do|na|v|vo|in|nazaj v|naspat do|spat do)\s+")
_NOT_THERE = re.compile(r"^(?:a|an|the|another|new|novy|noveho|noveg\w*|nov[aeo]?|on|my|a new)\b")
_TRAILING = re.compile(
    r"(?:\s+(?:now|recently|today|yesterday|last \w+|this \w+|two \w+ ago|a \w+ ago|by the way|btw"
    r"|teraz|uz|nedavno|dnes|vcera|minul\w+ \w+|tento \w+|pred \w+|"
    r"zdaj|nedavno|danes|vceraj|prejsnj\w+ \w+|ta \w+|sedaj|with my \w+|s \w+))+$"
)
# What may stand before it: "by the way, I have got a …".
_LEAD = "|".join(
    sorted(
        wordset(
            "hi hello ahoj dobry den dober dan zivjo by the way btw inak mimochodom sicer i we a "
            "ja jaz have ve got just recently mam imam uz ze som sem si my moj moja moje nasiel "
            "nasla dobil dobila zacala zacal started start there is s nastupil nastupila changed "
            "zmenil zmenila menjal menjala zamenjal zamenjala spremenil spremenila zacel zacela "
            "nasel want to would like need please can you d chcem chcela by chcel potrebujem "
            "prosim mi je se sa me zmena zmenu sprememba spremembo zelim bi rad rada "
            "zmenit upravit opravit spremeniti spremenim popraviti posodobiti "
            "update change correct svoj svoju svoje mojo svojo d"
        )
    )
)
# What opens a line of the profile: its keys, the first that is there.
_LINES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (keys, re.compile(rf"^(?:(?:{_LEAD}) )*(?:{said})(?: .*)?$"))
    for keys, said in (
        (("profession", "employer"),
         r"(?:a |my )?new (?:job|position|role|profession|work)|jobs?|(?:my )?jobs?"
         r"|(?:a )?different job|nova praca|novu pracu|novej praci|v novej praci|nove zamestnanie"
         r"|profession|position|nova pozicia|novu poziciu|pracu|prace|zamestnanie"
         r"|profesiu|nova sluzba|novo sluzbo"
         r"|nova zaposlitev|novo zaposlitev|sluzbo|zaposlitev|poklic|nov poklic|novo delo|delo"
         r"|v novi sluzbi|v novej robote|nova robota|novu robotu|robotu|na novem delovnem mestu"),
        (("employer", "profession"),
         r"(?:a |my )?new (?:employer|company|firm)|noveho zamestnavatela|novy zamestnavatel"
         r"|zamestnavatela|nova firma|novu firmu|firmu|nov delodajalec|novega delodajalca"
         r"|delodajalca|novo podjetje|podjetje"),
        (("email",),
         r"(?:a |my )?new (?:e ?mail|mail)(?: address)?|mailu"
         r"|e ?mailu|e ?(?:postni )?naslova?|e ?mail address|novy (?:e ?mail|mail)"
         r"|novu (?:e ?mailovu |mailovu )?adresu|e ?mail|nov (?:e ?mail|mail|e ?(?:postni )?naslov)"
         r"|nov elektronski naslov"),
        (("name",),
         r"(?:a |my )?new (?:sur|last )?name|last name|surname|name|mena"
         r"|priezviska|priimka|imena|nove (?:meno|priezvisko)|priezvisko"
         r"|meno|novo ime|nov priimek|priimek"),
        ((PLACE, "country", "city"),
         r"adresy|naslova|mesta|bydliska|city|town|address|place|country|mesto|adresu|bydlisko|krajinu|kraj|naslov|drzavo"
         r"|prebivalisce|novu adresu|nova adresa|nov naslov|nove bydlisko|novo prebivalisce"),
        (("linkedin",), r"(?:a |my )?new linkedin|novy linkedin|nov linkedin"),
    )
)  # fmt: skip
_SAYS_NEW = re.compile(
    r"\bchange\b|\bzmen[au]\b|\bsprememb\w+|\bupdate\b|\bcorrect\b|\bzmenit\b|\bupravit\b|\bopravit\b|\bspremenit\w*"
    r"|\bpopraviti?\b|\bposodobit\w*|\bnew\b|\bchanged\b|\bdifferent\b|\bnov\w*\b|\bzmenil\w*\b|\bmenjal\w*\b|\bzamenjal\w*\b"
    r"|\bspremenil\w*\b"
)


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different now. ``keys``: the line of the profile (:data:`PLACE`: where they live,
    else the first of these that there is); ``value``: what it is now, as typed; "" for unsaid."""

    keys: tuple[str, ...]
    value: str = ""


def changed(text: str) -> Changed | None:
    """The change that the message tells of; None where it tells of none."""
    if not text.strip() or len(text) > LONGEST or "?" in text:
        return None
    plain = _plain(text)
    if (moved := _moved(text, plain)) is not None:
        return moved
    folded = fold(text)
    if not _SAYS_NEW.search(folded) or len(folded.split()) > 12:
        return None
    return next((Changed(keys) for keys, said in _LINES if said.match(folded)), None)


def _moved(text: str, plain: str) -> Changed | None:
    found = _MOVED.search(plain)
    lives = None if found else _LIVES.search(plain)
    at = found or lives
    if at is None:
        return None
    # "Presťahovala som sa z Berlína do Viedne": the last of these words stands before it.
    towards = list(_TO.finditer(plain, at.end()))
    if not towards:
        return Changed((PLACE,)) if found is not None and len(plain.split()) < 8 else None
    begins = towards[-1].end() if found is not None else towards[0].end()
    where = re.split(r"[.;!\n]", plain[begins:])[0]
    where = _TRAILING.sub("", where).rstrip(" ,")
    if not where or _NOT_THERE.match(where):
        return None
    return Changed((PLACE,), text[begins : begins + len(where)].strip())


def _plain(text: str) -> str:
    """Without accents and in small letters, each character in its place."""
    return "".join(_letter(character) for character in text)


def _letter(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else " "

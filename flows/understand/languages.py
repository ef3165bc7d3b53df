"""The languages that people say they speak: "slovensky a trochu nemecky", "EN, DE"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale

from flows.understand.fuzzy import nearest
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold, wordset

LONGEST_ANSWER = 500
_DATA = files("flows.understand.data")
_READERS = ("en", "sk", "sl")
_PARTS = re.compile(r"[,;/+&|\n]|\s(?:and|a|aj|in|ter|i)\s", re.IGNORECASE)
# "English, but not German": the languages after such a word may be the ones they don't speak.
_DOUBT = wordset("not no except nie okrem bez ne razen brez niet don dont t")
# Countries' codes that people write for their language, beside the languages' own.
_CODES_OF_COUNTRIES = {
    "cz": "cs", "si": "sl", "gb": "en", "us": "en", "at": "de", "ch": "de", "dk": "da",
    "se": "sv", "gr": "el", "jp": "ja", "cn": "zh", "ua": "uk", "nb": "no", "slo": "sl",
    "eng": "en", "ger": "de", "deu": "de", "fra": "fr", "esp": "es", "ita": "it", "slk": "sk",
    "svk": "sk", "cze": "cs", "hun": "hu", "rus": "ru", "hrv": "hr", "srb": "sr",
}  # fmt: skip
# School subjects and the like: Slovak "AJ" is anglický jazyk, Slovenian "ang" angleščina.
_SHORT = {
    "aj": "en", "anj": "en", "nj": "de", "nemj": "de", "rj": "ru", "fj": "fr", "tj": "it",
    "spj": "es", "šj": "es", "mj": "hu", "sjl": "sk", "slj": "sk", "čj": "cs", "cj": "cs",
    "plj": "pl", "uj": "uk", "latj": "la", "chj": "hr", "ang": "en", "angl": "en",
    "nem": "de", "nemš": "de",
    "fr": "fr", "franc": "fr", "ita": "it", "ital": "it", "špa": "es", "špan": "es", "spa": "es",
    "rus": "ru",
    "mad": "hu", "madž": "hu", "hrv": "hr", "srb": "sr", "češ": "cs", "por": "pt", "port": "pt",
    "polj": "pl", "slov": "", "sj": "", "ned": "nl", "tur": "tr", "lat": "la", "kit": "zh",
    "jap": "ja", "alb": "sq", "mak": "mk", "bos": "bs", "ukr": "uk", "rum": "ro", "bul": "bg",
}  # fmt: skip
# Slovenes say "slovensko" of their own language, Slovaks "slovensky" of theirs.
_OWN = "slovensk"
_OWN_SHORT = {"slov", "sj"}
# What people say beside a language's name.
_BESIDE = wordset(
    # English
    "i im am we my me is it s m the a an of in on at by to and or also as well plus but just only "
    "speak speaking spoken can know understand understanding learn learning learnt learned read "
    "write reading writing listening little bit some lot very good well fluent fluently native "
    "basic basics beginner intermediate advanced conversational level levels mother tongue first "
    "second third language languages proficient proficiency working professional business "
    "passive passively active actively perfect perfectly excellent school quite pretty enough "
    "bilingual course now currently etc others other more all none etcetera and so on from home "
    "british american brazilian canadian austrian swiss mexican australian european simplified "
    "dialect dialects with kids family grandma work years year since limited elementary "
    # Slovak
    "po v vo na z zo do aj ale len iba a i s so sa si som je to ja viem hovorim rozpravam ovladam "
    "rozumiem ucim citam pisem dohovorim komunikujem mierne trochu trosku slabo slabsie dobre "
    "velmi celkom plynule plynne aktivne pasivne zaklady zaklad zakladne zaciatocnik pokrocily "
    "uroven urovni urovne rodny rodna materinsky materinska materinske jazyk jazyka jazyky jazykov "
    "rec reci prvy druhy treti mozno ine dalsie este vsetko okrem aspon perfektne vyborne "
    "slusne ako doma prace praci skoly skole "
    # Slovenian
    "govorim znam razumem ucim berem pisem malo zelo dobro slabo slabse odlicno tekoce osnove "
    "osnovno osnovna pasivno aktivno materni materna maternega jezik jezika jezike jeziki jezikov "
    "stopnja raven ravni in ter tudi se pa vendar samo nekaj prvi drugi tretji za v na iz z s sem "
    "sporazumem doma sluzbi soli"
)
_LEVEL = re.compile(r"[abc][12]\d?|\d+|[a-z]")
_SOUNDS_LIKE_ONE = re.compile(r"\w{3,}(?:sky|cky|ske|sko|cko|ski|cki|cina|tina|scina|ish|ese)")
_LONGEST_PART = 60
_NAMED = "zz"  # begins the word that stands for a name of several words
_MORE_LONG_NAMES = {
    "Lower Sorbian": "hsb", "dolnolužická srbčina": "hsb", "dolnja lužiška srbščina": "hsb",
    "lužická srbčina": "hsb", "lužiška srbščina": "hsb", "Irish Gaelic": "ga", "po našom": "rue",
    "Scots Gaelic": "gd",
}  # fmt: skip


@cache
def codes() -> tuple[str, ...]:
    """The ISO 639-1 codes that can be understood."""
    return tuple(code for code, _ in _stems())


def language_name(code: str, language: str) -> str:
    """What readers of ``language`` call the language (CLDR); the code where it has no name."""
    return str(Locale.parse(language).languages.get(code, code))


def spoken(text: str, language: str) -> Reading[tuple[str, ...]]:
    """Codes (ISO 639-1; 639-2 or -3 where that has none) of the languages in ``text``, in the order
    said; ``language`` is the reader's ("en", "sk", "sl").

    Unsure when a name is misspelt or a "not" leaves open which are meant.
    Reasons: "text.empty", "text.too_long", "language.unknown", and where only a ``part`` of it
    cannot be placed, "language.part_unknown" (``known``: the codes of the others, ``part``).
    """
    if len(text) > LONGEST_ANSWER:
        return NotUnderstood("text.too_long", {"maximum": LONGEST_ANSWER, "length": len(text)})
    if not fold(text):
        return NotUnderstood("text.empty")
    if codes_only := _unique(_codes_alone(text, language)):
        return Understood(codes_only)
    parts = [(part.strip(), _words(part)) for part in _PARTS.split(text)]
    words = [word for _, said in parts for word in said]
    if doubted := _doubted(words, language):
        return doubted
    return _together([_Part.read(part, said, language) for part, said in parts if said])


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two commas: the languages ``meant``, or ``guessed`` where one is
    misspelt, and what is ``unknown`` of it."""

    meant: tuple[str, ...]
    guessed: tuple[str, ...] = ()
    unknown: str = ""

    @staticmethod
    def read(part: str, words: Sequence[str], language: str) -> _Part:
        known = [(word, _of_word(word, language) or _short(word, language)) for word in words]
        meant = _unique(code for _, codes in known for code in codes)
        rest = [word for word, codes in known if not codes and not _is_beside(word)]
        if meant:
            rest = [word for word in rest if _SOUNDS_LIKE_ONE.fullmatch(word)]
        guessed = _unique(code for word in rest for code in _misspelt(word))
        if not rest or guessed:
            return _Part(meant, guessed)
        return _Part(meant, unknown=" ".join(rest) if meant else part[:_LONGEST_PART])


def _together(parts: Sequence[_Part]) -> Reading[tuple[str, ...]]:
    known = _unique(code for part in parts for code in part.meant)
    unknown = next((part.unknown for part in parts if part.unknown), "")
    guessed = _unique(code for part in parts for code in (*part.meant, *part.guessed))
    if not guessed:
        return NotUnderstood("language.unknown")
    if unknown:
        return NotUnderstood("language.part_unknown", {"known": guessed, "part": unknown})
    return Understood(known) if guessed == known else Unsure((guessed,))


def _words(part: str) -> list[str]:
    """The folded words; names of several words ("Upper Sorbian") as one."""
    said = f" {fold(part)} ".replace("serbo ", "serbo")
    for name, code in _long_names().items():
        if name in said:
            said = said.replace(f" {name} ", f" {_NAMED}{code} ")
    return said.split()


def _is_beside(word: str) -> bool:
    return word in _BESIDE or bool(_LEVEL.fullmatch(word))


def _short(word: str, language: str) -> tuple[str, ...]:
    """An abbreviation among names: "angličtina, NJ". Two letters are too often a word."""
    if word in _OWN_SHORT:
        return ("sl" if language == "sl" else "sk",)
    return tuple(filter(None, (_SHORT.get(word),))) if len(word) > 1 else ()


def _unique(codes: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _codes_alone(text: str, language: str) -> Iterator[str]:
    """Codes count where nothing but codes was typed ("en, de"; "SK EN"; "AJ, NJ"; "slo., ang.")."""
    parts = [part.strip(" .()") for part in _PARTS.split(text)]
    words = [word.strip(".-:") for part in parts for word in part.split()]
    words = [word for word in words if word and not _LEVEL.fullmatch(word.lower())]
    meant = [_code(word, language) for word in words]
    if all(meant):
        yield from (code for code in meant if code)


def _code(word: str, language: str) -> str | None:
    lower = word.lower()
    if lower == "no":
        return "no" if word.isupper() else None
    if lower in _OWN_SHORT or (lower == "slo" and language != "en"):
        return "sl" if language == "sl" or lower == "slo" else "sk"
    code = lower if lower in codes() else None
    return _CODES_OF_COUNTRIES.get(lower) or _SHORT.get(lower) or _SHORT.get(fold(lower)) or code


def _named(words: Sequence[str], language: str) -> Iterator[str]:
    for word in words:
        yield from _of_word(word, language)


def _of_word(word: str, language: str) -> tuple[str, ...]:
    if word.startswith(_NAMED):
        return (word.removeprefix(_NAMED),)
    if word.startswith(_OWN):
        return ("sl" if language == "sl" else "sk",)
    if meant := _names().get(word):
        return (meant,)
    return tuple(
        code
        for code, stems in _stems()
        if any(word.startswith(stem[:-1]) if stem[-1] == "*" else word == stem for stem in stems)
    )[:2]


def _doubted(words: Sequence[str], language: str) -> Unsure[tuple[str, ...]] | None:
    doubts = [at for at, word in enumerate(words) if word in _DOUBT]
    found = _unique(_named(words, language))
    if not doubts or not found:
        return None
    before = _unique(_named(words[: doubts[0]], language))
    return Unsure(tuple(dict.fromkeys(answer for answer in (before, found) if answer)))


def _misspelt(word: str) -> tuple[str, ...]:
    names = tuple(_names())
    return tuple(dict.fromkeys(_names()[name] for name, _ in nearest(word, names)))[:1]


@cache
def _names() -> dict[str, str]:
    """One-word CLDR names in the readers' languages, folded, -> code."""
    return {
        fold(name): code
        for reader in _READERS
        for code in codes()
        if (name := Locale.parse(reader).languages.get(code)) and " " not in fold(name)
    }


@cache
def _long_names() -> dict[str, str]:
    """CLDR's names of several words, and some more."""
    named = {
        fold(name): code
        for reader in _READERS
        for code in codes()
        if " " in fold(name := language_name(code, reader))
    }
    return named | {fold(name): code for name, code in _MORE_LONG_NAMES.items()}


@cache
def _stems() -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = _DATA.joinpath("languages.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple((code, tuple(word.strip() for word in words.split(","))) for code, words in cells)

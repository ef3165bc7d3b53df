"""Whether somebody asks something back ("is this free?", "prečo to potrebujete?"), and what: in
English, Slovak or Slovenian, formally or not, with slips and without accents.

What is asked is one of the *ways* that a blueprint lists for an answer: words that say it, in any
order. It is understood when all of them are there and whatever else was said is filler. One word
that is neither ("is there free *parking*?") and it is another question. So an answer is never given
to what was not asked, and an ordinary answer ("Question manager", "Can Yılmaz") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from flows.understand.text import fold, wordset

WHY = "why"
"""The key of "why do you ask?"."""
LONGEST = 200  # characters of a message that is nothing but a question
_SHORTEST_FOR_SLIPS, _SHORTEST_STEM_FOR_SLIPS = 5, 6

_OPENERS = wordset(
    # English
    "why who whom whose what which how when where is are am was were do does did can could will "
    "would should shall may must have has isn aren don doesn can t whats whos hows wheres "
    # Slovak
    "preco naco nacoze kto koho komu kym co coho comu cim ako kolko kedy kde kam odkial ktory "
    "ktora ktore ktori aky aka ci je su som sme ste si musim musime mozem mozeme mozete "
    "ake aki mozes moze mohol mohla mohli mate mas budete budes bude budem viete vies "
    "treba da dostanem potrebujem potrebujete chcete chces "
    # Slovenian
    "zakaj cemu kdo koga komu kaj kako koliko kdaj kje kam kateri katera katero kaksen kaksna "
    "kaksno ali moram moramo lahko smem smemo so sem smo imate imas boste bos bo bom bi rabim "
    "potrebujem zelite hocete"
)
# Said before a question, after it, or in a sentence of its own.
_POLITE = wordset(
    "and but so hi hello hey ok okay sorry please excuse me um uh well oh thanks thank you pls "
    "just wait first before question quick one "
    "a ale no tak prosim vas prosimvas prepacte pardon ahoj cau dobry den dakujem diky vopred "
    "este jedna otazka mam pekne zdravim pockaj pockajte najprv "
    "in pa ampak oprostite oprosti prosimo zivjo zdravo dober dan hvala vnaprej lepo se eno "
    "vprasanje imam pozdravljeni pocakaj pocakajte najprej aha hm hmm ej"
)
# Words that change nothing of what is asked. "Who", "why", "when" and "where" are none of them.
_FILLER = _POLITE | wordset(
    "i me my mine we us our you your yours it its this that these those the a an of to for in on "
    "at from with by about or if then there here all any some be been being is are am was were do "
    "does did doing can could will would should shall may must might have has had get gets know "
    "tell say see really exactly actually still also too now ever again thing things something "
    "anything everything bot program programme project service app chat registration register "
    "registering questions question answer answers answering taking take takes part s t re m ll ve "
    "d u is isn don what how which whats hows not only else even completely totally whole need "
    "not no want going will using use used sure right data information info details whole "
    "to toto tento tuto tieto tohto tomto tom tym ten ta tu je su som sme ste si sa mi mne ma mna "
    "svoj svoje svoju svojo nie nemam moj moja moje moju mojich mojimi moji nam nas vas vam vasa "
    "vase tvoj tvoja ja my vy ty ono "
    "od do na pre pri v vo z zo s so k ku o u po za ak by aby ci ako co aj i este uz vobec vlastne "
    "naozaj fakt presne celkom uplne cele cely cela byt bude budu budete budes bol bola musim mam "
    "mate mas mozem mozete mozes moze chcem da projekt projektu program sluzba registracia "
    "registracii registraciu otazky otazka otazku otazok odpovede odpovedat odpovedi udaje udajov "
    "ucast ucasti chat nieco niekto toho teraz potom iba len asi aka aky ake clovek "
    "ta to te teh tega tem tole tale jaz mi ti vi ga jo jih je so sem smo ste si se bo bom bos "
    "boste bi pri za od do na v iz s z k o po ali kako kaj ce pa tudi zdaj potem res sploh cisto "
    "popolnoma tocno zares pravzaprav celo cel lahko moram imam imate smem projekt projekta "
    "ne ni moj mojo mojega mojem mojim nimam "
    "storitev prijava prijavo prijavi vprasanja vprasanje vprasanj odgovori odgovoriti podatki "
    "podatke podatkov sodelovanje sodelovati moje moji mojih mene meni me nekaj vse vsi vasa vase "
    "vas vam nam vseeno samo le"
)  # fmt: skip
_WHY = wordset("why preco naco nacoze zakaj cemu")
_WHY_TOGETHER = (
    "what for", "how come", "what is the reason", "what s the reason", "for what",
    "what is the point", "what s the point", "what is the purpose", "what is this for",
    "what s this for", "what s that for", "what is that for", "what do you need",
    "na co", "z akeho dovodu", "kvoli comu", "aky je dovod", "aky to ma zmysel", "k comu",
    "za kaj", "iz kaksnega razloga", "s kaksnim namenom", "kaksen je namen", "v kaksen namen",
    "s kakim namenom", "kaksen smisel",
)  # fmt: skip
_ASKING = wordset(
    "ask asking asked need needed needs want wanting know knowing require required necessary "
    "interested interests important matter matters reason purpose point information info data "
    "detail details curious relevant mandatory collect collecting care that's "
    "pytate pytas pytat sa spytali potrebujete potrebujes potrebne potrebny potrebna potrebovat "
    "chcete chces vediet zaujima zaujimate dolezite dolezita dolezity treba nutne udaj udaje "
    "informacia informacie informaciu dovod dovodu zistujete zbierate zmysel ucel otazka "
    "sprasujete sprasujes sprasuje potrebujete potrebujes rabite rabis zelite zelis vedeti hocete "
    "hoces zanima pomembno potrebno potreben potrebna nujno podatek podatki podatke informacija "
    "informacije informacijo razlog razloga namen namenom zbirate smisel morate nuca "
)
# What people are asked for.
_FACTS = wordset(
    "name surname email mail e address city town country region profession job work employer "
    "company field linkedin profile year languages language age consent skills experience where "
    "live meno priezvisko adresu adresa mesto krajinu krajina region profesiu profesia pracu praca "
    "povolanie zamestnavatela zamestnavatel firmu odbor rok jazyky jazyk vek suhlas kde zijem "
    "byvam "
    "ime priimek naslov drzavo drzava regijo regija poklic sluzbo sluzba delodajalca delodajalec "
    "podjetje podrocje leto jezike jezik starost privolitev soglasje kje zivim bivam posta posto"
)
_SENTENCES = re.compile(r"(?<=[.!?;\n])\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. ``key``: of the answer that is wanted, None for one that nobody knows here.
    ``clear``: it can be nothing else; otherwise an answer that looks like one."""

    key: str | None
    clear: bool


class Ways:
    """The ways in which answers are asked for, read once. ``ways``: key -> words that say it."""

    def __init__(self, ways: Mapping[str, Iterable[str]]) -> None:
        self._ways: list[tuple[str, frozenset[str]]] = [
            (key, parts)
            for key, said in ways.items()
            for each in said
            if (parts := frozenset(_parts(each)))
        ]
        self._keys: dict[str, set[str]] = {}  # part -> the keys of the ways it is in
        self._parts: dict[str, list[str]] = {}  # first letter -> parts
        for key, way in self._ways:
            for part in way:
                if part not in self._keys:
                    self._parts.setdefault(part[0], []).append(part)
                self._keys.setdefault(part, set()).add(key)

    def find(self, words: Sequence[str]) -> str | None:
        """The key of what these folded words ask; of several the one that they say most of."""
        fitting = {word: self._fitting(word) for word in words}
        left = {
            word: frozenset().union(*(self._keys[part] for part in fits))
            for word, fits in fitting.items()
            if not (_known(word, _FILLER) or _known(word, _FACTS))
        }
        letters: dict[str, int] = {}
        for fits in fitting.values():
            for part, count in fits.items():
                letters[part] = max(count, letters.get(part, 0))
        best, most = None, 0
        for key, way in self._ways:
            if letters.keys() >= way and all(key in keys for keys in left.values()):
                said = sum(letters[part] for part in way)
                if said > most:
                    best, most = key, said
        return best

    def _fitting(self, word: str) -> dict[str, int]:
        """The parts of ways that a word is, and how many letters of it count: slips cost."""
        found: dict[str, int] = {}
        for part in self._parts.get(word[0], ()):
            if count := _fits(word, part):
                found[part] = count
        return found


# Questions that a page of the bot answers: the command that shows it, and how people put it.
_DOORS: Mapping[str, tuple[str, ...]] = {
    "mydata": (
        "what know about me", "what data about me", "what store* about me",
        "what hold about me",
        "what data have", "see my data", "download data", "co o mne viete", "co viete",
        "ake o mne mate", "ake mate", "co o mne uklad*", "kaj veste", "kaj o meni veste",
        "katere imate", "kaj hranite", "kaj o meni hranite",
    ),
    "events": (
        "when event*", "when next event*", "what event*", "which event*", "next event*",
        "any event*", "events soon", "where event*", "when next", "what s on",
        "kedy podujati*", "kedy dalsie podujati*", "ake podujati*", "dalsie podujati*",
        "najblizsie podujati*", "kedy najblizsie podujati*", "kde podujati*", "kedy akci*",
        "ake akci*", "kedy dalsia akcia", "nejake podujati*", "ake podujati* chysta*",
        "ake podujati* planuj*", "katere dogod* pripravlja*", "katere dogod* nacrtuj*",
        "kdaj dogod*", "kdaj naslednj* dogod*", "kateri dogod*", "kaksni dogod*",
        "naslednj* dogod*", "kje dogod*", "kaksen dogod*", "kdaj prireditev",
    ),
    "mentor": (
        "how find mentor*", "how get mentor*", "find mentor*", "how become mentor*",
        "become mentor*", "ako najdem mentor*", "ako najst mentor*", "ako stat mentor*",
        "kako najdem mentor*", "kako postanem mentor*", "kako dobim mentor*",
    ),
    "profile": (
        "how change profile", "how change address", "change profile", "how edit profile",
        "ako zmenim profil*", "ako zmenit profil*", "ako upravim profil*",
        "kako spremenim profil*", "kako uredim profil*",
    ),
}  # fmt: skip


@cache
def _doors() -> Ways:
    return Ways(_DOORS)


def page(text: str) -> str | None:
    """The command whose page answers this question: "mydata", "events" …; None for none."""
    found = asked(text, _doors())
    return found.key if found is not None and found.clear and found.key != WHY else None


def asked(text: str, ways: Ways) -> Asked | None:
    """What is asked back; None where nothing is."""
    if not text or len(text) > LONGEST or not _may_ask(text):
        return None
    sentences = [each for each in _SENTENCES.split(text.strip()) if fold(each)]
    questions = [each for each in sentences if not _is_polite(each)]
    if not questions:
        return None
    *before, last = questions
    found = _asked(last, ways)
    if found is not None and found.clear and before:  # "I could mentor. Is that all right?"
        every = [_asked(each, ways) for each in before]
        return Asked(found.key, clear=all(each is not None and each.clear for each in every))
    return found


@lru_cache(maxsize=8)  # of one turn: several ask
def _may_ask(text: str) -> bool:
    """Whether it has a question mark, or a word that can open a question: most answers have not."""
    return "?" in text or not _OPENERS.isdisjoint(fold(text).split())


def _asked(sentence: str, ways: Ways) -> Asked | None:
    said = fold(sentence).split()
    mark = sentence.rstrip(" )…!\"'”“").endswith("?")
    words = _without_politeness(said)
    opened = words[0] in _OPENERS if words else False
    if _is_why(words):
        return Asked(WHY, clear=mark or opened or len(words) > 1)
    if not (mark or opened):
        return None
    key = ways.find(words)
    if key is not None:
        return Asked(key, clear=mark or len(words) > 1)
    return Asked(None, clear=mark and opened and len(words) > 1 and not _is_topic(sentence))


def _is_topic(sentence: str) -> bool:
    """ "How to start a company?", "Ako založiť firmu?": what somebody wants to learn or to hear."""
    first = sentence.lower().split()[:4]
    return first[1:2] == ["to"] or any(word.endswith(("ť", "ti", "ci")) for word in first[1:])


def _is_polite(sentence: str) -> bool:
    return _POLITE.issuperset(fold(sentence).split())


def _without_politeness(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) - 1 and words[start] in _POLITE:
        start += 1
    return words[start:]


def _is_why(words: Sequence[str]) -> bool:
    """Whether they say "why?", "why do you need that?", and nothing else."""
    text = f" {' '.join(words)} "
    for each in _WHY_TOGETHER:
        if f" {each} " in text:
            rest = text.replace(f" {each} ", " ", 1).split()
            break
    else:
        rest = [word for word in words if word not in _WHY]
        if len(rest) == len(words):
            return False
    return all(any(_known(word, each) for each in (_FILLER, _ASKING, _FACTS)) for word in rest)


def _parts(way: str) -> Iterable[str]:
    """A way's words, folded; a star stays."""
    for word in way.split():
        folded = fold(word).split()
        yield from folded[:-1]
        if folded:
            yield folded[-1] + ("*" if word.endswith("*") else "")


def _fits(word: str, part: str) -> int:
    """How many letters count where ``word`` is this part of a way; 0 where it is not."""
    stem = part.removesuffix("*")
    if stem != part:
        if word.startswith(stem):
            return len(word) + 1
        far = len(stem) < _SHORTEST_STEM_FOR_SLIPS or not _near(word[: len(stem)], stem)
        return 0 if far else len(word) - 1
    if word == part:
        return len(word) + 2
    return len(word) - 1 if len(part) >= _SHORTEST_FOR_SLIPS and _near(word, part) else 0


def _known(word: str, words: frozenset[str]) -> bool:
    return word in words or (len(word) >= _SHORTEST_FOR_SLIPS and _slip(word, words))


@lru_cache(maxsize=4096)
def _slip(word: str, words: frozenset[str]) -> bool:
    """One slip in a longer word; the first letter is right."""
    return any(
        len(each) >= _SHORTEST_FOR_SLIPS and each[0] == word[0] and _near(word, each)
        for each in words
    )


def _near(word: str, other: str) -> bool:
    return abs(len(word) - len(other)) <= 1 and OSA.distance(word, other, score_cutoff=1) <= 1

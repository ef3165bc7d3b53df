"""The common words that work at any question, typed or as commands, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from flows.understand import stopping
from flows.understand.text import fold, wordset

LONGEST_MESSAGE = 40

# Folded (see flows.understand.text), separated by commas: English; Slovak; Slovenian.
_WORDS: Mapping[str, str] = {
    "help": "help, help me, commands, what can i do, what can you do, how does this work; "
    "pomoc, pomoz, pomozte, pomoz mi, napoveda, ako to funguje, co vies, prikazy; "
    "pomagaj, pomagajte, na pomoc, navodila, kako to deluje, kaj znas, ukazi",
    "back": "back, go back, previous, undo; "
    "spat, naspat, krok spat, chod spat, vratit, vratit sa, predchadzajuca, predosla, predosle; "
    "nazaj, korak nazaj, pojdi nazaj, prejsnje, prejsnja, prejsnji, razveljavi",
    "skip": "skip, skip this, skip it, pass, next; "
    "preskocit, preskoc, vynechat, vynechaj, dalej, prejst dalej, nasledujuca; "
    "preskoci, preskociti, spusti, izpusti, naprej, dalje, naslednje, naslednja",
    "cancel": "cancel, quit, exit, abort, end; "
    "zrusit, zrus, zrusit to, ukoncit, ukonci, skoncit; "
    "preklici, preklic, preklicati, koncaj, prekini",
    "stop": "stop, enough, unsubscribe; "
    "prestan, prestat, koniec, dost, stopni, odhlasit, odhlasit sa; "
    "prenehaj, nehaj, konec, ustavi, dovolj, odjava",
    "menu": "menu, main menu, home, options; "
    "ponuka, hlavna ponuka, hlavne menu, domov; "
    "meni, glavni meni, izbira, domov",
    "language": "language, lang, languages, change language; "
    "jazyk, jazyky, zmenit jazyk, zmena jazyka, rec; "
    "jezik, jeziki, spremeni jezik, menjaj jezik",
    "done": "done, finished, finish, ready, that is all, thats all, that s all; "
    "hotovo, hotova, hotovy, to je vsetko, vsetko, dokoncit, dokoncene; "
    "koncano, gotovo, to je vse, zakljuci, zakljuceno, pripravljeno",
    "pause": "pause, snooze, not now, mute; "
    "pauza, prestavka, pozastavit, pozastav, odmlcat; "
    "pavza, premor, zacasno ustavi, zaustavi, utisaj",
    "privacy": "privacy, data protection, privacy notice, privacy policy, gdpr; "
    "sukromie, ochrana udajov, ochrana osobnych udajov, osobne udaje, ochrana sukromia; "
    "zasebnost, varstvo podatkov, varstvo osebnih podatkov, osebni podatki",
    "forget": "forget, forget me, delete me, delete my data, erase, remove me, "
    "erase my data; "
    "zabudni, zabudni na mna, zabudnut, vymazat, vymaz, vymaz ma, vymazat ma, zmazat, zmaz ma, "
    "vymazat udaje; "
    "pozabi, pozabi me, izbrisi, izbrisi me, zbrisi, zbrisi me, izbrisi moje podatke",
    "mydata": "mydata, my data, export, download my data, my answers, what do you know about me; "
    "moje udaje, mojeudaje, moje data, stiahnut udaje; "
    "moji podatki, mojipodatki, prenesi podatke",
    "about": "about, about you, who are you, about the project; "
    "o nas, onas, o projekte, kto ste, kto si; "
    "o tem, o projektu, kdo ste, kdo si, o nama",
    "link": "link, link accounts, connect; "
    "prepojit, prepoj, spojit, prepojenie, spojit ucty; "
    "povezi, povezati, povezava, zdruzi, povezi racuna",
    "profile": "profile, my profile, my card; "
    "profil, moj profil, moja karta, moja karticka; "
    "moja kartica, moj kartoncek",
    "complete": "complete, complete profile, complete my profile, complete the profile; "
    "doplnit profil, doplnit moj profil, doplnte profil, doplnit; "
    "dopolni profil, dopolni moj profil, dopolniti profil, dopolnite profil",
    "surveys": "surveys, survey, questionnaire, questionnaires, questions; "
    "dotaznik, dotazniky, prieskum, prieskumy, ankety, anketa; "
    "vprasalnik, vprasalniki, raziskava",
    "events": "events, event, my events, invitations; "
    "podujatia, podujatie, akcie, akcia, moje podujatia, pozvanky; "
    "dogodki, dogodek, prireditve, moji dogodki, vabila",
    "mentor": "mentor, mentors, mentoring, my mentor, find a mentor, mentee; "
    "mentorka, mentori, mentorstvo, moj mentor, hladam mentora, hladam mentorku; "
    "mentorica, mentorji, mentoriranje, moj mentor, iscem mentorja, iscem mentorico",
    "checkin": "check in, checkin, i am here; "
    "som tu, prichod, zapisat prichod; "
    "prihod, tukaj sem, zabelezi prihod",
    "start": "start, begin, restart, start over, start again, register, sign up; "
    "zacat, zacni, zaciname, start, odznova, znova, registracia, registrovat, zaregistrovat; "
    "zacni, zacnimo, zacetek, znova, registracija, prijava, prijavi me",
}
_YES = (
    "yes, y, yeah, yep, yup, sure, ok, okay, of course, yes please, agree, i agree, i do, "
    "certainly, definitely, absolutely, correct, right, fine, alright, all right, with pleasure; "
    "ano, hej, jasne, suhlasim, iste, urcite, samozrejme, dobre, okej, jo, ano prosim, spravne, "
    "presne, ok, v poriadku, moze byt, fajn, prosim ano, s radostou, suhlas; "
    "ja, da, seveda, strinjam se, jasno, gotovo da, v redu, velja, drzi, lahko, prav, tako je, "
    "da prosim, soglasam, sem za, z veseljem, okej"
)
_NO = (
    "no, n, nope, nah, no thanks, no thank you, disagree, i disagree, never, i do not, i don t, "
    "not really, wrong, not interested, i m not interested, rather not, i d rather not; "
    "nie, nesuhlasim, nie dakujem, radsej nie, nechcem, vobec nie, nespravne, ani nahodou, "
    "nemam zaujem, nezaujima ma to, neprosim si; "
    "ne, ne hvala, ne strinjam se, nocem, nikakor, raje ne, sploh ne, narobe, "
    "ne zanima me, ne soglasam"
)
# To "shall we start?", beside a plain yes and the words for "start".
_ONWARD = (
    "go, go on, go ahead, let s go, lets go, let us go, let s start, lets start, let s begin, "
    "start now, next, continue, i m ready, i m in, i want to join, tell me more; "
    "podme, podme na to, podme do toho, ideme, ideme na to, idem do toho, zacnime, zacnite, "
    "mozeme, mozeme zacat, mozme, dalej, pokracovat, pokracuj, pokracujme, pokracujte, "
    "chcem sa pridat, som za; "
    "gremo, pojdimo, pojdmo, zacnite, zacniva, lahko zacnemo, kar zacnimo, naprej, naprej prosim, "
    "nadaljuj, nadaljujte, nadaljujva, nadaljujmo, kar, rada bi zacela, rad bi zacel"
)
_SIGNS: Mapping[str, bool] = {"👍": True, "👌": True, "✅": True, "✔": True, "👎": False}


def common(text: str) -> str | None:
    """What a message that is nothing but a common word (or, for "stop" and "forget", says so in
    any words: :mod:`flows.understand.stopping`) asks for: "help", "back", "skip",
    "cancel", "stop", "menu", "language", "done", "yes", "no", "pause", "privacy", "forget",
    "mydata", "about", "link", "profile", "complete", "surveys", "events", "mentor",
    "checkin" or "start"; None for any other message.

    Accents, a slash before and punctuation behind don't matter. Yes and no are answers, not
    commands: see :data:`COMMANDS`.
    """
    if found := command(text):
        return found
    answer = yes_no(text)
    return None if answer is None else ("yes" if answer else "no")


def command(text: str) -> str | None:
    """Like :func:`common`, without "yes" and "no"."""
    said = _short(text)
    found = None if said is None else _commands().get(said)
    return found or stopping.wish(text)


def yes_no(text: str) -> bool | None:
    """Whether the message says yes or no and nothing else; None when it says neither."""
    said = _short(text)
    if said is not None:
        return _answers().get(said)
    meant = {_SIGNS[sign] for sign in text[:LONGEST_MESSAGE] if sign in _SIGNS}
    return meant.pop() if len(meant) == 1 and not fold(text) else None


def agreed(text: str, *, onward: bool = False) -> bool | None:
    """Like :func:`yes_no`, said in several words as well ("áno, súhlasím", "ok yes"): True where
    each of them says yes, False where each says no. ``onward``: "let's go" is a yes, too."""
    whole, said = _agreed(text, onward=onward), _short(text)
    if whole is not None or said is None:
        return whole
    parts = [part for part in _CLAUSES.split(text) if part.strip()]
    heard = {_agreed(part, onward=onward) for part in (parts or [text])}
    if len(heard) == 1 and None not in heard:
        return heard.pop()
    heard = {_agreed(part, onward=onward) for part in said.split()}
    return heard.pop() if len(heard) == 1 else None


def _agreed(text: str, *, onward: bool) -> bool | None:
    answer = yes_no(text)
    if answer is None and onward and (_short(text) in _onward() or command(text) == "start"):
        return True
    return answer


COMMANDS = frozenset(_WORDS)

# "I don't have it", said to a question that may be left out.
_NOTHING = (
    "none, nothing, nope, no, nil, null, n a, na, not applicable, no thanks, no thank you, rather "
    "not, i d rather not, prefer not to say, no comment, not really, never mind, i don t want to, "
    "i don t want to say, i don t know, don t know, skip, skip it, pass, empty, blank, not yet, "
    "nothing yet, none yet, nothing at the moment, none at the moment, not at the moment, not "
    "now, no idea; nemam, nie, nic, ziadne, ziadny, ziadna, ziaden, ziadnu, bez, nechcem, nechcem "
    "povedat, neuvadzam, nepouzivam, neviem, nie dakujem, radsej nie, nema, nemame, zatial nie, "
    "zatial nic, nic take, nemam nic, nikde, zatial bez, ziadny nemam, ziadne nemam, preskocit, "
    "preskoc, dalej; nimam, ne, nic, nobeden, nobena, nobenega, nobeno, brez, nocem, ne bi, ne "
    "uporabljam, ne vem, ne hvala, raje ne, nicesar, nimam nic, nobenega nimam, nobene nimam, "
    "nimamo, zaenkrat ne, zaenkrat nic, se ne, se nimam, preskoci, naprej"
)
_LACKING = (
    "i do not have", "i don t have", "i dont have", "don t have", "dont have", "do not have",
    "i have no", "i have none", "i haven t", "haven t", "i haven t got", "have no", "no",
    "without", "i m not on", "i am not on", "not on", "i don t use", "i dont use",
    "nemam", "ja nemam", "este nemam", "zatial nemam", "momentalne nemam", "nemame", "nepouzivam",
    "nie som na", "bez", "ziadny", "ziadne",
    "nimam", "jaz nimam", "se nimam", "zaenkrat nimam", "trenutno nimam", "nimamo",
    "ne uporabljam", "nisem na", "brez", "nobenega",
)  # fmt: skip
_LACKED = wordset(
    "a an any one it that this yet got linkedin linkedinu linkedina profile account mail email e "
    "address employer job here right now at the moment currently such on social media profil "
    "profilu konto ucet uctu mailu emailu adresu zamestnavatela ziadny ziadneho ziadne ziaden ho "
    "ju ich to tam este zatial momentalne teraz linkedine poste elektronske profila racuna racun "
    "maila emaila naslova delodajalca nobenega nobene ga je jih tega se zaenkrat trenutno zdaj "
    "tam"
)
_THANKS = re.compile(
    r"(?<=\w) (?:thanks|thank you|thx|dakujem(?: pekne)?|dik|diky|vdaka|prosim|hvala(?: lepa)?)$"
)
_DASHES = frozenset("-–—/.x")


def nothing(text: str) -> bool:
    """Whether the message only says that there is nothing to say: "nemám", "nimam LinkedIna",
    "none", "I don't have it", "-"."""
    bare = text.strip()
    if bare and _DASHES.issuperset(bare.lower()) and len(bare) <= 3:
        return True
    said = _short(bare.strip(".!, "))
    if said is None:
        return False
    said = _THANKS.sub("", said)
    if said in _nothings():
        return True
    return (
        any(
            said.startswith(f"{lack} ") and _LACKED.issuperset(said.removeprefix(lack).split())
            for lack in (*_LACKING,)
        )
        or said in _LACKING
    )


@cache
def _nothings() -> frozenset[str]:
    return frozenset(_listed(_NOTHING))


_CLAUSES = re.compile(r"[,;.!\n–—-]+")


def _short(text: str) -> str | None:
    text = text.strip()
    if not text or len(text) > LONGEST_MESSAGE:
        return None
    return fold(text.removeprefix("/").partition("@")[0]) or fold(text) or None


@cache
def _commands() -> dict[str, str]:
    found: dict[str, str] = {}
    for command, words in _WORDS.items():
        for word in _listed(words):
            found.setdefault(word, command)
    return found


@cache
def _onward() -> frozenset[str]:
    return frozenset(_listed(_ONWARD))


@cache
def _answers() -> dict[str, bool]:
    return {
        word: answer for answer, words in ((True, _YES), (False, _NO)) for word in _listed(words)
    }


def _listed(words: str) -> Iterator[str]:
    return (fold(word) for part in words.split(";") for word in part.split(","))

"""Whether somebody wants it to stop, however they say it: in English, Slovak or Slovenian, formally
or not, with slips and without accents, politely or fed up.

A part of what was said is understood when *every* word of it is one of the vocabulary below and
together they say it: "už mi, prosím vás, neposielajte pozvánky". One word that is none of them
("stop by our *office*", "I want to stop *smoking*", "nechcem *prednášku*") and it means something
else. So the order of the words does not matter, and no sentence stands here twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import OSA

from flows.understand.text import fold, wordset

Wish: TypeAlias = Literal["stop", "forget"]

LONGEST = 300  # characters of a message that is about nothing else
LONGEST_BARE = 80  # of one that says no more than "enough"

# What is said in several words, folded, and the one word it counts as.
_PHRASES: tuple[tuple[str, str], ...] = (
    (r"do not|don t|dont|did not|please not|never|not to", "dont"),
    (r"no longer|not any longer|any longer|any more", "anymore"),
    (r"opt(?:ing)? (?:me )?out", "optout"),
    (r"sign(?:ing)? (?:me )?(?:off|out)|take me (?:off|out)|log me out"
     r"|(?:cancel|end|stop) (?:my |the )?su[a-z]{6,11}n"
     r"|zrus(?:te)? (?:mi )?odber|preklici(?:te)? (?:mi )?narocnino", "unsubscribe"),
    (r"(?:leave|let) me (?:alone|be|in peace)|go away|(?:i (?:ve|have) )?had enough"
     r"|enough is enough|fed up|give me a break|piss off|shut up|i want out"
     r"|daj(?:te)? mi (?:\w+ )?pokoj|nechaj(?:te)? ma(?: (?:na pokoji|v pokoji|byt|tak))?"
     r"|mam (?:toho |vas )?(?:uz )?dost|toho (?:uz )?dost|mam toho po krk|dost (?:toho )?mam"
     r"|quit it"
     r"|pusti(?:te)? me (?:\w+ )?(?:pri|na|v) miru|daj(?:te)? mi mir"
     r"|imam (?:vas |tega )?(?:ze )?(?:dovolj|dosti)|dovolj (?:imam|mi je)", "quiet"),
    (r"(?:i am |i m |im )?not (?:really )?interested|(?:i am |i m )?anymore interested"
     r"|uninterested|nemam(?: \w+){0,2} zaujem|ziadny zaujem|bez zaujmu|nezaujima ma|ma nezaujima"
     r"|ne zanima me|me ne zanima|nimam interesa|ni me interesa", "uninterested"),
    (r"dobry (?:den|vecer)|dobre rano|pekny den|prijemny den|s pozdravom|vopred dakujem"
     r"|dober (?:dan|vecer)|dobro jutro|lep (?:pozdrav|dan)|lepo pozdravljeni|hvala lepa"
     r"|good (?:morning|day|evening|afternoon)|thank you|thanks (?:a lot|in advance)"
     r"|(?:best|kind) regards|have a nice day|v redu"
     r"|prosim (?:lepo|pekne)|za boziu volu", "polite"),
)  # fmt: skip
_PHRASES += (
    (r"want (?:all )?my (?:\w+ )?(?:account|profile|data) (?:deleted|erased|removed)",
     "delete my account"),
    (r"pozabi(?:te)? name", "forget me"),
)  # fmt: skip
_COMPILED = tuple((re.compile(rf"\b(?:{said})\b"), word) for said, word in _PHRASES)
_DONT = re.compile(
    r"(?<!\bi )(?<!\bwe )(?<!\bthey )\bdont (?:(?:you|ever|dare|please|you dare) )*(?:to )?"
    r"(?:send|write|message|text|contact|bother|email|mail"
    r"|e mail|invite|ping|spam|notify|disturb|harass|call|remind)\b"
)
_DONT_WANT = re.compile(r"\b(?:dont|anymore) (?:want|wish|need|like|care|desire)\b")
_SLOVENE_VERBS = wordset(
    "pisi pisite pisati posiljaj posiljajte posiljati poslji posljite kontaktiraj kontaktirajte "
    "nadleguj nadlegujte nadlegovati moti motite obvescaj obvescajte vabi vabite spamaj "
    "spamajte"
)
_SLOVENE_NOT = re.compile(
    r"\bne (?=(?:(?:mi|me|mene|vec|prosim) )*(?:" + "|".join(sorted(_SLOVENE_VERBS)) + r")\b)"
)
_SLOVENE_DONT_WANT = re.compile(
    r"\b(?:ne zelimo?|ne bi (?:rada?|zelela?)|ne rabimo?|ne potrebujemo?)\b"
)

_POLITE = wordset(
    # English
    "please pls plz kindly just now really ok okay hi hello hey dear sorry thanks thx ty polite "
    "is je bolo bilo "
    "said can could would will you i id d m ve am like want wish to so and then immediately "
    "instantly asap right away finally already once for all how do where bot guys sir madam "
    "admin team yes no oh well seriously honestly it t s u "
    # Slovak
    "prosim prosime vas ta pekne teraz hned ihned okamzite konecne ahoj cau cauko zdravim "
    "dakujem dakujeme vdaka diky dik len iba vobec nikdy tak laskavo mohli mohol mohla by ste "
    "si som mozete mozes mozem chcem chcel chcela chceli rad rada radi zelam ziadam a ako kde "
    "uz da sa aby nech fakt naozaj vazne "
    # Slovenian
    "prosimo lepo lepa vam ze zdaj takoj koncno zivjo zdravo pozdravljeni hvala najlepsa samo "
    "res kar bi rada zelim zelimo hocem hoceva lahko ali in ter kako kje se da te ga nujno "
    "resno zares"
)
_BARE = wordset(
    "staci zastav zastavte zastavit "
    "stop stopp stoop sotp stpo enough stopit cease halt stopni stopnite prestan prestante "
    "prestat prestanme dost dosti koniec stacilo nehaj nehajte nehati prenehaj prenehajte "
    "prenehati konec ustavi ustavite dovolj zadosti basta"
)
_QUIT = wordset(
    "stop stopp quit cease prestan prestante prestat prestanete zastav zastavte zastavit stopni "
    "stopnite nehaj nehajte nehati prenehaj prenehajte prenehati ustavi ustavite ustaviti "
    "koncajte"
)
_SENDING = wordset(
    "zasielat "
    "sending writing messaging texting contacting bothering spamming emailing mailing inviting "
    "pinging notifying harassing disturbing annoying reminding send pisat posielat otravovat "
    "spamovat kontaktovat obtazovat pozyvat pisanim posielanim vypisovat pisati posiljati "
    "nadlegovati kontaktirati vabiti spamati spammati motiti posiljat pisanjem posiljanjem "
    "nadlegovanjem obvescati"
)
_NEGSEND = wordset(
    "nezasielaj nezasielajte nezasielat "
    "nosend nepis nepiste nepisat neposielaj neposielajte neposielat neotravuj neotravujte "
    "neotravovat nekontaktuj nekontaktujte nekontaktovat nepozyvaj nepozyvajte nespamuj "
    "nespamujte neobtazuj neobtazujte nevypisuj nevypisujte nevolaj nevolajte neposlite "
    "nesposiljaj neposiljaj neposiljajte neposiljati nepisi nepisite nepisati neposlji "
    "neposljite nekontaktiraj nekontaktirajte nadleguj nenadleguj nenadlegujte nemoti nemotite "
    "neobvescaj neobvescajte nevabi nevabite nespamaj nespamajte"
) - {"nadleguj"}
_NEGWANT = wordset(
    "dontwant nechcem nechceme nezelam nezelame nepotrebujem nepotrebujeme nocem nocemo nezelim"
)
_RECEIVE = wordset(
    "receive receiving get getting hear hearing contacted messaged write message contact be "
    "dostavat dostat prijimat odoberat pisali posielali kontaktovali pocut kontaktovany "
    "kontaktovana byt biti prejemati dobivati posiljali pisete posiljate kontaktirate slisati"
)
_MESSAGES = wordset(
    "message messages msg msgs invitation invitations invite invites email emails mail mails "
    "newsletter newsletters notification notifications reminder reminders update updates news "
    "texts spam mailing mailings subscription advertising ads offers announcements sprava "
    "spravy sprav spravu spravami pozvanka pozvanky pozvanok pozvanku pozvankami maily mailov "
    "emaily emailov novinky noviniek novinkami notifikacie notifikacii upozornenia upozorneni "
    "pripomienky pripomienok reklamy reklam oznamy oznamov ponuky ponuk odber odberu newslettre "
    "sporocilo sporocila sporocil sporocili vabilo vabila vabil vabili novice novic novicami "
    "obvestilo obvestila obvestil obvestili opomnik opomniki opomnikov poste posta mejlov mejle "
    "oglasov oglase reklame ponudb narocnine"
)
_NONE = wordset(
    "no nic nomore ziadne ziadnu ziadny ziadnych nijake nobenih nobenega brez bez konec dost"
)
_MORE = wordset(
    "anymore more again ever further additional uz viac viacej viackrat dalsie dalsich znovu "
    "vec nadalje naprej dodatnih novih nove another"
)
_GENERIC = wordset(
    "tym tega za mojo mojich "
    "anything something nothing this that these those such from you your yours any the a with "
    "of me us my on at about stuff chat here it people all everything nic toto tieto tymto take "
    "taketo takych takymito tu od mi mne ma mna mnou moj moja moju svoj svoje o s so sem vase "
    "vasich vasimi tymi tychto tie tych ho ich na do ku nicesar to ta te teh takih taksnih "
    "taksne tukaj meni mene moje vas vasih vasa temi z iz tem jaz nam nas vec"
)
_UNSUBSCRIBE = wordset(
    "unsubscribe unsubscribed unsubscribing unsubscription unsuscribe unsub optout deregister "
    "unregister resign odhlas odhlaste odhlasit odhlasim odhlasujem odhlasenie odhlaseni "
    "odregistruj odregistrujte odregistrovat odhlasovanie vyrad vyradte vyradit vyskrtni "
    "vyskrtnite vyskrtnut odhlasila odhlasil odjavi odjavite odjaviti odjavim odjavljam odjava "
    "odjavo odjavljen odjavil odjavila izpisi izpisite crtaj crtajte odregistriraj"
)
_LIST = wordset(
    "odber odosielanie posielanie zasielanie posiljanje narocnino "
    "list lists mailing contacts group subscription newsletter zoznam zoznamu zozname kontaktov "
    "skupiny odberu seznam seznama seznamu seznamov skupine prejemnikov prejemanja"
)
_ERASE = wordset(
    "umakni umaknite umakniti "
    "delete erase remove wipe forget deleting erasing destroy purge clear close deactivate "
    "terminate removal deletion cancel vymaz vymazte vymazat vymazanie zmaz zmazte zmazat "
    "odstran odstrante odstranit zabudni zabudnite zabudnut zrus zruste zrusit zlikvidujte "
    "premazte vymazete ukonci ukoncite ukoncit vyhod vyhodte vyhodit izbrisi izbrisite "
    "izbrisati zbrisi zbrisite zbrisati brisi brisite pobrisi pobrisite odstrani odstranite "
    "odstraniti pozabi pozabite pozabiti ukini ukinite preklici preklicite preklicati zapri "
    "zaprite izbris izbrisal izbrisala izbrisali zbrisal zbrisala vymazali zmazali zrusili "
    "odstranili odstranil odstranila"
)
_SELF = wordset(
    "me myself account profile everything registration ma mna ucet konto profil vsetko "
    "registraciu mnou racun vse registracijo prijavo mene"
)
_REMOVAL = wordset("vymaz vymazanie vymazania izbris izbrisa erasure deletion removal")
_ASKED = wordset(
    "ziadam ziadame zahtevam zahtevamo prosim prosimo zelim request demand gdpr please"
)
_GONE = wordset("removed deleted erased forgotten")
_DATA = wordset(
    "data information info record records details udaje udajov zaznamy zaznam podatke podatkov "
    "podatki zapise"
)
_OWN = wordset(
    "my mine moje moj moja osobne osobnych osebne osebnih "
    "personal all mojich vsetky vse svoje me mne meni"
)
_ABOUT = wordset(
    "personal have hold about know which what private completely entirely totally permanently "
    "forever system from your our in got stored database databases osobne osobnych ktore co "
    "mate o mne uplne celkom navzdy natrvalo kompletne z zo databazy databaza databazach "
    "systemu cely cele vsetky vas mi osebne osebnih ki jih imate meni popolnoma trajno iz baze "
    "bazo sistema cel celoten vse za vedno"
)
# Neither a slip of the words above nor one of them.
_NO_SLIPS = wordset(
    "napiste napisi nechaj nechajte zapiste odpiste posielajte pisete nepises messages profily "
    "neposielam neposielame neposielate nepisem nepisete nekontaktujem nekontaktujete "
    "neotravujem forgot forgets stopil stopila konci konca dosta"
)
_REASON = re.compile(
    r"\b(?:lebo|pretoze|kedze|nakolko|ker|saj|because|cause|cuz|coz)\b.*", re.IGNORECASE | re.DOTALL
)
_SENTENCES, _PARTS = re.compile(r"[.!?;\n]+"), re.compile(r"[,:()–—]+|\s-\s")
_RUNS = re.compile(r"([a-z])\1{2,}")
_SLIP = 6  # letters of a word in which one slip is overlooked

_CLASSES = {
    "polite": _POLITE, "bare": _BARE, "quit": _QUIT, "sending": _SENDING, "negsend": _NEGSEND,
    "negwant": _NEGWANT, "receive": _RECEIVE, "messages": _MESSAGES, "none": _NONE, "more": _MORE,
    "generic": _GENERIC, "unsubscribe": _UNSUBSCRIBE, "list": _LIST, "erase": _ERASE,
    "self": _SELF, "data": _DATA, "own": _OWN, "gone": _GONE, "removal": _REMOVAL, "asked": _ASKED,
    "about": _ABOUT,
    "quiet": wordset("quiet"), "be": wordset("be"),
    "uninterested": wordset("uninterested"),
}  # fmt: skip


@lru_cache(maxsize=8)  # of one turn: several ask
def wish(text: str) -> Wish | None:
    """ "forget" where everything shall be erased, "stop" where nothing more shall come; None for
    whatever else was said."""
    if not text or len(text) > LONGEST:
        return None
    said = [_said(part) for part in _parts(text)]
    for sure in ("forget", "stop"):
        if sure in said:
            return "forget" if sure == "forget" else "stop"
    known = all(each is not None for each in said)
    return "stop" if "bare" in said and known and len(text) <= LONGEST_BARE else None


def _parts(text: str) -> Iterator[str]:
    """Sentences, folded, without the reasons that they give; those that are understood only in
    parts in their parts."""
    for sentence in _SENTENCES.split(text):
        pieces = _REASON.sub("", _unaccented(sentence)).split(",")
        whole = " ".join(pieces)
        if len(pieces) == 1 or _said(whole) in ("forget", "stop", "bare"):
            yield whole
        else:
            yield from filter(None, pieces)


def _unaccented(sentence: str) -> str:
    """With its commas, without its accents."""
    return ",".join(fold(part) for part in _PARTS.split(sentence))


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    words = frozenset().union(*_CLASSES.values())
    return {
        word: frozenset(name for name, members in _CLASSES.items() if word in members)
        for word in words
    }


def _said(part: str) -> str | None:
    """ "forget", "stop", "bare" ("enough"), "" for mere politeness; None for anything else."""
    found: list[frozenset[str]] = []
    for word in _joined(part).split():
        classes = _classes(word)
        if classes is None:
            return None
        found.append(classes)
    has = frozenset().union(*found)
    if "list" in has and has & {"erase", "negwant", "gone"}:
        return "stop"
    if {"gone", "be"} <= has:
        return "forget"
    if {"removal", "asked"} <= has and (has & {"data", "self"} or not has & {"messages", "list"}):
        return "forget"
    if "erase" in has and ("self" in has or {"data", "own"} <= has):
        return "forget"
    if has & {"quiet", "unsubscribe", "negsend", "uninterested"}:
        return "stop"
    if "quit" in has and has & {"sending", "messages"}:
        return "stop"
    if "negwant" in has and (has & {"messages", "receive"} or {"more", "generic"} <= has):
        return "stop"
    if {"none", "messages"} <= has:
        return "stop"
    if "bare" in has:
        return "bare"
    return "" if all("polite" in each for each in found) else None


def _joined(part: str) -> str:
    """Phrases as one word each."""
    text = _RUNS.sub(r"\1", part)
    for pattern, word in _COMPILED:
        text = pattern.sub(word, text)
    text = _DONT.sub("nosend", text)
    text = _DONT_WANT.sub("dontwant", text)
    text = text.replace("no more", "nomore more")
    text = _SLOVENE_DONT_WANT.sub("nezelim", text)
    return _SLOVENE_NOT.sub("nosend ", text)


@lru_cache(maxsize=4096)
def _classes(word: str) -> frozenset[str] | None:
    """What a word can be; None for one that is not of the vocabulary, even with a slip."""
    known = _vocabulary().get(word)
    if known is not None:
        return known
    if word in _SLOVENE_VERBS:  # means nothing by itself; behind "ne" it is understood
        return frozenset({"verb"})
    if len(word) < _SLIP or word in _NO_SLIPS:
        return None
    for near in _beginning().get(word[:2], ()):
        if OSA.distance(word, near, score_cutoff=1) <= 1:
            return _vocabulary()[near]
    return None


@cache
def _beginning() -> dict[str, tuple[str, ...]]:
    """The longer words by their first two letters: in these nobody slips, and a no stays a no."""
    found: dict[str, list[str]] = {}
    for word in sorted(_vocabulary()):
        if len(word) >= _SLIP - 1:
            found.setdefault(word[:2], []).append(word)
    return {letters: tuple(words) for letters, words in found.items()}

"""What people say to be kind, or to put something off: "hi", "ďakujem", "ok super", "nasvidenje",
"neskôr", ❤️. Every word must be such a word: "hi, I moved" is more than a greeting."""

from __future__ import annotations

from typing import Literal, TypeAlias

from flows.understand.text import fold, wordset

Kind: TypeAlias = Literal["later", "thanks", "bye", "hello", "fine"]

LONGEST = 80
_LATER = wordset(
    "later tomorrow busy neskor neskorsie potom zajtra potem kasneje pozneje jutri inokedy "
    "drugic laterr"
)
_THANKS = wordset(
    "thanks thank thx ty thankyou cheers appreciate appreciated grateful dakujem dakujeme dik diky "
    "vdaka dakujemvam hvala zahvaljujem zahvala hvalaa thanx tnx"
)
_BYE = wordset(
    "bye goodbye byebye ciao cya dovidenia zbohom papa nasvidenje adijo dovi maj majte dopocutia "
    "noc night goodnight vidime slisime srecno zivijo"
)
_HELLO = wordset(
    "hi hello hey hiya heya greetings morning evening afternoon ahoj ahojte cau cauko cavko servus "
    "nazdar zdravim zdravime den rano vecer popoludnie "
    "zivjo zdravo pozdravljeni pozdravljen pozdravljena pozdrav dan jutro hej halo "
    "hojla oj hola hallo"
)
_FINE = wordset(
    "ok okay okey okej super great perfect cool nice fine good wonderful awesome excellent lovely "
    "brilliant amazing sounds alright right got it noted understood "
    "dobre skvele vyborne paradne fajn perfektne parada rozumiem jasne vporiadku poriadku chapem "
    "super odlicno krasno vredu redu razumem dobro prav lepo krasno odlicna skvelo urcite haha lol"
)
_AROUND = wordset(
    "a an and all at the to you so very much again for everything your you there now i ll will do "
    "it that is this well really many lot in on time maybe perhaps please have no not "
    "yet soon next week day days evening some other not right busy am m be come back get let "
    "me us guys bot team vam ti vas pekne velmi krasne moc este raz za vsetko pomoc tak to "
    "je si sa na aj uz teraz len "
    "radsej mozno prosim nie cas nemam mam ozvem v o tom bude budem odpoviem vyplnim dokoncim "
    "dobry dobru pekny lahko dober lepa najlepsa lep lepo za vse pomoc zelo se spet zdaj ne "
    "nimam casa rajsi raje morda prosim "
    "bom in tudi ze bi to vsem skupaj najlepsa vnaprej vopred tebe teba dan den "
    "se javim ti vam vama"
)
_WISHED = wordset("pekny lep nice lovely")
_HEARTS = "❤♥🧡💛💚💙💜🤎🖤🤍😍🥰😘🤗🙏😊🙂😀😃😄😁😉👏🎉💪🔥👋☺✌🤝💐🌹😅😂🤣"
_SKIP = "\ufe0f\u200d \n!.,:)("


def kind(text: str) -> Kind | None:
    """What kind of small talk the whole message is; None for anything else. "Later, thanks" is
    "later"; a heart is "fine"."""
    if not text or len(text) > LONGEST or "?" in text:
        return None
    words = fold(text).split()
    if not words:
        signs = [each for each in text if each not in _SKIP and not 0x1F3FB <= ord(each) <= 0x1F3FF]
        return "fine" if signs and all(each in _HEARTS + "👍👌✅" for each in signs) else None
    found: list[Kind] = []
    for word in words:
        said = _kind_of(word)
        if said is not None:
            found.append(said)
        elif word not in _AROUND:
            return None
    if found and set(words) & _WISHED and "hello" in found:  # "pekný večer"
        found.append("bye")
        found = [each for each in found if each != "hello"]
    order: tuple[Kind, ...] = ("later", "thanks", "bye", "hello", "fine")
    return next((each for each in order if each in found), None)


def _kind_of(word: str) -> Kind | None:
    if word in _LATER:
        return "later"
    if word in _THANKS:
        return "thanks"
    if word in _HELLO:
        return "hello"
    if word in _BYE:
        return "bye"
    return "fine" if word in _FINE else None

"""Whether somebody comes, said in their own words: "áno, prídem", "bohužiaľ nemôžem", "da, pridem",
"I can't make it", "rada prídem", "neviem ešte", 👍; and whom they bring.

What is meant is always shown and confirmed before it counts, so a reason behind it ("I can't come,
my train is late") does not matter. A question is never an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flows.understand.text import fold, wordset

Answer: TypeAlias = Literal["going", "maybe", "no"]

LONGEST = 200  # characters of a message that is an answer
MOST_GUESTS = 9
_STRANGE = 3  # words of something else that a part with an answer in it may have

# What is said in several words, folded, and the one word that it counts as; the first that fits.
_PHRASES = tuple(
    (re.compile(rf"\b(?:{said})\b"), word)
    for said, word in (
        # English
        (r"(?:i )?(?:can ?not|can ?t|cant|couldn ?t|won ?t|wont|will not|am not|m not|not|isn ?t"
         r"|unable to|not able to|not going to|don t think i can)(?: be)?(?: able to)?"
         r"(?: really)? (?:come|coming|make|make it|attend|attending|join|joining|be there|go|going"
         r"|manage|participate)", "NO"),
        (r"(?:have|need|must|going) (?:to )?(?:cancel|decline|pass|drop out|withdraw)"
         r"|must (?:cancel|decline)|count me out|something(?: has)? c[ao]me up|(?:i m|i am) out"
         r"|not this time|no can do|(?:won t|can t|cannot|cant)(?: be)? work|rather not"
         r"|(?:i )?(?:can ?t|couldn ?t|won ?t)", "NO"),
        (r"(?:i (?:do not|don t|dont) know|(?:i m |i am )?not (?:yet )?(?:sure|certain|decided)"
         r"|let you know|we ll see|i ll see|will see|have to check|need to check|no idea yet"
         r"|(?:might|may) (?:be able to )?(?:come|make it|attend|join|be there)|it depends)",
         "MAYBE"),
        (r"(?:i ll|i will|will|we ll|we will|i m|i am|we re|we are|happy to|glad to|love to|like to"
         r"|delighted to|i can|we can|able to|planning to|going to) (?:definitely |certainly "
         r"|surely |gladly |be )*(?:come|coming|there|attend|attending|join|joining|make it|going"
         r"|make|in|participate|take part)|count me in|see you there|sign me up|i m in"
         r"|with pleasure", "GO"),
        # Slovak
        (r"(?:ne(?:mozem|mozeme|viem|vieme|budem|budeme|mohol|mohla)(?: sa)?(?: by som)?"
         r"(?: moct)? (?:prist|zucastnit|byt|dojst|dorazit|ist|ucast))"
         r"|ne(?:vyjde|vychadza|vyslo|da)(?: mi)?(?: to| sa)?(?: prist)?"
         r"|musim (?:to )?(?:zrusit|odmietnut|odrieknut|ospravedlnit)|ne(?:zucastnim|zucastnime) sa"
         r"|sa nezucastnim(?:e)?|rusim ucast|nemam cas|som (?:chory|chora)|radsej nie", "NO"),
        (r"nie som si (?:isty|ista)|este neviem|neviem este|dam (?:este )?vediet|este uvidim"
         r"|rozmyslim si|ozvem sa|zalezi", "MAYBE"),
        (r"(?:urcite |rad |rada |radi )*(?:budem|budeme) (?:tam|pri tom)|pocitajte so mnou"
         r"|s radostou|zucastnim(?:e)? sa|sa zucastnim(?:e)?"
         r"|(?:chcem|mozem|mozeme|viem|chceme) (?:prist|sa zucastnit|dojst|dorazit)|som za"
         r"|vidime sa", "GO"),
        # Slovenian
        (r"(?:se )?(?:ne (?:morem|moreva|moremo|pridem|prideva|pridemo|bom|bova|bomo|utegnem|grem"
         r"|bo slo|uspe)|zal ne)(?: se)?(?: (?:mogel|mogla|mogli))?(?: priti"
         r"| udeleziti| udelezil| udelezila| prisel| prisla| prisli| biti| zraven)*"
         r"|moram (?:zal )?(?:odpovedati|odkloniti)|odpovedujem|mi ne (?:uspe|znese|bo uspelo)"
         r"|nimam casa|sem (?:bolan|bolna|zadrzan|zadrzana)|tokrat ne|raje ne", "NO"),
        (r"(?:se )?ne vem(?: se)?|nisem (?:se )?(?:preprican|prepricana|gotov|gotova)"
         r"|bom (?:se )?(?:videl|videla|javil|javila|sporocil|sporocila)|odvisno|bomo videli",
         "MAYBE"),
        (r"(?:se )?(?:bom|bova|bomo)(?: se)? (?:prisel|prisla|prisli|tam|zraven|udelezil|udelezila"
         r"|udelezili)|racunaj(?:te)? name|z veseljem|(?:lahko|zelim|hocem) (?:pridem|priti)|sem za"
         r"|se vidimo|se udelezim|(?:udelezil|udelezila|udelezili) se (?:bom|bova|bomo)", "GO"),
    )
)  # fmt: skip
_GO = wordset(
    "going coming attending gladly "
    "pridem prijdem prideme pridu prichadzam prichadzame zucastnim dorazim dorazime idem ideme "
    "dojdem dojdeme "
    "prideva pridemo prihajam prihajava prihajamo udelezim grem greva gremo"
)
_NO = wordset(
    "cannot cant decline "
    "nepridem neprijdem neprideme nemozem nemozeme nestiham nestihnem nestihneme nezucastnim "
    "nedorazim nejdem neidem nepojdem nedojdem nestihame"
)
_MAYBE = wordset(
    "maybe perhaps possibly probably undecided mozno neviem uvidim asi pravdepodobne snad uvidime "
    "morda mogoce verjetno najbrz"
)
_SIGNS: tuple[tuple[str, Answer], ...] = (
    ("👍👌✅🙌💪🎉✔☑🙋", "going"), ("👎❌🙅😢😞✖", "no"), ("🤔🤷", "maybe"),
)  # fmt: skip
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d♀♂\\s!.]")
_FILLER = wordset(
    "yes yeah yep sure ok okay of course no nope sorry unfortunately sadly thanks thank you very "
    "much but and the a an to it this that there for invitation event i am m we us me my will "
    "would ll d be so after all anymore any more at on in with regret afraid hi hello dear please "
    "now think really absolutely definitely certainly surely great super happy glad love "
    "ano hej jasne iste urcite samozrejme nie zial bohuzial lutujem prepacte mrzi ma dakujem "
    "diky za pozvanie pozvanku sa som si na to tam aj ale rad rada radi velmi tentokrat nakoniec "
    "predsa vsak vobec teraz ahoj dobry den prosim uz len ja my by na podujatie akciu stretnutie "
    "da ja seveda jasno gotovo ne zal na zalost oprostite hvala za vabilo se sem si to tja tudi "
    "ampak rad rada radi zelo tokrat vendarle vendar pa zivjo zdravo dober dan prosim ze bi mi "
    "dogodek srecanje lepo najlepsa"
)
_PARTS = re.compile(
    r"[.,;!\n:()–—-]+|\s(?:lebo|pretoze|kedze|ker|saj|because|as i)\s", re.IGNORECASE
)

# ---- whom they bring ----

_NUMBERS = {
    word: number
    for number, said in enumerate(
        ("a an one another my moju mojho moje svoju svojho svoje nasho jedneho jednu jedno "
         "eno enega en mojega mojo svojega svojo s so z jednym jednou enim",
         "two dvoch dve dvaja dva dvema dvomi dvoma", "three troch tri traja tremi tromi",
         "four styroch styri stirih stiri", "five patich pat pet petih"),
        start=1,
    )
    for word in said.split()
}  # fmt: skip
_BRING = re.compile(
    r"\b(?:bring(?:ing)?|take|taking|come with|coming with|be with|plus|along with|together with"
    r"|privediem|privedieme|vezmem|zoberiem|beriem|pridem s|pridem so|prideme s|pride so mnou"
    r"|prídem s|so sebou|pripeljem|pripeljeva|vzamem|privedem|pridem z|bom s|s seboj)\b"
)
_COMPANION = re.compile(
    r"\b(?:colleagues?|friends?|partner|wife|husband|guests?|brother|sister|mother|father|mum|mom|dad"
    r"|son|daughter|kids?|child(?:ren)?|boyfriend|girlfriend|someone|somebody|spouse"
    r"|kolegom|kolegu|kolegynu|kolegynou|koleg(?:ov|ami)|kamarat\w*|priatel\w*|partner\w*|manzel\w*"
    r"|host(?:a|om|i|ov|ami)?|brat(?:a|om)?|sestr\w*|mam(?:u|ou)|otc(?:a|om)|syn(?:a|om)?|dcer\w*"
    r"|deti|dietat\w*|niekoho|sodelav\w*|prijatelj\w*|partnerj\w*|zen(?:o|a)|moz(?:a|em)"
    r"|gost(?:a|om|e|i|ov)?|hcer\w*|otrok\w*|nekoga|mami|ocet\w*)\b"
)
_PLUS = re.compile(r"\+\s?(\d)\b|\bplus one\b")


@dataclass(frozen=True, slots=True)
class Meant:
    """``answer``: whether they come; ``guests``: how many they bring, None: nothing was said;
    ``plain``: no more than yes, no or a sign, which means something only right after a question."""

    answer: Answer
    guests: int | None = None
    plain: bool = False


def meant(text: str, yes: bool | None = None, known: Collection[str] = ()) -> Meant | None:
    """What these words say about coming; None where they say nothing about it. ``yes``: whether
    they are a plain yes or no; ``known``: folded words of the event's title, which change
    nothing."""
    if yes is not None:
        return Meant("going" if yes else "no", plain=True)
    if not text.strip() or len(text) > LONGEST or "?" in text:
        return None
    if sign := _sign(text):
        return Meant(sign, plain=True)
    answer = _answer(text, known)
    guests = _guests(text)
    if guests is not None and answer in (None, "going"):
        return Meant("going", guests)
    if answer is None:
        return None
    folded = fold(text).split()
    return Meant(answer, plain=answer == "maybe" and len(folded) < 4)


def _sign(text: str) -> Answer | None:
    bare = _SKIN.sub("", text)
    for signs, answer in _SIGNS:
        if bare and all(each in signs for each in bare):
            return answer
    return None


def _answer(text: str, known: Collection[str]) -> Answer | None:
    """No is stronger than yes: "I'd love to come, but I can't". A part that is wholly about coming
    is needed, or one with few words of something else."""
    found = {said for part in _parts(text) if (said := _said(part, known)) is not None}
    for answer in ("NO", "MAYBE", "GO"):
        if answer in found:
            return {"NO": "no", "MAYBE": "maybe", "GO": "going"}[answer]  # type: ignore[return-value]
    return None


def _parts(text: str) -> Iterator[str]:
    for part in _PARTS.split(text.replace("’", "'").replace("'", " ")):
        if folded := fold(part):
            yield folded


def _said(part: str, known: Collection[str]) -> str | None:
    for pattern, word in _PHRASES:
        part = pattern.sub(word, part)
    words = [_token(word) for word in part.split()]
    strange = [w for w in words if w not in ("GO", "NO", "MAYBE") and w not in _FILLER
               and w not in known]  # fmt: skip
    if len(strange) > _STRANGE:
        return None
    for answer in ("NO", "MAYBE", "GO"):
        if answer in words:
            return answer
    return None


def _token(word: str) -> str:
    if word in _GO:
        return "GO"
    if word in _NO:
        return "NO"
    return "MAYBE" if word in _MAYBE else word


def _guests(text: str) -> int | None:
    """How many they bring; None where nobody is mentioned."""
    if plus := _PLUS.search(text.lower()):
        return int(plus[1] or 1) if int(plus[1] or 1) <= MOST_GUESTS else None
    folded = fold(text)
    companion = _COMPANION.search(folded)
    if companion is None or not _BRING.search(folded):
        return None
    before = folded[: companion.start()].split()
    for word in reversed(before[-3:]):
        if word.isdecimal():
            return int(word) if 1 <= int(word) <= MOST_GUESTS else None
        if word in _NUMBERS:
            return _NUMBERS[word]
    return 1

"""In which language somebody wants to go on: "english", "in English please", "po slovensky"."""

from __future__ import annotations

from collections.abc import Collection

from flows.understand.text import fold, wordset

LONGEST = 60
_NAMES = {
    "en": wordset("english anglicky anglictina anglictine anglictinu anglicka anglesko angleski "
                  "anglescina anglescini anglescino engleski angl eng englisch"),
    "sk": wordset("slovak slovakian slovensky slovencina slovencine slovencinu slovenciny "
                  "slovasko slovaski slovascina slovascini slovascino slovacky slovakisch"),
    "sl": wordset("slovenian slovene slovensko slovenski slovenscina slovenscini slovenscino "
                  "slovinsky slovincina slovincine slovincinu slovinciny slowenisch"),
}  # fmt: skip
_AROUND = wordset(
    "in to into can could we you i would like want please let s us speak talk write switch change "
    "language use the my continue go on is it possible rather better now do have prefer and "
    "po v do na prosim prosimvas vas mozeme mozete mozem mohli by ste sme chcem chcel chcela "
    "radsej prepnut prepni prepnite zmenit zmen zmente jazyk jazyku hovorit hovorte pisat pis "
    "piste pokracovat ide to da sa hovorime teraz "
    "se lahko prosim ali bi rad rada raje zelim hocem preklopi preklopite zamenjaj zamenjajte "
    "jezik jeziku govori govorite govoriva pisi pisite nadaljujmo nadaljuj zdaj da gre"
)


def wanted(text: str, languages: Collection[str], reader: str = "") -> tuple[str, bool] | None:
    """The one of ``languages`` (codes) that somebody wants to be spoken to in, and whether they
    said so ("in English, please") rather than only naming it; None where they mean something else.
    "Slovensko" is Slovenian to those who read it (``reader``), Slovakia to all others."""
    if len(text) > LONGEST:
        return None
    words = fold(text).split()
    named = {code for code, names in _NAMES.items() for word in words if word in names}
    if len(named) != 1 or not named.issubset(languages):
        return None
    (code,) = named
    if "slovensko" in words and reader != "sl" and "po" not in words:
        return None
    rest = [word for word in words if word not in _NAMES[code]]
    if len(words) - len(rest) != 1 or not all(word in _AROUND for word in rest):
        return None
    return code, bool(rest)

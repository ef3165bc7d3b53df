from __future__ import annotations

import pytest

from flows.understand.words import COMMANDS, command, common, nothing, yes_no

SAID = """
help | help, Help!, /help, HELP, /help@DomovBot, pomoc, /pomoc, Pomoc!, pomoč, /pomoc, pomagaj
back | back, /back, go back, späť, spat, naspäť, naspat, nazaj, Nazaj., korak nazaj
skip | skip, /skip, preskočiť, preskocit, preskoč, preskoči, preskoci, ďalej, naprej, vynechať
cancel | cancel, /cancel, quit, zrušiť, zrusit, zruš, prekliči, preklici
stop | stop, STOP, /stop, enough, prestaň, dosť, koniec, konec, nehaj, unsubscribe, odhlásiť, odjava
menu | menu, /menu, Menu, ponuka, meni, /meni, hlavné menu, glavni meni
language | language, /language, jazyk, /jazyk, jezik, /jezik, zmeniť jazyk, spremeni jezik
done | done, /done, Done., hotovo, hotovo!, končano, koncano, gotovo
pause | pause, /pause, pauza, pozastaviť, pavza, premor
privacy | privacy, /privacy, súkromie, sukromie, zasebnost, GDPR, ochrana osobných údajov
forget | forget, /forget, forget me, delete my data, zabudni, vymazať, pozabi, izbriši me, izbrisi
mydata | mydata, /mydata, my data, moje údaje, moje udaje, moji podatki
about | about, /about, o projekte, o projektu, who are you?, kto ste?, kdo ste?
link | link, /link, prepojiť, prepojit, poveži, povezi
profile | profile, /profile, profil, môj profil, moj profil
complete | complete my profile, doplniť profil, dopolni profil
surveys | surveys, /surveys, dotazníky, dotazniky, vprašalniki, vprasalnik
events | events, /events, podujatia, Podujatia, akcie, dogodki, Dogodki, vabila
mentor | mentor, /mentor, mentoring, mentorka, mentorica, hľadám mentora, iščem mentorja, mentorstvo
checkin | check in, check-in, /checkin, som tu, príchod, prihod, tukaj sem
start | start, /start, Start, začať, zacat, začni, zacni, znova
yes | yes, Yes!, y, ok, áno, ano, Áno., jasné, ja, da, seveda
no | no, No., n, nie, Nie!, ne, Ne, no thanks, nie ďakujem, ne hvala
"""


def rows() -> list[tuple[str, str]]:
    cells = (line.partition("|") for line in SAID.splitlines() if line)
    return [(key.strip(), word.strip()) for key, _, words in cells for word in words.split(",")]


@pytest.mark.parametrize(("meaning", "text"), rows())
def test_common_words_are_understood(meaning: str, text: str) -> None:
    assert common(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "?!",
        "help me to find a mentor",
        "I want to stop smoking",
        "neviem",
        "back-end developer",
        "Slovensko",
        "no way to tell",
        "menu designer",
        "áno, ale len online",
        "stop" * 50,
        "/unknown",
        "12",
    ],
)
def test_common_words_within_other_words_are_not_meant(text: str) -> None:
    assert common(text) is None
    assert command(text) is None
    assert yes_no(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", True),
        ("Áno!", True),
        ("ano", True),
        ("hej", True),
        ("da", True),
        ("ja", True),
        ("v redu", True),
        ("súhlasím", True),
        ("strinjam se", True),
        ("no", False),
        ("nie", False),
        ("NE.", False),
        ("nope", False),
        ("nesúhlasím", False),
        ("ne strinjam se", False),
        ("help", None),
        ("stop", None),
        ("maybe", None),
    ],
)
def test_yes_no_is_understood(text: str, answer: bool | None) -> None:
    assert yes_no(text) is answer


def test_yes_and_no_are_no_commands() -> None:
    assert {"yes", "no"}.isdisjoint(COMMANDS)
    assert [command(word) for word in ("yes", "no", "nie", "ne", "áno", "da")] == [None] * 6


def test_every_meaning_has_a_word_in_the_table() -> None:
    assert {meaning for meaning, _ in rows()} == COMMANDS | {"yes", "no"}


@pytest.mark.parametrize(
    "text",
    [
        *("nemám", "Nemám.", "nie", "nič", "žiadny", "nemám LinkedIn", "zatiaľ nemám", "nemám ho"),
        *(
            "nemám žiadny",
            "nepoužívam LinkedIn",
            "bez zamestnávateľa",
            "nechcem",
            "neviem",
            "Nemám, ďakujem",
            "nie som na LinkedIne",
        ),
        *("nimam", "ne", "nič", "nimam LinkedIna", "nimam delodajalca", "še nimam", "nobenega"),
        *("nimam ga", "ne uporabljam", "nočem", "ne vem", "nimam e-maila", "brez"),
        *("none", "no", "No.", "nothing", "I don't have it", "I don't have one", "don't have any"),
        *(
            "I have no LinkedIn",
            "no LinkedIn",
            "n/a",
            "N/A",
            "-",
            "–",
            "/",
            "not applicable",
            "skip",
        ),
        *("I don't have LinkedIn yet", "I'm not on LinkedIn", "I haven't got one", "no employer"),
    ],
)
def test_nothing_to_say_is_understood(text: str) -> None:
    assert nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "N26", "Nie som si istá", "No Borders s.r.o.", "Nemak", "linkedin.com/in/jana", "?"),
        *(
            "Nič moc",
            "I have no idea but maybe Siemens",
            "Brez meja d.o.o.",
            "freelancer",
            "jana@a.sk",
        ),
    ],
)
def test_what_says_something_is_not_nothing(text: str) -> None:
    assert not nothing(text)

"""Names as people type them."""

from __future__ import annotations

import pytest

from flows.understand.names import name
from flows.understand.reading import NotUnderstood, Understood, Unsure

# language | typed | name
NAMED = """
sk | Volám sa Jana Nováková | Jana Nováková
sk | volam sa Ján Horák | Ján Horák
sk | Som Jana | Jana
sk | som Jana Nováková. | Jana Nováková
sk | Ja som Peter | Peter
sk | Moje meno je Anna Kováčová | Anna Kováčová
sk | meno: Peter Kováč | Peter Kováč
sk | Dobrý deň, volám sa Jana Nováková | Jana Nováková
sk | Dobrý deň! Som Jana. | Jana
sk | Ahoj, tu Miro | Miro
sk | Hovoria mi Miška | Miška
sk | Môžete ma volať Zuza | Zuza
sk | Jana Nováková, teší ma | Jana Nováková
sk | Jana Nováková 😊 | Jana Nováková
sk | Mgr. Jana Nováková, PhD. | Mgr. Jana Nováková, PhD.
sk | Ján Dobrý | Ján Dobrý
sk | Jana Nováková, 34 rokov | Jana Nováková
sk | tu je Jana | Jana
sk | Peter Novák (volajte ma Peťo) | Peter Novák (volajte ma Peťo)
en | Jana Novak, and you? | Jana Novak
sk | Ján z Lobkovic | Ján z Lobkovic
en | I'm Jana from Košice | Jana
en | You can call me Jana if you like | Jana
sl | sem Marko Novak iz Kranja | Marko Novak
sl | Lahko me kličete Nina | Nina
sl | Me kličejo Miki | Miki
sk | Volám sa Som Novák | Som Novák
en | my name is Jana Novak | Jana Novak
en | My name's Sam | Sam
en | I'm Sam | Sam
en | I’m Sam O'Neil | Sam O'Neil
en | im jana | jana
en | it's Ana | Ana
en | This is Ján speaking | Ján
en | Hi, I'm Tom! | Tom
en | hello my name is Tom Black | Tom Black
en | Call me Al | Al
en | You can call me Betty | Betty
en | Name: Tom | Tom
en | Sam here | Sam
en | Tom Black, nice to meet you | Tom Black
en | volám sa Jana | Jana
en | "Jana" | Jana
sk | Ján "Janko" | Ján "Janko"
sk | Ján „Janko“ | Ján „Janko“
sk | Ján (Janko) | Ján (Janko)
en | <b>Jana</b> | <b>Jana</b>
sl | Ime mi je Ana | Ana
sl | Moje ime je Ana Kranjc | Ana Kranjc
sl | Sem Ana | Ana
sl | sem Ana Kranjc | Ana Kranjc
sl | Jaz sem Luka | Luka
sl | Pišem se Novak | Novak
sl | Kličejo me Miha | Miha
sl | Dober dan, sem Ana Kranjc | Ana Kranjc
sl | Živjo! Ime mi je Luka | Luka
sl | Ana Kranjc, me veseli | Ana Kranjc
sl | Ana Kranjc, lep pozdrav | Ana Kranjc
en | Sam | Sam
en | Ján | Ján
en | O'Neil | O'Neil
en | Nguyễn Văn An | Nguyễn Văn An
en | 李明 | 李明
en | 李 | 李
en | Ana Marija Žnidaršič-Koren | Ana Marija Žnidaršič-Koren
en | Juan Carlos de la Vega y Ruiz | Juan Carlos de la Vega y Ruiz
en | Ali | Ali
en | Mark | Mark
en | Jo | Jo
sl | Mentor | Mentor
en | Sem | Sem
sk | Som | Som
en | Ako Mensah | Ako Mensah
en | Ľubomír Štúr | Ľubomír Štúr
en | Jean-Luc | Jean-Luc
en | Sammy Davis Jr. | Sammy Davis Jr.
en | يوسف | يوسف
en | Наталія | Наталія
en | Bo | Bo
en | Do Van Minh | Do Van Minh
en | Jana N. | Jana N.
en | Can Yılmaz | Can Yılmaz
en | May | May
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(c.strip() for c in line.split("|")) for line in table.splitlines() if line]


@pytest.mark.parametrize(("language", "text", "expected"), rows(NAMED))
def test_name_is_taken_without_what_stands_around_it(
    language: str, text: str, expected: str
) -> None:
    assert name(text, language, 80) == Understood(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("?", "12345", "😀😀", "…", "!!!", "-", "👍", "007", "+421 905 123 456", "a", "J."),
        *(
            "why?",
            "Why do you need my name?",
            "is this free?",
            "what",
            "how long does it take",
            "can I skip this",
        ),
        *("hello", "Hi!", "good morning", "hey there 👋", "thanks", "yes", "no", "ok", "skip"),
        *("I'd rather not say", "none", "n/a", "asdf", "test", "I don't know", "my name"),
        *("I'm from Košice", "I'm not sure", "I'm looking for a job", "jana@example.org"),
        *(
            "https://www.linkedin.com/in/jana",
            "call me?",
            "1234 abc",
            "my name is",
            "me",
            "tell me more",
        ),
        *("Dobrý deň", "dobry den", "Ahoj", "Čau!", "zdravím", "prečo?", "načo to chcete vedieť"),
        *("áno", "nie", "neviem", "nechcem povedať", "nič", "som z Košíc", "ďakujem", "meno"),
        *("Volám sa", "neviem čo napísať", "Moje meno je"),
        *("Dober dan", "živjo", "Zdravo!", "pozdravljeni", "zakaj?", "zakaj sprašujete", "kdo ste"),
        *("da", "ne", "ne vem", "nočem povedati", "sem iz Kranja", "hvala", "ime in priimek"),
        "I would like to know a little more about all of this before",
    ],
)
@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_what_is_no_name_is_asked_again(text: str, language: str) -> None:
    assert name(text, language, 80) == NotUnderstood("name.unclear")


@pytest.mark.parametrize(
    ("text", "language", "both"),
    [
        ("Som Novák", "en", ("Novák", "Som Novák")),
        ("Sem de Vries", "en", ("de Vries", "Sem de Vries")),
        ("Im Yoon-ah", "sk", ("Yoon-ah", "Im Yoon-ah")),
    ],
)
def test_lead_in_that_may_be_a_name_is_asked(
    text: str, language: str, both: tuple[str, str]
) -> None:
    assert name(text, language, 80) == Unsure(both)


def test_name_is_as_long_as_fits() -> None:
    assert name("x" * 81, "en", 80) == NotUnderstood("text.too_long", {"maximum": 80, "length": 81})
    assert name(" ", "en", 80) == NotUnderstood("text.empty")

"""What people ask back, in three languages: which answer is meant, and what is no question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.load import default_path, load
from flows.understand.asking import LONGEST, Ways, asked, page
from flows.understand.text import fold

WAYS = Ways({each.key: tuple(each.asked.all()) for each in load(default_path()).answers})
ASKED = """
free: is this free? | does it cost anything? | how much does it cost | do i have to pay?
free: is there a fee | je to zadarmo? | kolko to stoji | koľko ma to bude stáť?
free: platí sa za to niečo? | je to bezplatné | ali je brezplačno? | koliko to stane?
free: moram kaj plačati | je zastonj? | what does it cost? | is it free of charge?
free: musím za to platiť? | zadarmo? | a je to zastonj
why: why? | why do you ask? | why do you need my email | what for? | prečo? | prečo sa pýtate
why: preco to potrebujete? | načo vám to je | na čo to potrebujete? | zakaj to sprašujete?
why: zakaj rabite ta podatek | čemu to? | why do you want to know that
why: prečo potrebujete moje meno? | zakaj potrebujete mojo starost? | why are you asking
why: what do you need this for? | prečo sa na to pýtaš? | zakaj te to zanima
why: prečo to chcete vedieť | za kaj to potrebujete?
who: who are you? | who is behind this? | kto ste? | kto je za tým? | kdo ste
who: kdo stoji za tem? | kto to organizuje | who runs this? | s kým si píšem?
who: who am i talking to? | kdo si ti? | kto mi píše?
who_sees: who sees this? | who can see my answers | who will read this? | kto to uvidí?
who_sees: kto vidí moje odpovede | kdo to vidi? | kdo bo videl moje odgovore?
who_sees: komu dáte moje údaje? | is it public? | do you share my data?
who_sees: kdo ima dostop do mojih podatkov? | kto má prístup k mojim údajom
who_sees: will you sell my data? | predávate moje údaje?
how_long: how long does it take? | how long will this take | how many questions are there?
how_long: ako dlho to trvá | ako dlho to bude trvat? | koľko je otázok? | kako dolgo traja?
how_long: koliko časa to vzame? | how long do you keep my data? | koliko vprašanj je še?
how_long: koľko otázok ešte? | how long? | ako dlho? | kako dolgo?
safe: is it safe? | is this safe | is this a scam? | je to bezpečné? | ali je varno?
safe: are my data safe? | sú moje údaje v bezpečí? | so moji podatki varni? | can i trust you?
safe: what happens to my data? | čo sa stane s mojimi údajmi | kaj se zgodi z mojimi podatki?
safe: is this secure? | nie je to podvod? | a je to prevara?
have_to: do i have to? | do i have to answer this? | must i answer? | is it mandatory?
have_to: musím odpovedať? | musím to vyplniť | je to povinné? | ali moram odgovoriti?
have_to: moram to izpolniti? | je to obvezno? | do i have to move back? | musím? | moram?
have_to: is this required | can i skip this?
robot: are you a robot? | are you a bot | are you human? | am i talking to a person?
robot: ste robot? | si robot | je tam niekto živý? | ali si robot? | ste človek?
robot: are you real? | si človek? | a si robot | je toto bot?
contact: how can i contact you? | can i talk to someone? | ako vás môžem kontaktovať?
contact: máte telefón | kako vas lahko kontaktiram? | do you have a phone number?
contact: what is your email? | can i call you? | kam môžem zavolať? | na koho sa môžem obrátiť?
contact: na koga se lahko obrnem? | kde vás nájdem?
stop: can i stop? | can i leave later? | môžem kedykoľvek skončiť? | môžem prestať?
stop: lahko neham? | se lahko odjavim kadarkoli? | can i quit any time?
stop: can i change my mind? | ali lahko preneham? | môžem si to rozmyslieť?
what: what is this? | what is this about? | čo to je? | o čo ide? | kaj je to? | za kaj gre?
what: how does it work? | ako to funguje? | kako to deluje? | what do i get?
"""
OF_OTHER_THINGS = (
    "is there parking?",
    "can i bring my brother?",
    "kde je podujatie?",
    "when is the next event?",
    "kdaj je naslednji dogodek?",
    "bude tam parkovanie?",
    "je tam parkirišče?",
    "can I pay by card at the venue?",
    "who is the speaker?",
    "do you have a programme for kids?",
    "how is the weather in Ljubljana?",
)
ORDINARY = (
    "Ján Stop-Novák",
    "Question manager",
    "Can Yılmaz",
    "Berlin?",
    "What I can do best is listen",
    "Home is where I'd like to help",
    "Why Not s.r.o.",
    "stop motion animation",
    "Who",
    "Aliki Do",
    "free software developer",
    "Will Smith",
    "prečo by som nepomohol, rád",
    "Zakaj? Ker lahko",
    "Ako Mentor",
    "Do Viedne",
    "je to super",
    "Is Bank",
    "How-to videos about gardening",
    "A workshop on AI?",
    "free",
)


def _table() -> list[tuple[str, str]]:
    rows = (line.partition(": ") for line in ASKED.strip().splitlines())
    return [(key, each) for key, _, said in rows for each in said.split(" | ")]


@pytest.mark.parametrize(("key", "said"), _table())
def test_what_is_asked_is_understood_with_accents_and_without(key: str, said: str) -> None:
    mark = "?" if said.endswith("?") else ""
    for each in (said, said.upper(), fold(said) + mark, f"Hi! {said}", f"prosím, {said}"):
        found = asked(each, WAYS)
        assert found is not None, each
        assert (found.key, found.clear) == (key, True), each


@pytest.mark.parametrize("said", OF_OTHER_THINGS)
def test_a_question_of_other_things_gets_no_answer_that_was_not_asked_for(said: str) -> None:
    found = asked(said, WAYS)
    assert found is not None
    assert (found.key, found.clear) == (None, True)


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_answer_is_no_clear_question(said: str) -> None:
    found = asked(said, WAYS)
    assert found is None or not found.clear


@given(st.text(max_size=LONGEST + 20))
def test_anything_can_be_typed(text: str) -> None:
    found = asked(text, WAYS)
    if found is not None and found.clear:
        assert "?" in text or len(fold(text).split()) > 1


@given(st.sampled_from(_table()), st.sampled_from(("Bratislava", "guitar", "Horák", "klobása")))
def test_one_word_of_something_else_and_it_is_another_question(
    row: tuple[str, str], word: str
) -> None:
    found = asked(f"{row[1].rstrip('?')} {word}?", WAYS)
    assert found is None or found.key is None


PAGES = {
    "mydata": (
        "what do you know about me?",
        "čo o mne viete?",
        "kaj veste o meni?",
        "aké údaje o mne máte?",
        "what data do you have about me?",
        "čo o mne ukladáte?",
    ),
    "events": (
        "when is the next event?",
        "kedy je ďalšie podujatie?",
        "kdaj bo naslednji dogodek?",
        "aké podujatia chystáte?",
        "what events are there?",
        "kateri dogodki so?",
        "are there any events?",
    ),
    "mentor": ("how can I find a mentor?", "ako nájdem mentora?", "kako najdem mentorja?"),
    "profile": ("how do I change my profile?", "ako zmením svoj profil?"),
}


@pytest.mark.parametrize(
    ("name", "said"), [(name, each) for name, said in PAGES.items() for each in said]
)
def test_what_a_page_tells_leads_to_it(name: str, said: str) -> None:
    for each in (said, said.upper(), f"{fold(said)}?"):
        assert page(each) == name, each


@pytest.mark.parametrize(
    "said",
    [
        "is there parking?",
        "is this free?",
        "when is the brunch?",
        "who is the mentor of Jana?",
        "Events",
        "when does the mayor come?",
        "are there any kids programmes?",
        "čo o mne napísali v novinách?",
        "why",
    ],
)
def test_other_questions_lead_to_no_page(said: str) -> None:
    assert page(said) is None

"""Who wants it to stop, and who does not; each line stands for its kind."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understand.stopping import LONGEST, _vocabulary, wish
from flows.understand.text import fold
from flows.understand.words import command

STOP = """
stop
STOP!
Stop.
stoooop
stop please
please stop
stop it
enough
That's enough
prestaň
prestaňte
dosť
dosť!
koniec
nehaj
nehajte
dovolj
konec
stop prosím
prosím stop
unsubscribe
unsubscribe me
Please unsubscribe me
unsubscribe please, thank you
opt out
opt me out
not interested anymore
I'm not interested any more
no longer interested
I am no longer interested
please stop writing to me
stop sending me messages
stop messaging me
Could you please stop sending me these messages?
don't write to me
Don't write to me anymore
do not contact me again
don't text me
never write to me again
I don't want any more messages
I do not want to receive invitations
I don't want to hear from you
no more messages
No more invitations please
leave me alone
take me off the list
remove me from your list
remove me from the mailing list
how do I unsubscribe?
can I unsubscribe?
I want to unsubscribe
I'd like to unsubscribe
stop spamming me
sign me off
nechcem uz ziadne spravy
Nechcem už žiadne správy
Už nechcem dostávať pozvánky
odhláste ma
odhlásiť
odhlásiť sa
chcem sa odhlásiť
odhlás ma
Prosím odhláste ma
Prosím vás, odhláste ma zo zoznamu
nepíšte mi
nepíš mi
už mi nepíšte
Dobrý deň, už mi prosím nepíšte. Ďakujem
neposielajte mi nič
neposielajte mi už žiadne pozvánky
Neposielajte mi správy, lebo nemám čas
prestaňte mi písať
prestaň mi písať
prestaňte ma otravovať
neotravujte
neotravujte ma
nemám záujem
už nemám záujem
dajte mi pokoj
nechajte ma na pokoji
Žiadne ďalšie správy
mám toho dosť
ako sa odhlásim?
ne pišite mi več
ne piši mi več
ne pišite mi
nehajte mi pisati
nehaj mi pošiljati sporočila
prenehajte mi pošiljati vabila
odjavite me
odjavi me
odjava
rad bi se odjavil
rada bi se odjavila
želim se odjaviti
prosim, odjavite me
ne pošiljajte mi več sporočil
ne pošiljaj mi več vabil
nočem več sporočil
ne želim več sporočil
ne želim prejemati sporočil
Ne želim več prejemati vabil, hvala
pustite me pri miru
ne zanima me več
ne kontaktirajte me več
dovolj imam
nobenih sporočil več
Kako se odjavim?
izpišite me iz seznama
nechcem aby ste mi písali
I don't want you to write to me
stop messages
stop the invitations
nezelam si dostavat spravy
uz mi nic neposielajte
Pozdravljeni, prosim nehajte mi pošiljati obvestila, ker nimam časa.
I'm fed up, stop
Stop! I said stop!
Halo, prosím vás, už mi nič neposielajte, stačilo
Vážený tím, žiadam vás, aby ste ma odhlásili
Ne želim biti več na seznamu
prekličite naročnino
zrušte odber
Vyškrtnite ma
I want out
Nechcem od vás už nič
prestaňte s tými správami
stop writing me
stop contacting me please
please remove me from this list
take me off this list
I don't want your messages
I dont want this anymore
don't want messages
no messages please
no more spam
enough messages
enough of this
I've had enough
that is enough
stop bothering me
quit it
quit messaging me
cancel my subscription
cancel subscription
end my subscription
how to unsubscribe
unsubscribe from all
I want to opt out
opt-out
stop now
Stop it!
STOP STOP STOP
halt
please leave me alone
I no longer want to receive messages
I would like to stop receiving messages
stop receiving invitations
I wish to unsubscribe from your mailing list
no invitations please
not interested
Not interested, thanks
no longer interested, please stop
nemám o to záujem
už nemám záujem o správy
nechcem od vás správy
nechcem dostávať správy
Nechcem dostávať žiadne pozvánky
neželám si dostávať správy
už nechcem nič dostávať
už mi nepíš
prosím nepíšte mi viac
nepíšte mi už nikdy
prestaňte s tým
prestaň už
prestaň mi písať prosím ťa
prestaňte posielať pozvánky
nechajte ma
nechajte ma byť
už dosť
dosť bolo
stačilo
už stačí
zastavte to
odhláste ma prosím z odberu
chcem sa odhlásiť z odberu
ako sa môžem odhlásiť
kde sa odhlásim
vyraďte ma zo zoznamu
vyškrtnite ma zo zoznamu
odhlasujem sa
zrušte mi odber
zrušiť odber
zrušte odosielanie
nezasielajte mi správy
nezasielajte mi už nič
prosím nezasielajte
neposielajte
neposielat
neotravuj ma
nevypisujte mi
nekontaktujte ma
prosim odhlaste ma z databazy
ne pošiljajte mi ničesar več
ne pošiljajte mi vabil
ne želim vaših sporočil
ne želim več vabil
nočem več dobivati sporočil
nočem prejemati obvestil
nehajte prosim
nehajte me nadlegovati
nehaj mi pisat
prenehajte
prenehajte s pošiljanjem
ustavite pošiljanje
dovolj je
dovolj imam tega
pustite me na miru
pusti me pri miru
odjavite me prosim
odjavite me s seznama
odjavi me od obvestil
odjava od novic
kako se lahko odjavim
želim odjavo
hočem se odjaviti
rada bi se odjavila od prejemanja sporočil
brez sporočil prosim
nič več sporočil
ne zanima me
prosim, ne kontaktirajte me
ne pišite
dost mam
nič več vabil prosim
izbrišite me s seznama
umaknite me s seznama
pls unsub
unsub
remove me from list
don't message me again
dont send me stuff
plz stop texting
stop pinging me
stop inviting me
No thanks, unsubscribe
""".strip().splitlines()

FORGET = """
delete my account
Delete me
please delete me
erase my data
delete all my data
remove my account
remove my data please
forget me
delete everything you have about me
I want you to delete my account
delete my profile
please remove all my personal data
zmažte ma
zmaž ma
vymažte ma
Vymažte ma prosím
vymažte moje údaje
zabudnite na mňa
zmažte môj účet
zrušte mi účet
zrušte moju registráciu
chcem vymazať účet
vymažte všetko čo o mne máte
odstráňte moje údaje
vymazte vsetky moje osobne udaje
izbrišite me
izbriši me
prosim izbrišite me
izbrišite moj račun
izbrišite moje podatke
zbrišite me
pozabite me
izbrišite vse podatke o meni
odstranite moj profil
rad bi izbrisal račun
how can I delete my account?
Delete my account and stop writing to me
Dobrý deň, prosím vymažte môj profil, lebo sa sťahujem. Ďakujem.
close my account
ukinite moj račun
želim izbrisati račun
odstráňte ma z databázy
izbrišite me iz baze
GDPR: delete all personal data about me
Please cancel my account
I wish to be removed
ukončite moju registráciu
vyhoďte ma z databázy
delete me please
delete my data
delete all data about me
please erase me
erase everything
remove all my data
wipe my data
I want to delete my account
I want my account deleted
I want to be deleted
can you delete my account?
right to be forgotten
please forget me
delete account
vymaž ma
vymažte ma z databázy
vymažte všetko
vymažte moje osobné údaje
vymažte môj profil
chcem vymazať svoje údaje
chcem, aby ste ma vymazali
prosím o vymazanie údajov
žiadam o výmaz údajov
žiadam o vymazanie mojich údajov
zmažte všetky moje údaje
zmažte všetko o mne
zrušte moje konto
zruš mi účet
zrušiť účet
zrušiť registráciu
odstráňte ma
zabudni na mňa
zabudnite na mňa prosím
izbriši moje podatke
izbrišite vse
izbrišite moj profil
zbriši me
zbrišite vse moje podatke
prosim za izbris podatkov
zahtevam izbris podatkov
želim izbris
želim, da me izbrišete
radi bi, da izbrišete moje podatke
pozabi me
pozabite name
odstranite me
ukinite račun
prekličite mojo registracijo
zaprite moj račun
GDPR izbris
pobrišite moje podatke
""".strip().splitlines()

NEITHER = """
stop by our office
I can't stop smiling
nechcem prednášku
I want to stop smoking
bus stop
non-stop
full stop
enough time
not enough
that's not enough
dosť dobré
koniec roka
konec tedna
dovolj dobro
I don't want to speak
don't forget me
nezabudnite na mňa
napíšte mi
pošlite mi správu
píšte mi
pišite mi
forget it
I forgot
nechcem
nočem
ne želim
no
nie
ne
no thanks
nie ďakujem
I don't want this
nechcem to
Stop climate change
one-stop shop
writing
sending
messages
pozvánky
vabila
invitations
news
delete the photo
remove the chair
data
my data
account
me
moje údaje
I work for a messaging company
marketing and e-mail
write to me
please write to me
write me
pošlite mi vabilo
Prestaň sa báť
I never stop learning
neviem
I can't come
I want more messages
email marketing
zastaviť zmenu klímy
stop motion animation
Please send me more invitations
nemám čas
I have no time
something about data
deleting data
chcem písať
hello
thanks
ďakujem
please
prosím
čo o mne máte?
what do you know about me
ako mám písať?
where can I get news?
I like it
do you have invitations?
chcem dostávať správy
želim prejemati vabila
nechajte mi správu
leave me a message
stop and go
Nepíšem knihy
ne pišem
I do not write books
I don't write
ne pošiljam
odhlásiť dieťa zo školy
Konečne
konec dober vse dobro
odber vzoriek
remove
Neposielate mi pozvánky
nepíšete mi
Neposielam správy
I don't contact people
data removal
we don't send messages
remove old data
erase data
stop and think
stop the war
Nezanima me nogomet, zanima me kultura
stop at red
I work as a stop-motion animator
Prestávka
stopár
zastávka
prenehanje
Konečný
odhláška
nechcem hovoriť pred publikom
nechcem mentora
nočem predavati
ne želim predavati
I don't want a mentor
don't send me to Paris
enough experience
dosť skúseností
dovolj izkušenj
I can't stop talking
we should stop by
delete old files
I delete spam
email me
message me
write me an email
napíšte mi e-mail
pošljite mi sporočilo
pišite mi na e-mail
I want to receive invitations
chcem pozvánky
želim vabila
želim novice
send me news
I'm interested
zanima me
zaujíma ma to
not sure
no idea
I'm busy
nimam časa
not now
later
neskôr
pozneje
remove the second answer
change my name
zmeniť meno
vymažte druhú odpoveď
zmeniť profil
spremeni profil
my account manager role
data analyst
account executive
I forgot everything
everything
vse
všetko
all
nothing
nič
none
ničesar
ma
I stopped working
I quit my job
I quit
quit smoking
to leave
leave
alone
Ne pišem knjig
nepíšem
unsubscribing patients
how do I subscribe
subscribe
odber
please continue
go on
pokračujte
nadaljujte
stop? never!
never stop
don't stop
neprestaňte
nenehaj
ne nehajte
ne nehaj
""".strip().splitlines()

BEFORE = (
    "",
    "Please, ",
    "Prosím, ",
    "Prosim vas, ",
    "Hi! ",
    "Dobrý deň, ",
    "Pozdravljeni, ",
    "ok ",
)
AFTER = (
    "", "!", "!!!", ".", " please", ", prosím", " prosim", ", ďakujem.", ", hvala", " 🙏",
    ". Thank you", ", lebo nemám čas", ", pretože je toho na mňa veľa", ", ker nimam časa",
    " because it is too much for me",
)  # fmt: skip


@pytest.mark.parametrize("text", STOP)
def test_it_shall_stop(text: str) -> None:
    assert wish(text) == "stop"


@pytest.mark.parametrize("text", FORGET)
def test_everything_shall_be_erased(text: str) -> None:
    assert wish(text) == "forget"


@pytest.mark.parametrize("text", NEITHER)
def test_something_else_is_meant(text: str) -> None:
    assert wish(text) is None
    assert command(text) not in ("stop", "forget") or text in ("remove",)


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@given(
    st.sampled_from([*((t, "stop") for t in STOP), *((t, "forget") for t in FORGET)]),
    st.sampled_from(BEFORE),
    st.sampled_from(AFTER),
    st.sampled_from([str, str.upper, str.lower, without_accents]),
)
def test_wrapped_in_politeness_it_is_understood_still(
    said: tuple[str, str], before: str, after: str, how: type[str]
) -> None:
    text, meant = said
    if len(text) < 40:  # what says no more than "enough" is short
        assert wish(before + how(text) + after) == meant


@given(st.sampled_from([*STOP, *FORGET]), st.integers(6, 40), st.data())
def test_a_slip_in_a_long_word_is_overlooked(text: str, at: int, data: st.DataObject) -> None:
    """Two letters swapped within a word of at least eight, behind its second."""
    words = text.split(" ")
    known = _vocabulary()
    long = [n for n, word in enumerate(words) if len(word) >= 8 and fold(word) in known]
    if not long:
        return
    number = data.draw(st.sampled_from(long))
    word = words[number]
    place = 2 + at % (len(word) - 4)
    words[number] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert wish(" ".join(words)) == wish(text)


@given(st.text(max_size=400))
def test_whatever_is_typed_has_an_answer(text: str) -> None:
    assert wish(text) in (None, "stop", "forget")
    assert len(text) <= LONGEST or wish(text) is None

from __future__ import annotations

import pytest

from flows.understand.contact import email, linkedin
from flows.understand.reading import NotUnderstood, Understood, Unsure


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jana@example.org", "jana@example.org"),
        ("  Jana.Novak@Example.ORG ", "Jana.Novak@example.org"),
        ("mailto:jana@example.org", "jana@example.org"),
        ("<jana@example.org>", "jana@example.org"),
        ("Jana Nováková <jana@example.org>", "jana@example.org"),
        ("môj e-mail je jana@example.org.", "jana@example.org"),
        ("jana+domov@example.co.uk", "jana+domov@example.co.uk"),
        ("jana@žilina.sk", "jana@žilina.sk"),
        ("jana@xn--ilina-tib.sk", "jana@žilina.sk"),
        ("janko.mrkvička@example.sk", "janko.mrkvička@example.sk"),
    ],
)
def test_email_is_normalised(text: str, address: str) -> None:
    assert email(text) == Understood(address)


@pytest.mark.parametrize(
    "text",
    [
        *("jana@example.sk ďakujem", "jana@example.sk 😊", "jana@example.sk, hvala lepa!"),
        *("jana@example.sk\n--\nJana Nováková\n+421 905 123 456", "jana@example.sk👍"),
        *("môj mail je jana@example.sk, dík", "to je jana@example.sk :)", "(jana@example.sk)"),
        *("jana @ example.sk", "jana@ example.sk", "jana(at)example.sk", "jana [at] example.sk"),
        *("jana zavináč example.sk", "jana afna example.sk", "e-mail: jana@example.sk."),
        *('"jana@example.sk"', "jana@example.sk?", "Jana <jana@example.sk>; thanks"),
    ],
)
def test_email_is_found_among_words(text: str) -> None:
    assert email(text) == Understood("jana@example.sk")


# typed after jana@ | meant
MISTYPED = """
gmial.com | gmail.com
gmail.con | gmail.com
gmail.cm | gmail.com
gmail.co | gmail.com
gmail.comm | gmail.com
gmail.sk | gmail.com
gmai.com | gmail.com
gmaill.com | gmail.com
gamil.com | gmail.com
gnail.com | gmail.com
fmail.com | gmail.com
gmail | gmail.com
azet.ks | azet.sk
azett.sk | azet.sk
siol.nte | siol.net
sioll.net | siol.net
centrum.skk | centrum.sk
cenrtum.sk | centrum.sk
zoznam.s | zoznam.sk
zoznma.sk | zoznam.sk
hotmial.com | hotmail.com
hotmail.cmo | hotmail.com
outlok.com | outlook.com
outloook.com | outlook.com
yaho.com | yahoo.com
yahoo.coom | yahoo.com
iclud.com | icloud.com
icloud.con | icloud.com
seznam.zc | seznam.cz
arnes.is | arnes.si
protonmial.com | protonmail.com
firma.skk | firma.sk
firma.con | firma.com
podjetje.sl | podjetje.si
"""


@pytest.mark.parametrize("row", [line for line in MISTYPED.splitlines() if line])
def test_email_domain_mistyped_is_asked(row: str) -> None:
    typed, meant = (cell.strip() for cell in row.split("|"))
    reading = email(f"jana@{typed}")
    assert isinstance(reading, Unsure)
    assert reading.candidates[0] == f"jana@{meant}"
    assert set(reading.candidates[1:]) <= {f"jana@{typed}"}


@pytest.mark.parametrize(
    "domain",
    [
        *("gmx.at", "mail.com", "email.cz", "post.sk", "me.com", "n26.com", "cern.ch", "tuke.sk"),
        *("hotmail.fr", "yahoo.de", "t-2.net", "domov.org", "firma.berlin", "ec.europa.eu"),
        *(
            "gov.uk",
            "gmail.com",
            "azet.sk",
            "siol.net",
            "example.co.uk",
            "amazon.com",
            "volkswagen.de",
        ),
    ],
)
def test_email_domain_that_is_right_is_taken(domain: str) -> None:
    assert email(f"jana@{domain}") == Understood(f"jana@{domain}")


def test_email_of_two_is_asked() -> None:
    assert email("jana@a.sk alebo jana@b.sk") == Unsure(("jana@a.sk", "jana@b.sk"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "text.empty"),
        ("jana", "email.no_at"),
        ("jana.example.org", "email.no_at"),
        ("jana@", "email.domain"),
        ("jana@example", "email.domain"),
        ("jana@example..org", "email.domain"),
        ("jana@-example.org", "email.domain"),
        ("@example.org", "email.invalid"),
        ("ja..na@example.org", "email.invalid"),
        ("jana@localhost", "email.domain"),
        ("jana@exam ple.org", "email.domain"),
        ("x" * 255, "text.too_long"),
        ("x" * 65 + "@example.org", "email.invalid"),
    ],
)
def test_email_refused_says_why(text: str, reason: str) -> None:
    reading = email(text)
    assert isinstance(reading, NotUnderstood)
    assert reading.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "https://www.linkedin.com/in/jana-novak-1a2b3c",
        "http://linkedin.com/in/jana-novak-1a2b3c/",
        "www.linkedin.com/in/jana-novak-1a2b3c",
        "linkedin.com/in/jana-novak-1a2b3c",
        "LinkedIn.com/In/jana-novak-1a2b3c",
        "linkedin.com/mwlite/in/jana-novak-1a2b3c",
        "https://www.linkedin.com/comm/in/jana-novak-1a2b3c?midToken=x",
        "https://at.linkedin.com/in/jana-novak-1a2b3c/sk",
        "linkedin.com/sk/in/jana-novak-1a2b3c",
        "LinkedIn: jana-novak-1a2b3c",
        "https://sk.linkedin.com/in/jana-novak-1a2b3c",
        "https://si.linkedin.com/in/jana-novak-1a2b3c?trk=public_profile&x=1#top",
        "https://www.linkedin.com/in/jana-novak-1a2b3c/details/experience/",
        "https://m.linkedin.com/in/jana-novak-1a2b3c",
        "my profile: https://www.linkedin.com/in/jana-novak-1a2b3c.",
        "<https://www.linkedin.com/in/jana-novak-1a2b3c>",
        "in/jana-novak-1a2b3c",
        "/in/jana-novak-1a2b3c",
        "@jana-novak-1a2b3c",
        "jana-novak-1a2b3c",
    ],
)
def test_linkedin_is_canonical(text: str) -> None:
    assert linkedin(text) == Understood("https://www.linkedin.com/in/jana-novak-1a2b3c")


def test_linkedin_keeps_capitals() -> None:
    address = Understood("https://www.linkedin.com/in/JanaNovak-1A2b")
    assert linkedin("https://www.LinkedIn.com/in/JanaNovak-1A2b/?x=y") == address
    assert linkedin("linkedin.com/comm/in/JanaNovak-1A2b") == address


def test_linkedin_that_may_be_a_slug_is_asked() -> None:
    assert linkedin("jana-novak") == Unsure(("https://www.linkedin.com/in/jana-novak",))


def test_linkedin_slug_with_accents_is_escaped_once() -> None:
    address = Understood("https://www.linkedin.com/in/jana-%C5%A5ap")
    assert linkedin("https://www.linkedin.com/in/jana-ťap") == address
    assert linkedin("https://www.linkedin.com/in/jana-%C5%A5ap") == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "text.empty"),
        ("https://www.linkedin.com/company/cike", "linkedin.company"),
        ("linkedin.com/school/tuke/", "linkedin.company"),
        ("https://www.linkedin.com/posts/jana_abc", "linkedin.company"),
        ("https://www.linkedin.com/", "linkedin.not_profile"),
        ("linkedin.com/in/", "linkedin.not_profile"),
        ("linkedin.com/in/ab", "linkedin.not_profile"),
        ("https://www.linkedin.com/pub/jana/1/2", "linkedin.not_profile"),
        ("https://example.org/in/jana-novak", "linkedin.other_site"),
        ("https://linkedin.com.example.org/in/jana-novak", "linkedin.other_site"),
        ("https://notlinkedin.com/in/jana-novak", "linkedin.other_site"),
        ("https://example.org/?u=linkedin.com/in/jana-novak", "linkedin.other_site"),
        ("https://linkedin.com@example.org/in/jana-novak", "linkedin.other_site"),
        ("facebook.com/jana", "linkedin.other_site"),
        ("Jana Nováková", "linkedin.not_profile"),
        ("jana", "linkedin.not_profile"),
        ("yes", "linkedin.not_profile"),
        ("not-yet", "linkedin.not_profile"),
        ("covid-19", "linkedin.not_profile"),
        ("I don't have one", "linkedin.not_profile"),
        ("x" * 501, "text.too_long"),
    ],
)
def test_linkedin_refused_says_why(text: str, reason: str) -> None:
    reading = linkedin(text)
    assert isinstance(reading, NotUnderstood)
    assert reading.reason == reason

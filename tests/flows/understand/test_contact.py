from __future__ import annotations

import pytest

from flows.understand.contact import email, linkedin
from flows.understand.reading import NotUnderstood, Understood


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
        "LinkedIn.com/in/Jana-Novak-1a2b3c",
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

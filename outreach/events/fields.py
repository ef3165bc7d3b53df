"""The fields of an event's file, one by one; what is wrong with them is collected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from blueprints.problems import Place, did_you_mean
from blueprints.schema import Blueprint
from blueprints.values import URL
from outreach import hours
from outreach.broadcasts.attachment import PICTURE_BYTES, picture_type
from outreach.events.model import DESCRIPTION, EVERYWHERE, LINK, PLACE, TITLE, Details
from storage.media import Medium

if TYPE_CHECKING:
    from outreach.events.file import Find

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")  # travels in deep links: event_KEY
LENGTH = re.compile(r"([1-9][0-9]{0,3})\s*(m|min|h|d)")
UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=31)
MOST_GUESTS = 9
MOST_PLACES = 1_000_000
NAMES = (
    "key", "organisation", "format", "title", "description", "place", "link", "starts", "ends",
    "timezone", "capacity", "guests", "rsvp_until", "audience", "host", "speaker", "picture",
)  # fmt: skip


class Reading:
    """One file being read. ``problems``: (where, what is wrong and what would be right)."""

    def __init__(
        self,
        raw: Mapping[str, Any],
        blueprint: Blueprint,
        find: Find,
        folder: Path | None,
        media: int | None = None,
    ) -> None:
        self.raw = raw
        self.blueprint = blueprint
        self.find = find
        self.folder = folder
        self.media = media
        self.problems: list[tuple[Place, str]] = []

    def details(self) -> Details | None:
        """The event; None where something is wrong."""
        for name in self.raw:
            if name not in NAMES:
                self._wrong((name,), f"there is no such key. {did_you_mean(name, NAMES)}")
        organisation = self._organisation()
        there = self._zone(organisation)
        starts = self._moment("starts", there, needed=True)
        values: dict[str, Any] = {
            "key": self._key(),
            "organisation": organisation,
            "format": self._format(),
            "title": self._title(organisation),
            "description": self._texts("description", DESCRIPTION, organisation),
            "place": self._place(),
            "link": self._link(),
            "starts_at": starts,
            "ends_at": self._ends(starts, there),
            "timezone": there.key,
            "capacity": self._number("capacity", 1, MOST_PLACES),
            "guests": self._number("guests", 0, MOST_GUESTS) or 0,
            "rsvp_until": self._deadline(starts, there),
            "audience": self._audience(organisation),
            "host_id": self._person("host"),
            "speaker_id": self._person("speaker"),
            "media_id": self.media,
            "picture": self._picture(),
        }
        if not values["place"] and not values["link"] and not self._complains("place", "link"):
            self._wrong((), "place and link are missing; write where it is, or a link, or both")
        return None if self.problems else Details(**values)

    def start(self) -> datetime | None:
        """When it begins; None where that cannot be read."""
        organisation = self.raw.get("organisation")
        zone = self._zone(organisation if isinstance(organisation, str) else None)
        return self._moment("starts", zone)

    def _wrong(self, place: Place, what: str) -> None:
        self.problems.append((place, what))

    def _complains(self, *names: str) -> bool:
        return any(place and place[0] in names for place, _ in self.problems)

    def _text(self, name: str, *, needed: bool = False) -> str | None:
        value = self.raw.get(name)
        if value is None:
            if needed:
                self._wrong((), f"{name} is missing")
            return None
        if not isinstance(value, str) or not value.strip():
            self._wrong((name,), "must be a text in quotes")
            return None
        return value.strip()

    def _key(self) -> str:
        key = self._text("key", needed=True) or ""
        if key and not KEY.fullmatch(key):
            self._wrong(
                ("key",),
                f"{key!r} isn't a key; write 1 to 32 of a–z, 0–9, - and _, like brunch-nov",
            )
        return key

    def _organisation(self) -> str | None:
        organisations = self.blueprint.organisations
        if "organisation" not in self.raw and len(organisations) == 1:
            return organisations[0].key
        key = self._text("organisation", needed=True)
        if key is None or self.blueprint.organisation(key):
            return key
        known = [each.key for each in organisations]
        self._wrong(("organisation",), f"there is no {key!r}. {did_you_mean(key, known)}")
        return None

    def _format(self) -> str | None:
        key = self._text("format")
        known = [each.key for each in self.blueprint.formats]
        if key is not None and key not in known:
            self._wrong(("format",), f"there is no {key!r}. {did_you_mean(key, known)}")
        return key

    def _texts(
        self, name: str, longest: int, organisation: str | None, spare: str | None = None
    ) -> dict[str, str]:
        """language -> text; a single text is in ``spare``, else the organisation's language."""
        value = self.raw.get(name, {})
        if isinstance(value, str):
            own = self.blueprint.organisation(organisation) if organisation else None
            language = spare if spare is not None else (own.language if own else "")
            return self._lengths(name, {language: value}, longest, spare=spare, single=True)
        if not isinstance(value, dict):
            self._wrong((name,), f'must be texts by language, like {name}.en = "…"')
            return {}
        return self._lengths(name, value, longest, spare=spare, single=False)

    def _lengths(
        self,
        name: str,
        texts: Mapping[str, Any],
        longest: int,
        *,
        spare: str | None,
        single: bool,
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        languages = self.blueprint.languages
        for language, text in texts.items():
            place: Place = (name,) if single else (name, language)
            if not single and language not in languages and language != spare:
                self._wrong(place, f"no language here. {did_you_mean(language, languages)}")
            elif not isinstance(text, str):
                self._wrong(place, "must be a text in quotes")
            elif len(text.strip()) > longest:
                self._wrong(place, f"has {len(text.strip())} characters; shorten it to {longest}")
            elif text.strip():
                found[language] = text.strip()
        return found

    def _title(self, organisation: str | None) -> dict[str, str]:
        titles = self._texts("title", TITLE, organisation)
        if not titles and not self._complains("title"):
            self._wrong((), 'title is missing; write title.en = "…" (and the other languages)')
        return titles

    def _place(self) -> dict[str, str]:
        return self._texts("place", PLACE, None, spare=EVERYWHERE)

    def _link(self) -> str | None:
        link = self._text("link")
        if link is not None and (len(link) > LINK or not re.fullmatch(URL.strip("^$"), link)):
            self._wrong(("link",), "isn't an address; write it in full, like https://example.org/x")
        return link

    def _zone(self, organisation: str | None) -> ZoneInfo:
        name = self._text("timezone") or self.blueprint.zone(organisation)
        found = hours.zone(name)
        if found is None:
            near = did_you_mean(name, available_timezones()) if len(name) < 40 else ""
            remedy = near if near.startswith("Did") else "Write its IANA name: Europe/Bratislava."
            self._wrong(("timezone",), f"{name!r} isn't a time zone. {remedy}")
        return found or ZoneInfo("UTC")

    def _moment(self, name: str, there: ZoneInfo, *, needed: bool = False) -> datetime | None:
        value = self.raw.get(name)
        if value is None:
            if needed:
                self._wrong((), f"{name} is missing; write {name} = 2026-11-28T10:00:00")
            return None
        if isinstance(value, str):
            value = self._parsed(name, value)
        if not isinstance(value, datetime):
            if value is not None:
                self._wrong((name,), f"isn't a day and time; write {name} = 2026-11-28T10:00:00")
            return None
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        moment = value.replace(tzinfo=there).astimezone(UTC)
        if moment.astimezone(there).replace(tzinfo=None) != value:
            self._wrong((name,), f"{value:%H:%M} does not exist that night in {there.key}")
        return moment

    def _parsed(self, name: str, text: str) -> datetime | None:
        try:
            return datetime.fromisoformat(text.strip())
        except ValueError:
            self._wrong((name,), f"{text!r} isn't a day and time; write 2026-11-28T10:00")
            return None

    def _ends(self, starts: datetime | None, there: ZoneInfo) -> datetime | None:
        value = self.raw.get("ends")
        length = LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
        if length is not None:
            lasts = timedelta(**{UNITS[length[2]]: int(length[1])})
            ends = None if starts is None else starts + lasts
        else:
            ends = self._moment("ends", there, needed=True)
        if starts is None or ends is None:
            return ends
        if ends <= starts:
            self._wrong(("ends",), "is not after starts")
        elif ends - starts > LONGEST:
            self._wrong(("ends",), "is more than 31 days after starts; is the year right?")
        return ends

    def _deadline(self, starts: datetime | None, there: ZoneInfo) -> datetime | None:
        value = self.raw.get("rsvp_until")
        if type(value) is date:  # a day: until its end
            whole = datetime.combine(value + timedelta(days=1), time(), there)
            until: datetime | None = whole.astimezone(UTC)
        else:
            until = self._moment("rsvp_until", there)
        if starts is not None and until is not None and until > starts:
            if type(value) is date and until - timedelta(days=1) <= starts:
                return starts
            self._wrong(("rsvp_until",), "is after starts")
        return until

    def _number(self, name: str, least: int, most: int) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            self._wrong((name,), f"must be a whole number from {least} to {most}")
            return None
        return value

    def _audience(self, organisation: str | None) -> str:
        value = self.raw.get("audience", "")
        if not isinstance(value, str):
            self._wrong(("audience",), 'must be a text in quotes, like "formats:meetup"')
            return ""
        return value.strip()

    def _person(self, name: str) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if type(value) not in (int, str) or value == "":
            self._wrong((name,), "must be a person's number or e-mail address")
            return None
        found = self.find(value)
        if found is None:
            what = f"there is nobody with the number {value}"
            if isinstance(value, str):
                what = f"there is not exactly one person with the address {value!r}"
            self._wrong((name,), f"{what}; look with domov people list")
        return found

    def _picture(self) -> Medium | None:
        name = self._text("picture")
        if name is None:
            return None
        path = (self.folder or Path()) / Path(name).expanduser()
        try:
            content = path.read_bytes()
        except OSError as error:
            self._wrong(("picture",), f"{path} cannot be read: {error.strerror or error}")
            return None
        kind = picture_type(content)
        if kind is None:
            self._wrong(("picture",), f"{path.name} isn't a JPEG, PNG, GIF or WebP")
            return None
        if len(content) > PICTURE_BYTES:
            self._wrong(("picture",), f"{path.name} is larger than 10 MB; make it smaller")
            return None
        return Medium(path.name, kind, content)

"""What ``/mydata`` leaves out, and why: a table, or "table.column". Everything else of a row that
is about a person is in it (:mod:`storage.privacy`); a test walks through every column there is.
"""

from __future__ import annotations

from collections.abc import Mapping

_NOBODY = "about nobody: what staff wrote, or what the program needs"
_STAFF_DID = "which of the staff did it: in their own copy as their acts"
_TECHNICAL = "how the program works with the row; nothing of the person"
_OTHER = "about somebody else"
_PAIR = "one of the two; the person's own side stands under `role`, the other's name under `with`"
_EVENT = "about the event, which everybody invited can read; of it only what names it is told"
_HASH = "the hash of a code that nobody can use any more"

REASONS: Mapping[str, str] = {
    "audience": _NOBODY,
    "broadcast": _NOBODY,
    "checkpoint": _NOBODY,
    "media": _NOBODY,
    "media_copy": _NOBODY,
    "mentoring_round": _NOBODY,
    "notice_text": "the words of the notice, which everybody reads; `words_id` says which",
    "received": "ids of events; nothing in them leads to a person",
    "erasure": "a keyed hash of an account that was erased before; it tells nothing else",
    # ---- sending ----
    "delivery.payload": "the words of what is on its way right now, forgotten once it was sent:"
    " the person reads them; an earlier copy of their data would be in there, too",
    "delivery.owner": _TECHNICAL,
    "delivery.lease_until": _TECHNICAL,
    # ---- events: whoever hosts one or speaks at it ----
    "event.format": _EVENT,
    "event.description": _EVENT,
    "event.place": _EVENT,
    "event.note": _EVENT,
    "event.link": _EVENT,
    "event.capacity": _EVENT,
    "event.guests": _EVENT,
    "event.rsvp_until": _EVENT,
    "event.media_id": _EVENT,
    "event.audience": "whom staff wanted to invite: about others",
    "event.uid": _TECHNICAL,
    "event.sequence": _TECHNICAL,
    "event.revision": _TECHNICAL,
    "event.code": "opens the check-in for everybody who is there",
    "event.created_by": _STAFF_DID,
    "event.created_at": _EVENT,
    "event.updated_at": _EVENT,
    "event.announced_at": _EVENT,
    "event.closed_at": _EVENT,
    "event.cancelled_at": _EVENT,
    # ---- two accounts of one person (storage.joinings) ----
    "joining.person_id": "one of the two; which the person is stands under `role`",
    "joining.other_id": f"{_OTHER}, until both have said that they are one",
    "joining.identity_id": _TECHNICAL,
    "joining.other_identity_id": _TECHNICAL,
    "joining.name": "how one account was shown to the other; both read it, once they are asked",
    "joining.other_name": "how one account was shown to the other; both read it when asked",
    "joining.kept": _TECHNICAL,
    "joining.moved": _TECHNICAL,
    "joining.before": "for a quarter of an hour a copy of facts that stand in their own tables",
    "joining.after": "for a quarter of an hour a copy of facts that stand in their own tables",
    "joining.said": "for a quarter of an hour the moments at which one account spoke",
    # ---- mentoring ----
    "mentoring_block.person_id": "the person: only what they asked for themselves is told",
    "mentoring_block.other_id": f"{_OTHER}: by name, where the two were introduced",
    "mentoring_block.by": "always the person: what staff or the other asked for is theirs",
    "mentoring_match.mentee_id": _PAIR,
    "mentoring_match.mentor_id": _PAIR,
    "mentoring_match.round_id": _TECHNICAL,
    "mentoring_match.request_id": "the mentee's request, in the mentee's copy as a row of its own",
    "mentoring_match.mentor_organisation": "the mentor's organisation: under `organisation` in"
    " the mentor's copy",
    "mentoring_match.uid": _TECHNICAL,
    "mentoring_match.sequence": _TECHNICAL,
    "mentoring_log.id": _TECHNICAL,
    "mentoring_log.match_id": "it stands under its match",
    "mentoring_log.who": "always the person: what the other did is the other's",
    "mentoring_meeting.match_id": "it stands under its match",
    # ---- staff, of whom these rows are ----
    "staff_role.staff_id": "it stands under the member of staff",
    "staff_login.staff_id": "it stands under the member of staff",
    "staff_code.staff_id": "it stands under the member of staff",
    "staff_code.code_hash": _HASH,
    "staff_log.staff_id": "always the person",
    "staff_log.detail": "may name whom an act was about: others",
}

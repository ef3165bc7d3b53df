"""The tables of the living database.

Table models do not validate: what comes in was validated at the edge. Columns holding JSON are
text on both databases, so that raw statements write and read them alike. Primary keys that are
numbers are never used again, so that an erased person's number points at nobody.
"""

from storage.tables.base import Table
from storage.tables.inviting import Audience, Event, Rsvp
from storage.tables.mentoring import (
    MentoringBlock,
    MentoringLog,
    MentoringMatch,
    MentoringMeeting,
    MentoringRequest,
    MentoringRound,
    MentorOffer,
)
from storage.tables.people import (
    Answer,
    Asked,
    Consent,
    ConsentLog,
    Erasure,
    Joining,
    LinkCode,
    LinkTry,
    NoticeText,
    Person,
    PlatformIdentity,
    Provenance,
    Trait,
)
from storage.tables.sending import Broadcast, Delivery, Media, MediaCopy, Task
from storage.tables.staff import Staff, StaffCode, StaffLog, StaffLogin, StaffRole
from storage.tables.talking import (
    Checkpoint,
    Conversation,
    Inbox,
    InboxReply,
    Quarantine,
    Received,
)

__all__ = [
    "Answer",
    "Asked",
    "Audience",
    "Broadcast",
    "Checkpoint",
    "Consent",
    "ConsentLog",
    "Conversation",
    "Delivery",
    "Erasure",
    "Event",
    "Inbox",
    "InboxReply",
    "Joining",
    "LinkCode",
    "LinkTry",
    "Media",
    "MediaCopy",
    "MentorOffer",
    "MentoringBlock",
    "MentoringLog",
    "MentoringMatch",
    "MentoringMeeting",
    "MentoringRequest",
    "MentoringRound",
    "NoticeText",
    "Person",
    "PlatformIdentity",
    "Provenance",
    "Quarantine",
    "Received",
    "Rsvp",
    "Staff",
    "StaffCode",
    "StaffLog",
    "StaffLogin",
    "StaffRole",
    "Table",
    "Task",
    "Trait",
]

"""Whoever said in a survey that they would be a mentor, and agreed to mentoring, before there was any
mentoring, offers it: until now they were mentors only from the next round on."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CAPACITY = 2  # as the column's own default; a person or staff change it
VALUES = {
    "sqlite": "COALESCE((SELECT json_group_array(value) FROM (SELECT t.value FROM trait t"
    " WHERE t.person_id = p.id AND t.kind = '{}' ORDER BY t.rank, t.value)), '[]')",
    "postgresql": "COALESCE((SELECT json_agg(t.value ORDER BY t.rank, t.value) FROM trait t"
    " WHERE t.person_id = p.id AND t.kind = '{}')::text, '[]')",
}
OWN_LANGUAGE = {"sqlite": "json_array(p.language)", "postgresql": "json_build_array(p.language)::text"}
MENTOR = " AND t.value = 'mentor'"
HAS = "EXISTS (SELECT 1 FROM trait t WHERE t.person_id = p.id AND t.kind = '{}'{})"


def upgrade() -> None:
    bind = op.get_bind()
    dialect = bind.dialect.name
    skills = VALUES[dialect].format("skills_offered")
    spoken = VALUES[dialect].format("spoken_languages")
    now = datetime.now(UTC)
    at = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06d}Z" if dialect == "sqlite" else now
    bind.execute(
        sa.text(
            "INSERT INTO mentor_offer (person_id, status, capacity, skills, topics, languages, mode,"
            f" hours, source, created_at, updated_at) SELECT p.id, 'active', {CAPACITY}, {skills}, '',"
            f" CASE WHEN {HAS.format('spoken_languages', '')} THEN {spoken}"
            f" ELSE {OWN_LANGUAGE[dialect]} END, 'both', '[]', 'survey', :at, :at FROM person p"
            " WHERE p.persona = 'expat' AND p.status IN ('active', 'paused')"
            f" AND {HAS.format('roles', MENTOR)}"
            " AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id"
            " AND c.purpose = 'mentoring' AND c.given)"
            " AND NOT EXISTS (SELECT 1 FROM mentor_offer o WHERE o.person_id = p.id)"
        ),
        {"at": at},
    )


def downgrade() -> None:
    """They stay mentors: who has changed the offer since is not told apart."""

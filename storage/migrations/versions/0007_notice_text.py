"""The notice's words, stored once a version and language; the log of consents says which were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice_text",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("material", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_text")),
        sa.UniqueConstraint("version", "language", name=op.f("uq_notice_text_version_language")),
        sqlite_autoincrement=True,
    )
    # Nobody knows in which words earlier rows were agreed to.
    op.add_column("consent_log", sa.Column("language", sa.String(), nullable=True))
    op.add_column("consent_log", sa.Column("words_id", NUMBER, nullable=True))


def downgrade() -> None:
    op.drop_column("consent_log", "words_id")
    op.drop_column("consent_log", "language")
    op.drop_table("notice_text")

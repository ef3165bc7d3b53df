"""ending: who has not finished, and the oldest marks of erasures, are found by an index

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JOINING = sa.text("status = 'joining'")
PROVED = sa.text("proof <> '{}'")


def upgrade() -> None:
    op.create_index(
        "ix_person_joining", "person", ["created_at"],
        sqlite_where=JOINING, postgresql_where=JOINING,
    )
    op.create_index("ix_erasure_erased_at", "erasure", ["erased_at"])
    op.create_index(
        "ix_erasure_proof", "erasure", ["erased_at"],
        sqlite_where=PROVED, postgresql_where=PROVED,
    )


def downgrade() -> None:
    op.drop_index("ix_erasure_proof", "erasure")
    op.drop_index("ix_erasure_erased_at", "erasure")
    op.drop_index("ix_person_joining", "person")

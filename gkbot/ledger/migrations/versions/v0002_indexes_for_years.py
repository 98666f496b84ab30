"""Indexes for a ledger of many years: what stands for another notice, attempts without outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The auditor asks for both every few minutes; without them it reads every notice and attempt there ever was."""
    has_origin, is_open = sa.text("origin IS NOT NULL"), sa.text("outcome IS NULL")
    op.create_index("ix_notice_origin", "notice", ["origin"], sqlite_where=has_origin, postgresql_where=has_origin)
    op.create_index("ix_attempt_open", "attempt", ["notice_id"], sqlite_where=is_open, postgresql_where=is_open)

"""First of three changes that only tests make: a column, filled from others."""

import sqlalchemy as sa
from alembic import op

from gkbot.ledger.schema import SCHEMA_VERSION

revision = "9001"
down_revision = SCHEMA_VERSION


def upgrade() -> None:
    """Add it and fill it."""
    op.add_column("notice", sa.Column("remark", sa.String(), nullable=True))
    op.execute("UPDATE notice SET remark = 'about ' || number")

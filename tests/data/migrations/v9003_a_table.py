"""Third of three changes that only tests make: a table."""

import sqlalchemy as sa
from alembic import op

revision = "9003"
down_revision = "9002"


def upgrade() -> None:
    """Make it."""
    op.create_table("remark", sa.Column("id", sa.Integer(), primary_key=True))

"""Second of three changes that only tests make: SQLite builds a table anew that others point to."""

import sqlalchemy as sa
from alembic import op

revision = "9002"
down_revision = "9001"


def upgrade() -> None:
    """Every notice must have its remark."""
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("remark", existing_type=sa.String(), nullable=False)

"""A receipt has what was typed, so that whoever types it again within a minute is asked whether they mean it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt", sa.Column("typed", sa.String(32), nullable=True))
    op.create_index("ix_receipt_typed", "receipt", ["typed"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_receipt_typed", "receipt")
    op.drop_column("receipt", "typed")

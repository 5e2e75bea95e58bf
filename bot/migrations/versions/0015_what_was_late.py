"""A summary's line keeps what was late, so that the next one says what is late since, and what no longer is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest_line", sa.Column("late", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("digest_line", "late")

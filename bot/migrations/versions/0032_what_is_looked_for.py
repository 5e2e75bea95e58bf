"""What people decided lately is found without a look at the whole history of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BY_SOMEBODY = sa.text("decided_by_id is not null")


def upgrade() -> None:
    op.create_index(
        "report_decided",
        "report",
        ["decision", "decided_at"],
        sqlite_where=BY_SOMEBODY,
        postgresql_where=BY_SOMEBODY,
    )


def downgrade() -> None:
    op.drop_index("report_decided", "report")

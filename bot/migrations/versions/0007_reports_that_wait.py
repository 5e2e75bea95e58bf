"""Two indexes of reports: those that wait for something are found without a look at those that do not."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AWAITED = sa.text("received_at is null")


def upgrade() -> None:
    op.create_index(
        "ix_report_awaited",
        "report",
        ["contract_id", "period"],
        unique=False,
        sqlite_where=AWAITED,
        postgresql_where=AWAITED,
    )
    op.create_index("ix_report_decision", "report", ["decision", "contract_id", "period"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_report_decision", "report")
    op.drop_index("ix_report_awaited", "report")

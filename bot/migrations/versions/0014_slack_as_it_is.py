"""A message knows its template, and a picture whether Slack has processed it: until now only those that were are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("template", sa.String(length=80), nullable=True))
    op.add_column("chart_file", sa.Column("processed", sa.Boolean(), nullable=True))
    op.execute(sa.text("update chart_file set processed = :yes").bindparams(yes=True))
    with op.batch_alter_table("chart_file") as batch:
        batch.alter_column("processed", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    op.drop_column("outbox_message", "template")
    op.drop_column("chart_file", "processed")

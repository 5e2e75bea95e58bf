"""A message keeps which goes first, since when it is to leave, and how many workers in a row ended while they sent
it: what Slack does not take is tried for three days."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# What waits at the upgrade has its three days from then on: its next try is near. Which goes first, its template says.
FILLED = """
update outbox_message set
    lost_leases = 0,
    wanted_at = case when settled_at is null then next_try_at else created_at end,
    priority = case
        when template like 'escalations/%' then 0
        when template in ('progress/prompt', 'documents/notice') then 2
        when template in ('reminders/reminder', 'certificates/lapsed', 'money/varies', 'people/welcome') then 3
        when template like 'digest/%' or template = 'partners/pinned' then 4
        else 1
    end
"""


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox_message", sa.Column("priority", sa.Integer(), nullable=True))
    op.add_column("outbox_message", sa.Column("lost_leases", sa.Integer(), nullable=True))
    op.execute(FILLED)
    with op.batch_alter_table("outbox_message", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("wanted_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("priority", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("lost_leases", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("outbox_message", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("lost_leases")
        batch.drop_column("priority")
        batch.drop_column("wanted_at")

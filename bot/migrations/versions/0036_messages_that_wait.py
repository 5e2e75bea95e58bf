"""A message keeps what it is about and when it is out of date, which goes first, since when it is to leave, and how many
workers in a row ended while they sent it: what Slack does not take is tried for three days. Who is in a
channel is kept, and so is where each person's direct messages are."""

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

# What can be out of date before it leaves, by the keys and templates of today; what updates or answers another is not.
SUBJECTS = """
update outbox_message set subject = case
    when template = 'progress/prompt' and key like 'report-%-prompt'
        then 'report ' || substr(key, 8, length(key) - 14)
    when template = 'reminders/reminder' and key like 'reminder-%' then coalesce(
        (select 'reminder ' || reminder.person_id from reminder where 'reminder-' || reminder.id = outbox_message.key),
        ''
    )
    when template = 'digest/weekly' then 'summary ' || channel
    when template = 'digest/monthly' then 'summary of months for ' || channel
    when template in ('escalations/ping', 'escalations/pings') then 'escalation of ' || channel
    else ''
end
where replaces_id is null and thread_of_id is null
"""

# Where direct messages stand, they are open.
OPENED = """
insert into direct_channel (slack, channel)
select channel, max(slack_channel) from outbox_message
where slack_channel like 'D%' and (channel like 'U%' or channel like 'W%')
group by channel
"""


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("subject", sa.String(80), nullable=False, server_default=""))
    op.add_column("outbox_message", sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox_message", sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox_message", sa.Column("priority", sa.Integer(), nullable=True))
    op.add_column("outbox_message", sa.Column("lost_leases", sa.Integer(), nullable=True))
    op.create_table(
        "slack_channel",
        sa.Column("slack", sa.String(40), primary_key=True),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("members_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outside", sa.JSON(), nullable=False),
        sa.Column("outside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "direct_channel",
        sa.Column("slack", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(40), nullable=False),
    )
    op.execute(FILLED)
    op.execute(SUBJECTS)
    op.execute(OPENED)
    with op.batch_alter_table("outbox_message", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("subject", existing_type=sa.String(80), server_default=None)
        batch.alter_column("wanted_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("priority", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("lost_leases", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    op.drop_table("direct_channel")
    op.drop_table("slack_channel")
    with op.batch_alter_table("outbox_message", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("lost_leases")
        batch.drop_column("priority")
        batch.drop_column("wanted_at")
        batch.drop_column("stale_at")
        batch.drop_column("subject")

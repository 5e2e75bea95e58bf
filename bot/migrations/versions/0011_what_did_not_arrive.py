"""A report keeps the days on which its prompt and its query reached the partner, from which lateness counts. A message that
reached nobody keeps when somebody was told so. A step of an escalation names the message in which it was put to its person, which
may hold several."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MESSAGE = sa.String(length=80)
UNSENT = sa.text("pinged and message = ''")
UNTOLD = sa.text("told_at is null and state in ('failed', 'dead', 'withheld')")
ASKED = re.compile(r"report-(\d+)-(prompt|query(?:-\d+)?)")


def upgrade() -> None:
    op.add_column("report", sa.Column("asked_on", sa.Date(), nullable=True))
    op.add_column("report", sa.Column("query_asked_on", sa.Date(), nullable=True))
    op.create_index("ix_report_asked_on", "report", ["asked_on"], unique=False)
    op.add_column("reminder_line", sa.Column("asked_on", sa.Date(), nullable=True))
    op.add_column("outbox_message", sa.Column("told_at", INSTANT, nullable=True))
    op.execute("update outbox_message set told_at = settled_at where state in ('dead', 'withheld')")
    op.create_index("outbox_untold", "outbox_message", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    _note_what_was_asked()
    op.add_column("escalation_step", sa.Column("message", MESSAGE, nullable=True))
    op.execute(
        "update escalation_step set message = case when pinged "
        "then 'escalation-' || escalation_id || '-' || number else '' end"
    )
    with op.batch_alter_table("escalation_step", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("message", existing_type=MESSAGE, nullable=False)
    op.create_index(
        "escalation_step_unsent",
        "escalation_step",
        ["escalation_id"],
        sqlite_where=UNSENT,
        postgresql_where=UNSENT,
    )
    op.create_index("escalation_step_message", "escalation_step", ["message"])


def downgrade() -> None:
    op.drop_index("escalation_step_message", "escalation_step")
    op.drop_index("escalation_step_unsent", "escalation_step")
    op.drop_column("escalation_step", "message")
    op.drop_index("outbox_untold", "outbox_message")
    op.drop_column("outbox_message", "told_at")
    op.drop_column("reminder_line", "asked_on")
    op.drop_index("ix_report_asked_on", "report")
    op.drop_column("report", "query_asked_on")
    op.drop_column("report", "asked_on")


def _note_what_was_asked() -> None:
    """The days on which prompts and queries were sent, which is in working hours, so their day in London is that in UTC."""
    messages = sa.table(
        "outbox_message", sa.column("key", sa.String), sa.column("state", sa.String), sa.column("settled_at", INSTANT)
    )
    reports = sa.table("report", sa.column("id"), sa.column("asked_on", sa.Date), sa.column("query_asked_on", sa.Date))
    database = op.get_bind()
    sent = sa.select(messages.c.key, messages.c.settled_at).where(
        messages.c.state == "sent", messages.c.key.like("report-%")
    )
    for key, at in database.execute(sent.order_by(messages.c.settled_at)).all():
        if found := ASKED.fullmatch(key):
            column = "asked_on" if found[2] == "prompt" else "query_asked_on"
            database.execute(sa.update(reports).where(reports.c.id == int(found[1])).values({column: at.date()}))

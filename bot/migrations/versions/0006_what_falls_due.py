"""The kind of what falls due is the name of a part of the program: the tables of reminders no longer list the kinds, so that
a new one needs no migration. An option to extend is escalated."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    "report",
    "milestone",
    "deliverable",
    "renewal",
    "obligation",
    "option to extend",
    "action",
    "risk review",
    "contact",
    "yearly assessment",
)
SUBJECTS_BEFORE = ("risk", "report", "query", "ratings", "plan", "milestone", "obligation")
SUBJECTS = (*SUBJECTS_BEFORE, "option to extend")
TRIGGERS_BEFORE = (
    "very high",
    "above appetite",
    "worse than at the last review",
    "review overdue",
    "action overdue",
    "near with no action",
    "by hand",
    "report late",
    "query not answered",
    "rated inadequate",
    "requires improvement twice in a row",
    "plan late",
    "plan failed",
    "duty missed",
)
TRIGGERS = (*TRIGGERS_BEFORE, "option to decide", "option not decided")
LISTED = "CONSTRAINT reminderkind CHECK (kind IN ({}))".format(", ".join(f"'{each}'" for each in KINDS_BEFORE))
WITH_A_KIND = ("reminder_line", "snooze", "more_time", "reminder_setting")


def upgrade() -> None:
    for table in WITH_A_KIND:
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, rf",\s*{re.escape(LISTED)}", "")
        else:
            op.execute(f"alter table {table} drop constraint reminderkind")
    _change("escalation", "kind", ("subject", SUBJECTS_BEFORE), ("subject", SUBJECTS))
    _change("escalation", '"trigger"', ('"trigger"', TRIGGERS_BEFORE), ('"trigger"', TRIGGERS))


def downgrade() -> None:
    _forget_escalations_of_options()
    _change("escalation", '"trigger"', ('"trigger"', TRIGGERS), ('"trigger"', TRIGGERS_BEFORE))
    _change("escalation", "kind", ("subject", SUBJECTS), ("subject", SUBJECTS_BEFORE))
    for table in WITH_A_KIND:
        rows = sa.table(table, sa.column("kind", sa.String))
        op.execute(sa.delete(rows).where(rows.c.kind.not_in(KINDS_BEFORE)))
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, r"\s*\)\s*\Z", f", \n\t{LISTED}\n)")
        else:
            op.execute(f"alter table {table} add {LISTED}")


def _forget_escalations_of_options() -> None:
    escalations = sa.table("escalation", sa.column("id", sa.BigInteger), sa.column("kind", sa.String))
    steps = sa.table("escalation_step", sa.column("escalation_id", sa.BigInteger))
    of_options = sa.select(escalations.c.id).where(escalations.c.kind == SUBJECTS[-1])
    op.execute(sa.delete(steps).where(steps.c.escalation_id.in_(of_options)))
    op.execute(sa.delete(escalations).where(escalations.c.kind == SUBJECTS[-1]))


def _change(table: str, column: str, before: tuple[str, tuple[str, ...]], after: tuple[str, tuple[str, ...]]) -> None:
    """Let a column have other words. On SQLite no row is touched, because the words that are there stay allowed
    (sqlite.org/lang_altertable.html, Making Other Kinds Of Table Schema Changes)."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(table, re.escape(_check(column, *before)), _check(column, *after))
        return
    op.execute(f"alter table {table} drop constraint {before[0]}")
    op.execute(f"alter table {table} add {_check(column, *after)}")


def _check(column: str, name: str, words: tuple[str, ...]) -> str:
    allowed = ", ".join(f"'{each}'" for each in words)
    return f"CONSTRAINT {name} CHECK ({column} IN ({allowed}))"


def _rewrite(table: str, before: str, after: str) -> None:
    """Change the words that made a table, from what fits a pattern."""
    database = op.get_bind()
    of_table = {"table": table}
    made = database.scalar(sa.text("select sql from sqlite_master where type = 'table' and name = :table"), of_table)
    changed, places = re.subn(before, after, made)
    if places != 1:
        raise ValueError(f"the table {table} has no {before}")
    version = database.exec_driver_sql("pragma schema_version").scalar_one()
    op.execute("pragma writable_schema = on")
    database.execute(
        sa.text("update sqlite_master set sql = :sql where type = 'table' and name = :table"),
        {"sql": changed, **of_table},
    )
    op.execute(f"pragma schema_version = {version + 1}")
    op.execute("pragma writable_schema = off")

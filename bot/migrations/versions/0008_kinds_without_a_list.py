"""The kind of what falls due is the name of a part of the program: the tables no longer list the kinds, so that a new one
needs no migration."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WITH_A_KIND = ("reminder_line", "snooze", "more_time", "reminder_setting")
KINDS = (
    "report",
    "answer to a query",
    "milestone",
    "deliverable",
    "renewal",
    "obligation",
    "option to extend",
    "change memo",
    "rectification plan",
    "action",
    "risk review",
    "contact",
    "yearly assessment",
)
LISTED = "CONSTRAINT duekind CHECK (kind IN ({}))".format(", ".join(f"'{kind}'" for kind in KINDS))


def upgrade() -> None:
    for table in WITH_A_KIND:
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, rf",\s*{re.escape(LISTED)}", "")
        else:
            op.execute(f"alter table {table} drop constraint duekind")


def downgrade() -> None:
    for table in WITH_A_KIND:
        rows = sa.table(table, sa.column("kind", sa.String))
        op.execute(sa.delete(rows).where(rows.c.kind.not_in(KINDS)))
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, r"\s*\)\s*\Z", f", \n\t{LISTED}\n)")
        else:
            op.execute(f"alter table {table} add {LISTED}")


def _rewrite(table: str, before: str, after: str) -> None:
    """Change the words that made a table. No row is touched, because those that are there stay allowed
    (sqlite.org/lang_altertable.html, Making Other Kinds Of Table Schema Changes)."""
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

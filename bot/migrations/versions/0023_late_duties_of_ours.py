"""A contract's own rule for reminders also says on which days after the due day they go out, and a late review of a policy
is escalated."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SUBJECT = "policy review"


def upgrade() -> None:
    op.add_column("reminder_setting", sa.Column("after", sa.String(60), nullable=True))
    op.execute(sa.text("update reminder_setting set after = ''"))
    with op.batch_alter_table("reminder_setting") as batch:
        batch.alter_column("after", existing_type=sa.String(60), nullable=False)
    _change_words("escalation", "subject", "kind", more=SUBJECT)


def downgrade() -> None:
    _forget_escalations()
    _change_words("escalation", "subject", "kind", less=SUBJECT)
    op.drop_column("reminder_setting", "after")


def _forget_escalations() -> None:
    escalations = sa.table("escalation", sa.column("id", sa.BigInteger), sa.column("kind"))
    steps = sa.table("escalation_step", sa.column("escalation_id", sa.BigInteger))
    of_reviews = sa.select(escalations.c.id).where(escalations.c.kind == SUBJECT)
    op.execute(sa.delete(steps).where(steps.c.escalation_id.in_(of_reviews)))
    op.execute(sa.delete(escalations).where(escalations.c.kind == SUBJECT))


def _change_words(table: str, name: str, column: str, *, more: str = "", less: str = "") -> None:
    """Let a column have one word more, or one less, than it may have now. On SQLite no row is touched (sqlite.org/lang_altertable.html,
    Making Other Kinds Of Table Schema Changes)."""
    database = op.get_bind()
    if database.dialect.name == "sqlite":
        _rewrite(table, rf"CONSTRAINT {name} CHECK \({column} IN \(([^)]*)\)\)", more, less)
        return
    found = sa.text(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = cast(:table as regclass) and conname = :name"
    )
    made = database.scalar(found, {"table": table, "name": name.strip('"')})
    allowed = _allowed(re.findall(r"'([^']*)'::", made), more, less)
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({column} in ({allowed}))")


def _allowed(words: list[str], more: str, less: str) -> str:
    return ", ".join(f"'{each}'" for each in [*words, *([more] if more else [])] if each != less)


def _rewrite(table: str, pattern: str, more: str, less: str) -> None:
    """Change the words that a table's own statement lists for a column."""
    database = op.get_bind()
    of_table = {"table": table}
    made = database.scalar(sa.text("select sql from sqlite_master where type = 'table' and name = :table"), of_table)
    found = re.search(pattern, made)
    if found is None:
        raise ValueError(f"the table {table} has no {pattern}")
    words = _allowed(re.findall("'([^']*)'", found[1]), more, less)
    changed = f"{made[: found.start(1)]}{words}{made[found.end(1) :]}"
    version = database.exec_driver_sql("pragma schema_version").scalar_one()
    op.execute("pragma writable_schema = on")
    database.execute(
        sa.text("update sqlite_master set sql = :sql where type = 'table' and name = :table"),
        {"sql": changed, **of_table},
    )
    op.execute(f"pragma schema_version = {version + 1}")
    op.execute("pragma writable_schema = off")

"""One word for one thing: a nudge is a reminder, a kept form a draft, and the audit is the audit trail.

Tables, their indexes, constraints and sequences, and what is stored under the old words: claims of occurrences, keys of
messages, heartbeats. A message that may be in Slack already, which is looked for there by its key, keeps its key. What the
trail says stays as it was written.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    ("nudge_setting", "reminder_setting"),
    ("nudge_line", "reminder_line"),
    ("nudge", "reminder"),
    ("kept_form", "form_draft"),
    ("audit_entry", "trail_entry"),
)
COLUMNS = (("reminder_line", "nudge_id", "reminder_id"),)
CHECKED = ("reminder_setting", "reminder_line", "more_time", "snooze")  # tables with a CHECK that bears the old word
APPEND_ONLY = ("audit_entry", "trail_entry")
# One that may be in Slack after an earlier try is looked for there by the key that it had then.
_NEW_KEYS = sa.text(
    "update outbox_message set key = :new || substr(key, :length) where substr(key, 1, :length - 1) = :old "
    "and not (state = 'sending' or (in_doubt and settled_at is null))"
)


def upgrade() -> None:
    _allow_changes(APPEND_ONLY[0])
    for old, new in TABLES:
        _rename(old, new)
    for table, old, new in COLUMNS:
        _rename_column(table, old, new)
    _rename_checks("nudge", "reminder", CHECKED)
    _refuse_changes(APPEND_ONLY[1])
    _reword("nudges", "reminders", "nudge-", "reminder-", "nudge", "remind")


def downgrade() -> None:
    _reword("reminders", "nudges", "reminder-", "nudge-", "remind", "nudge")
    _allow_changes(APPEND_ONLY[1])
    _rename_checks("reminder", "nudge", CHECKED)
    for table, old, new in COLUMNS:
        _rename_column(table, new, old)
    for old, new in reversed(TABLES):
        _rename(new, old)
    _refuse_changes(APPEND_ONLY[0])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _rename(old: str, new: str) -> None:
    """Rename a table, and what bears its name."""
    indexes = _drop_indexes(old)
    op.rename_table(old, new)
    for sql in indexes:
        op.execute(re.sub(rf"\b((?:ix_)?){old}(?=_|\b)", rf"\g<1>{new}", sql))
    if not _is_sqlite():
        _rename_constraints(old, new)
        sequence = op.get_bind().scalar(sa.text("select to_regclass(:name)::text"), {"name": f"{old}_id_seq"})
        if sequence is not None:
            op.execute(f"alter sequence {old}_id_seq rename to {new}_id_seq")


def _rename_column(table: str, old: str, new: str) -> None:
    name = f"ix_{table}_{old}"
    op.drop_index(name, table)
    op.execute(f"alter table {table} rename column {old} to {new}")
    op.create_index(f"ix_{table}_{new}", table, [new], unique=False)
    if not _is_sqlite():
        _rename_constraints(old, new, table)


def _drop_indexes(table: str) -> list[str]:
    """Drop the indexes of a table that no constraint makes; how each was made."""
    if _is_sqlite():
        found = "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = :table"
    else:
        found = (
            "select i.relname, pg_get_indexdef(i.oid) from pg_index x join pg_class i on i.oid = x.indexrelid "
            "where x.indrelid = to_regclass(:table) "
            "and not exists (select 1 from pg_constraint c where c.conindid = i.oid)"
        )
    rows = op.get_bind().execute(sa.text(found), {"table": table}).all()
    for name, _ in rows:
        op.execute(f"drop index {name}")
    return [sql for _, sql in rows]


def _rename_constraints(old: str, new: str, table: str = "") -> None:
    table = table or new
    found = "select conname from pg_constraint where conrelid = to_regclass(:table) and conname like :old"
    for name in op.get_bind().scalars(sa.text(found), {"table": table, "old": f"%{old}%"}).all():
        op.execute(f'alter table {table} rename constraint "{name}" to "{name.replace(old, new)}"')


def _rename_checks(old: str, new: str, tables: tuple[str, ...]) -> None:
    """Give CHECKs another name. What they say stays, so on SQLite no row is touched (sqlite.org/lang_altertable.html,
    Making Other Kinds Of Table Schema Changes)."""
    if not _is_sqlite():
        for table in tables:
            _rename_constraints(old, new, table)
        return
    database = op.get_bind()
    version = database.exec_driver_sql("pragma schema_version").scalar_one()
    op.execute("pragma writable_schema = on")
    for table in tables:
        database.execute(
            sa.text("update sqlite_master set sql = replace(sql, :old, :new) where type = 'table' and name = :table"),
            {"old": f"CONSTRAINT {old}", "new": f"CONSTRAINT {new}", "table": table},
        )
    op.execute(f"pragma schema_version = {version + 1}")
    op.execute("pragma writable_schema = off")


def _allow_changes(table: str) -> None:
    """Drop the triggers that keep a table append-only: their words name it."""
    if _is_sqlite():
        for verb in ("update", "delete"):
            op.execute(f"drop trigger {table}_no_{verb}")
        return
    op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute(f"drop function {table}_append_only()")


def _refuse_changes(table: str) -> None:
    if _is_sqlite():
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger {table}_no_{verb} before {verb} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )
        return
    op.execute(
        f"create function {table}_append_only() returns trigger language plpgsql as "
        f"$$ begin raise exception '{table} is append-only'; end $$"
    )
    op.execute(
        f"create trigger {table}_append_only before update or delete or truncate on {table} "
        f"for each statement execute function {table}_append_only()"
    )


def _reword(rule: str, new_rule: str, key: str, new_key: str, job: str, new_job: str) -> None:
    """Put the new words into what is stored under the old ones."""
    database = op.get_bind()
    for old, new in ((rule, new_rule), (f"{rule} of a person", f"{new_rule} of a person")):
        database.execute(sa.text("update occurrence set rule = :new where rule = :old"), {"old": old, "new": new})
    database.execute(_NEW_KEYS, {"old": key, "new": new_key, "length": len(key) + 1})
    database.execute(sa.text("update job_heartbeat set job = :new where job = :old"), {"old": job, "new": new_job})

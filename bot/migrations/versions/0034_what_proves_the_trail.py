"""Each entry of the trail has a digest of what it says, with a salt of its own, and seals close it in segments.

The database refuses changes of both, but for a redaction, which leaves of an entry what its seal covers. On SQLite it
also refuses to put another row in the place of one that is there, which no trigger of a removal hears of.
"""

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 1000
ENTRIES = sa.table(
    "trail_entry",
    sa.column("id", KEY),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String()),
    sa.column("action", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("contract_id", KEY),
    sa.column("details", sa.JSON()),
    sa.column("changes", sa.JSON()),
    sa.column("why", sa.String()),
    sa.column("salt", sa.String()),
    sa.column("digest", sa.String()),
)
REDACTS = (
    "old.redaction_id is null and new.redaction_id is not null and old.action <> 'entry redacted' "
    "and new.id = old.id and new.at = old.at and new.action = old.action and new.digest = old.digest "
    "and coalesce(new.contract_id, 0) = coalesce(old.contract_id, 0) "
    "and new.salt = '' and new.actor = '' and new.subject = '' and new.why = '' "
    "and cast(new.details as text) = '{}' and cast(new.changes as text) = '{}'"
)
REFUSED = "begin select raise(abort, '{table} is append-only'); end"
SQLITE = {
    "no_update": "before update on {table} {when}",
    "no_delete": "before delete on {table} ",
    "no_replace": "before insert on {table} when exists (select 1 from {table} where {key} = new.{key}) ",
}
FUNCTION = (
    "create function {table}_append_only() returns trigger language plpgsql as "
    "$$ begin raise exception '{table} is append-only'; end $$"
)
POSTGRESQL = (
    "create trigger {table}_append_only before {verbs} on {table} "
    "for each statement execute function {table}_append_only()"
)
POSTGRESQL_UPDATE = (
    "create trigger {table}_no_update before update on {table} "
    "for each row when (not ({but_for})) execute function {table}_append_only()"
)


def upgrade() -> None:
    _allow_changes()
    for column in (
        sa.Column("salt", sa.String(32)),
        sa.Column("digest", sa.String(64)),
        sa.Column("redaction_id", KEY),
    ):
        op.add_column("trail_entry", column)
    _fill()
    with op.batch_alter_table("trail_entry", reflect_kwargs={"resolve_fks": False}) as batch:
        for name, length in (("salt", 32), ("digest", 64)):
            batch.alter_column(name, existing_type=sa.String(length), nullable=False)
        batch.create_foreign_key("trail_entry_redaction_id_fkey", "trail_entry", ["redaction_id"], ["id"])
    op.create_table(
        "trail_seal",
        sa.Column("number", KEY, nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", KEY, nullable=False),
        sa.Column("last_id", KEY, nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    _refuse_changes("trail_entry", "id", REDACTS)
    _refuse_changes("trail_seal", "number")


def downgrade() -> None:
    op.drop_table("trail_seal")
    if not _is_sqlite():
        op.execute("drop function trail_seal_append_only()")
    _allow_changes()
    with op.batch_alter_table("trail_entry", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint("trail_entry_redaction_id_fkey", type_="foreignkey")
        for name in ("redaction_id", "digest", "salt"):
            batch.drop_column(name)
    if _is_sqlite():
        for name in ("no_update", "no_delete"):
            _create_on_sqlite("trail_entry", name)
    else:
        op.execute(FUNCTION.format(table="trail_entry"))
        op.execute(POSTGRESQL.format(table="trail_entry", verbs="update or delete or truncate"))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _fill() -> None:
    """Give the entries that are there their salts and digests."""
    database, after = op.get_bind(), -(2**62)
    prove = sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam("entry"))
    of_content = [column for column in ENTRIES.c if column.name not in ("salt", "digest")]
    while True:
        found = sa.select(*of_content).where(ENTRIES.c.id > after).order_by(ENTRIES.c.id).limit(AT_ONCE)
        rows = database.execute(found).all()
        if not rows:
            return
        salts = [secrets.token_hex(16) for _ in rows]
        proofs = [
            {"entry": row.id, "salt": salt, "digest": _digest(row, salt)} for row, salt in zip(rows, salts, strict=True)
        ]
        database.execute(prove, proofs)
        after = rows[-1].id


def _digest(row: sa.Row[Any], salt: str) -> str:
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    said = [salt, at.isoformat(timespec="microseconds"), row.actor, row.action, row.subject]
    said += [row.contract_id, row.details, row.changes, row.why]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _allow_changes() -> None:
    if _is_sqlite():
        for name in SQLITE:
            op.execute(f"drop trigger if exists trail_entry_{name}")
        return
    op.execute("drop trigger if exists trail_entry_no_update on trail_entry")
    op.execute("drop trigger trail_entry_append_only on trail_entry")
    op.execute("drop function trail_entry_append_only()")


def _refuse_changes(table: str, key: str, but_for: str = "") -> None:
    if _is_sqlite():
        for name in SQLITE:
            _create_on_sqlite(table, name, key=key, when=f"when not ({but_for}) " if but_for else "")
        return
    op.execute(FUNCTION.format(table=table))
    verbs = "delete or truncate" if but_for else "update or delete or truncate"
    op.execute(POSTGRESQL.format(table=table, verbs=verbs))
    if but_for:
        op.execute(POSTGRESQL_UPDATE.format(table=table, but_for=but_for))


def _create_on_sqlite(table: str, name: str, key: str = "", when: str = "") -> None:
    said = SQLITE[name].format(table=table, key=key, when=when)
    op.execute(f"create trigger {table}_{name} {said}{REFUSED.format(table=table)}")

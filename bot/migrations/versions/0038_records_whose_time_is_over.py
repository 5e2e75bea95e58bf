"""Contracts can be put on legal hold, and the records of one can be removed: what else is only added to goes with its
contract, once that is noted. Entries of the trail stay."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}
REFUSED = "begin select raise(abort, '{table} is append-only'); end"
NO_REPLACE = (
    "create trigger contract_removal_no_replace before insert on contract_removal "
    "when exists (select 1 from contract_removal where contract_id = new.contract_id) "
)
REMOVED = "exists (select 1 from contract_removal where contract_id = {of_contract})"
OF_CONTRACT = {
    "contact": "old.contract_id",
    "contact_person": "(select contract_id from contact where id = old.contact_id)",
    "risk_assessment": "(select contract_id from risk where id = old.risk_id)",
}
FUNCTION = (
    "create function {table}_append_only() returns trigger language plpgsql as "
    "$$ begin raise exception '{table} is append-only'; end $$"
)
POSTGRESQL = (
    "create trigger {table}_append_only before {verbs} on {table} "
    "for each statement execute function {table}_append_only()"
)
REMOVAL = (
    "create function {table}_removal() returns trigger language plpgsql as $$ begin if {removed} then return old; "
    "end if; raise exception '{table} is append-only'; end $$",
    "create trigger {table}_no_delete before delete on {table} for each row execute function {table}_removal()",
)


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("contract_id", KEY, nullable=False, autoincrement=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("contract_id"),
        sa.CheckConstraint("length(reason) > 0", name="legal_hold_for_a_reason"),
    )
    op.create_table(
        "contract_removal",
        sa.Column("contract_id", KEY, nullable=False, autoincrement=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contract_id"),
    )
    _refuse_changes()
    for table, of_contract in OF_CONTRACT.items():
        _let_go(table, REMOVED.format(of_contract=of_contract))
    if _is_sqlite():
        with op.batch_alter_table(
            "trail_entry", naming_convention=NAMES, reflect_kwargs={"resolve_fks": False}
        ) as batch:
            batch.drop_constraint("trail_entry_contract_id_fkey", type_="foreignkey")
    else:
        op.drop_constraint(_of_contracts(), "trail_entry", type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("trail_entry", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.create_foreign_key("trail_entry_contract_id_fkey", "contract", ["contract_id"], ["id"])
    for table in OF_CONTRACT:
        _hold(table)
    op.drop_table("contract_removal")
    if not _is_sqlite():
        op.execute("drop function contract_removal_append_only()")
    op.drop_table("legal_hold")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _of_contracts() -> str:
    """The name of the foreign key, which may be from when the table had another name."""
    keys = sa.inspect(op.get_bind()).get_foreign_keys("trail_entry")
    [name] = [key["name"] for key in keys if key["constrained_columns"] == ["contract_id"]]
    return str(name)


def _refuse_changes() -> None:
    table = "contract_removal"
    if not _is_sqlite():
        op.execute(FUNCTION.format(table=table))
        op.execute(POSTGRESQL.format(table=table, verbs="update or delete or truncate"))
        return
    refused = REFUSED.format(table=table)
    for verb in ("update", "delete"):
        op.execute(f"create trigger {table}_no_{verb} before {verb} on {table} {refused}")
    op.execute(NO_REPLACE + refused)


def _let_go(table: str, removed: str) -> None:
    """Let rows be removed for which this holds."""
    if _is_sqlite():
        op.execute(f"drop trigger {table}_no_delete")
        refused = REFUSED.format(table=table)
        op.execute(f"create trigger {table}_no_delete before delete on {table} when not {removed} {refused}")
        return
    op.execute(f"drop trigger {table}_append_only on {table}")
    for statement in REMOVAL:
        op.execute(statement.format(table=table, removed=removed))
    op.execute(POSTGRESQL.format(table=table, verbs="update or truncate"))


def _hold(table: str) -> None:
    """Let none be removed, as before."""
    if _is_sqlite():
        op.execute(f"drop trigger {table}_no_delete")
        op.execute(f"create trigger {table}_no_delete before delete on {table} {REFUSED.format(table=table)}")
        return
    op.execute(f"drop trigger {table}_no_delete on {table}")
    op.execute(f"drop function {table}_removal()")
    op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute(POSTGRESQL.format(table=table, verbs="update or delete or truncate"))

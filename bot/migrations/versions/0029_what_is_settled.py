"""What is escalated can be given to somebody else and settled by a person, and for some minutes an answer can be undone: the
step keeps what an undo puts back."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNG = sa.Enum(
    *("owner", "contract manager", "head of contract management", "senior owner", "commercial director"),
    name="rung_before",
    native_enum=False,
    create_constraint=True,
    length=40,
)
REASSIGNED, UNDONE, SETTLED = STEPS = ("reassigned", "undone", "settled")
BY_PERSON = "settled by a person"
OWNER_BEFORE = "escalation_step_owner_before_id_fkey"
BEFORE, BEFORE_FITS = "escalation_step_before", "(owner_before_id is null) = (rung_before is null)"


def upgrade() -> None:
    with op.batch_alter_table("escalation_step", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("owner_before_id", KEY, nullable=True))
        batch.add_column(sa.Column("rung_before", RUNG, nullable=True))
        batch.add_column(sa.Column("due_before", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(OWNER_BEFORE, "person", ["owner_before_id"], ["id"])
        batch.create_check_constraint(BEFORE, BEFORE_FITS)
    for step in STEPS:
        _change_words("escalation_step", "step", "kind", more=step)
        _change_words("escalation", "standing", "standing", more=step)
    _change_words("escalation", "escalationend", "ended_because", more=BY_PERSON)


def downgrade() -> None:
    _forget()
    _change_words("escalation", "escalationend", "ended_because", less=BY_PERSON)
    for step in STEPS:
        _change_words("escalation", "standing", "standing", less=step)
        _change_words("escalation_step", "step", "kind", less=step)
    with op.batch_alter_table("escalation_step", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in (BEFORE, "rung_before"):
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint(OWNER_BEFORE, type_="foreignkey")
        for name in ("due_before", "rung_before", "owner_before_id"):
            batch.drop_column(name)


def _forget() -> None:
    """Who was given it counts as asked; what was undone, and that it was, is left out, and so is who settled it."""
    row = sa.table("escalation", sa.column("standing"), sa.column("ended_because"))
    step = sa.table("escalation_step", *(sa.column(name) for name in ("escalation_id", "number", "kind")))
    undo = step.alias("undo")
    was_undone = sa.exists().where(
        undo.c.escalation_id == step.c.escalation_id, undo.c.number == step.c.number + 1, undo.c.kind == UNDONE
    )
    op.execute(sa.delete(step).where(was_undone))
    op.execute(sa.delete(step).where(step.c.kind.in_((UNDONE, SETTLED))))
    op.execute(sa.update(step).where(step.c.kind == REASSIGNED).values(kind="asked"))
    op.execute(sa.update(row).where(row.c.standing.in_((REASSIGNED, SETTLED))).values(standing="asked"))
    op.execute(sa.update(row).where(row.c.ended_because == BY_PERSON).values(ended_because="settled"))


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

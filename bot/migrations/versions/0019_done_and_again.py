"""What is owed keeps what shows that it is met, and who said that it is done before it is confirmed. An obligation may come
again. An option keeps the variation that agreed a later day to decide.

What a partner's person said to be done in a reminder, and nobody confirmed yet, is said to be done on the record."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWED = {"milestone": ("milestone", "deliverable"), "obligation": ("obligation",)}
TEXTS = {
    "milestone": {"evidence": 1000},
    "obligation": {"evidence": 1000, "recurs": 40, "next_rule": 150},
    "extension_option": {"variation": 150},
}
TO_CONFIRM = sa.text("said_on is not null and met_on is null")
SAID = "(said_done_on is null) = (said_on is null) and (said_on is null) = (said_done_by_id is null)"
PEOPLE = ("met_by_id", "said_done_by_id")


def upgrade() -> None:
    for table in OWED:
        op.add_column(table, sa.Column("met_by_id", KEY, nullable=True))
        op.add_column(table, sa.Column("said_done_on", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("said_on", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("said_done_by_id", KEY, nullable=True))
        op.add_column(table, sa.Column("times_said", sa.Integer(), nullable=True))
        op.execute(sa.update(sa.table(table, sa.column("times_said"))).values(times_said=0))
    op.add_column("extension_option", sa.Column("varied_on", sa.Date(), nullable=True))
    for table, texts in TEXTS.items():
        for name, length in texts.items():
            op.add_column(table, sa.Column(name, sa.String(length=length), nullable=True))
            op.execute(sa.update(sa.table(table, sa.column(name))).values({name: ""}))
    _take_over_what_was_said()
    for table, texts in TEXTS.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            for name, length in texts.items():
                batch.alter_column(name, existing_type=sa.String(length=length), nullable=False)
            if table in OWED:
                batch.alter_column("times_said", existing_type=sa.Integer(), nullable=False)
            for name in PEOPLE if table in OWED else ():
                batch.create_foreign_key(f"{table}_{name}_fkey", "person", [name], ["id"])
            for name, said in _checks(table).items():
                batch.create_check_constraint(name, said)
    for table in OWED:
        op.create_index(
            f"{table}_to_confirm", table, ["contract_id"], sqlite_where=TO_CONFIRM, postgresql_where=TO_CONFIRM
        )


def downgrade() -> None:
    for table in OWED:
        op.drop_index(f"{table}_to_confirm", table)
    for table, texts in TEXTS.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            for name in _checks(table):
                batch.drop_constraint(name, type_="check")
            for name in PEOPLE if table in OWED else ():
                batch.drop_constraint(f"{table}_{name}_fkey", type_="foreignkey")
            for name in (
                *texts,
                *((*PEOPLE, "said_done_on", "said_on", "times_said") if table in OWED else ("varied_on",)),
            ):
                batch.drop_column(name)


def _checks(table: str) -> dict[str, str]:
    if table not in OWED:
        return {"option_varied_by_something": "(varied_on is null) = (variation = '')"}
    checks = {
        f"{table}_said_done_by_someone": SAID,
        f"{table}_met_by_someone": "met_by_id is null or met_on is not null",
    }
    return (
        checks
        if table == "milestone"
        else {
            "obligation_recurs_from_a_day": "recurs = '' or due_on is not null",
            **checks,
        }
    )


def _take_over_what_was_said() -> None:
    reminders = sa.table("reminder", sa.column("id"), sa.column("person_id"), sa.column("day"))
    lines = sa.table(
        "reminder_line",
        sa.column("id"),
        sa.column("reminder_id"),
        sa.column("kind", sa.String),
        sa.column("subject_id"),
        sa.column("state", sa.String),
    )
    database = op.get_bind()
    for table, kinds in OWED.items():
        said = database.execute(
            sa.select(lines.c.subject_id, reminders.c.person_id, reminders.c.day)
            .join_from(lines, reminders, reminders.c.id == lines.c.reminder_id)
            .where(lines.c.kind.in_(kinds), lines.c.state == "said to be done")
            .order_by(lines.c.id)
        ).all()
        owed = sa.table(
            table,
            sa.column("id"),
            sa.column("met_on"),
            sa.column("said_done_on"),
            sa.column("said_on"),
            sa.column("said_done_by_id"),
        )
        for subject_id, person_id, day in said:
            database.execute(
                sa.update(owed)
                .where(owed.c.id == subject_id, owed.c.met_on.is_(None))
                .values(said_done_on=day, said_on=day, said_done_by_id=person_id)
            )

"""Visits and audits, with their findings. An action can be of a finding, and one that is serious or late is escalated."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KIND = (
    "site visit",
    "compliance sample",
    "assurance review",
    "financial audit",
    "security audit",
    "follow-up visit",
)
AUDIT_STATE = (
    "planned",
    "told to the partner",
    "held",
    "drafted",
    "with the partner for the factual check",
    "checked by the partner",
    "final",
    "cancelled",
)
OPINION = ("strong", "reasonable", "limited", "weak")
GRADE = ("critical", "major", "minor", "improvement", "strength")
FINDING_STATE = ("open", "disputed", "agreed", "done", "closed", "withdrawn")
SUBJECT, TRIGGERS = "finding", ("critical finding", "finding overdue", "finding disputed")
KINDS = ("visit or audit", "factual check", "finding", "finding to check", "action of a finding")
CHECKS = {
    "action_said_done_by_someone": "(said_done_on is null) = (said_done_by_id is null)",
    "action_said_done_for_a_finding": "finding_id is not null or said_done_on is null",
}


def upgrade() -> None:
    _create_tables()
    op.add_column("action", sa.Column("finding_id", KEY, nullable=True))
    op.add_column("action", sa.Column("said_done_on", sa.Date(), nullable=True))
    op.add_column("action", sa.Column("said_done_by_id", KEY, nullable=True))
    op.add_column("action", sa.Column("evidence", sa.String(length=500), nullable=True))
    op.execute(sa.update(sa.table("action", sa.column("evidence"))).values(evidence=""))
    with op.batch_alter_table("action", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("evidence", existing_type=sa.String(length=500), nullable=False)
        batch.create_foreign_key("action_finding_id_fkey", "finding", ["finding_id"], ["id"])
        batch.create_foreign_key("action_said_done_by_id_fkey", "person", ["said_done_by_id"], ["id"])
        for name, said in CHECKS.items():
            batch.create_check_constraint(name, said)
    op.create_index("ix_action_finding_id", "action", ["finding_id"])
    _change_words("escalation", "subject", "kind", more=SUBJECT)
    for trigger in TRIGGERS:
        _change_words("escalation", '"trigger"', '"trigger"', more=trigger)


def downgrade() -> None:
    _forget()
    for trigger in TRIGGERS:
        _change_words("escalation", '"trigger"', '"trigger"', less=trigger)
    _change_words("escalation", "subject", "kind", less=SUBJECT)
    op.drop_index("ix_action_finding_id", "action")
    with op.batch_alter_table("action", reflect_kwargs={"resolve_fks": False}) as batch:
        for name in CHECKS:
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint("action_said_done_by_id_fkey", type_="foreignkey")
        batch.drop_constraint("action_finding_id_fkey", type_="foreignkey")
        for name in ("evidence", "said_done_by_id", "said_done_on", "finding_id"):
            batch.drop_column(name)
    op.drop_table("finding_file")
    op.drop_table("finding")
    op.drop_table("audit")


def _choice(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _day(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _create_tables() -> None:
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        _text("public_id", 16),
        sa.Column("contract_id", KEY, nullable=False),
        _text("name", 150),
        sa.Column("kind", _choice("auditkind", KIND), nullable=False),
        _text("areas", 300),
        _text("place", 200),
        _text("scope", 1000),
        _text("team", 300),
        _text("notes", 1000),
        sa.Column("lead_id", KEY, nullable=False),
        _day("day", nullable=False),
        sa.Column("state", _choice("auditstate", AUDIT_STATE), nullable=False),
        _day("due_on"),
        _day("asked_day"),
        _text("asked_why", 300),
        _day("held_on"),
        sa.Column("opinion", _choice("opinion", OPINION), nullable=True),
        _text("summary", 2000),
        _day("final_on"),
        _text("ended_why", 300),
        sa.CheckConstraint("state in ('final', 'cancelled') or due_on is not null", name="audit_due_while_open"),
        sa.CheckConstraint(
            "state in ('planned', 'told to the partner', 'cancelled') or held_on is not null",
            name="audit_held",
        ),
        sa.CheckConstraint("state <> 'final' or final_on is not null", name="audit_final_on_a_day"),
        sa.CheckConstraint("state <> 'cancelled' or length(ended_why) > 0", name="audit_cancelled_for_a_reason"),
        sa.CheckConstraint("(asked_day is null) = (asked_why = '')", name="audit_another_day_for_a_reason"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index("ix_audit_public_id", "audit", ["public_id"], unique=True)
    op.create_index("ix_audit_due_on", "audit", ["due_on"])
    op.create_table(
        "finding",
        sa.Column("id", KEY, nullable=False),
        _text("public_id", 16),
        sa.Column("audit_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        _text("title", 150),
        sa.Column("grade", _choice("findinggrade", GRADE), nullable=False),
        _text("clause", 40),
        _text("fact", 2000),
        _text("link", 500),
        _text("file_name", 255),
        _text("file_type", 100),
        sa.Column("file_size", sa.Integer(), nullable=False),
        _text("file_hash", 64),
        sa.Column("repeat_of_id", KEY, nullable=True),
        sa.Column("state", _choice("findingstate", FINDING_STATE), nullable=False),
        _day("found_on", nullable=False),
        _day("due_on"),
        _day("next_on"),
        _text("comment", 1000),
        _text("answer", 1000),
        _text("containment", 1000),
        _text("root_cause", 1000),
        _text("dispute", 1000),
        _day("disputed_on"),
        _text("reason", 500),
        _day("closed_on"),
        sa.Column("closed_by_id", KEY, nullable=True),
        sa.CheckConstraint("(file_name = '') = (file_hash = '')", name="finding_file_has_a_hash"),
        sa.CheckConstraint("state <> 'disputed' or disputed_on is not null", name="finding_disputed_on_a_day"),
        sa.CheckConstraint("(state = 'closed') = (closed_on is not null)", name="finding_closed_on_a_day"),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["repeat_of_id"], ["finding.id"]),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("audit_id", "title"),
    )
    op.create_index("ix_finding_public_id", "finding", ["public_id"], unique=True)
    for column in ("contract_id", "due_on", "next_on"):
        op.create_index(f"ix_finding_{column}", "finding", [column])
    op.create_table(
        "finding_file",
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"]),
        sa.PrimaryKeyConstraint("finding_id"),
    )


def _forget() -> None:
    """Take out what names visits and findings, of which the revision before knows nothing."""
    escalations = sa.table("escalation", sa.column("id", sa.BigInteger), sa.column("kind"))
    steps = sa.table("escalation_step", sa.column("escalation_id", sa.BigInteger))
    of_findings = sa.select(escalations.c.id).where(escalations.c.kind == SUBJECT)
    op.execute(sa.delete(steps).where(steps.c.escalation_id.in_(of_findings)))
    op.execute(sa.delete(escalations).where(escalations.c.kind == SUBJECT))
    for table in ("more_time", "reminder_line", "reminder_setting", "snooze"):
        row = sa.table(table, sa.column("kind", sa.String))
        op.execute(sa.delete(row).where(row.c.kind.in_(KINDS)))


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

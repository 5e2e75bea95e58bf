"""Certificates of partners are records of their own, with their evidence: until now they were milestones of a kind.

A renewal that the department owed stays, as a milestone. One that was met is verified, and its end is not known.
"""

import re
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
KIND = ("insurance", "accreditation", "security")
STATE = ("awaited", "submitted", "verified")
DECISION = ("verified", "refused", "replaced")
RENEWAL = "certificate or policy"
SUBJECT, TRIGGER = "certificate", "certificate lapsed"
OPEN = sa.text("decided_at is null")
WITH_A_KIND = ("reminder_line", "snooze", "more_time")


def upgrade() -> None:
    _create_tables()
    _change_words("escalation", "subject", "kind", more=SUBJECT)
    _change_words("escalation", '"trigger"', '"trigger"', more=TRIGGER)
    _move_renewals()
    _change_words("milestone", "milestonekind", "kind", less=RENEWAL)


def downgrade() -> None:
    _change_words("milestone", "milestonekind", "kind", more=RENEWAL)
    _move_certificates_back()
    _forget_escalations()
    _change_words("escalation", '"trigger"', '"trigger"', less=TRIGGER)
    _change_words("escalation", "subject", "kind", less=SUBJECT)
    op.drop_table("evidence_file")
    op.drop_table("certificate_evidence")
    op.drop_table("certificate")


def _choice(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _create_tables() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("kind", _choice("certificatekind", KIND), nullable=False),
        sa.Column("body", sa.String(length=150), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("required_cover_pounds", KEY, nullable=True),
        sa.Column("cover_pounds", KEY, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("state", _choice("certificatestate", STATE), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by_id", KEY, nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name="certificate_ends_after_it_begins"),
        sa.CheckConstraint("cover_pounds >= 0 and required_cover_pounds >= 0", name="certificate_cover"),
        sa.CheckConstraint("verified_by_id is null or verified_on is not null", name="certificate_verified_on_a_day"),
        sa.CheckConstraint("state <> 'verified' or verified_on is not null", name="certificate_verified"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["verified_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index("ix_certificate_public_id", "certificate", ["public_id"], unique=True)
    op.create_index("ix_certificate_valid_to", "certificate", ["valid_to"])
    op.create_index("ix_certificate_needed_by", "certificate", ["needed_by"])
    op.create_table(
        "certificate_evidence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("body", sa.String(length=150), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("cover_pounds", KEY, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_type", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("given_by_id", KEY, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("decision", _choice("evidencedecision", DECISION), nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="evidence_ends_after_it_begins"),
        sa.CheckConstraint("length(link) > 0 or length(file_name) > 0", name="evidence_is_a_file_or_a_link"),
        sa.CheckConstraint("(file_name = '') = (file_hash = '')", name="evidence_file_has_a_hash"),
        sa.CheckConstraint("(decided_at is null) = (decision is null)", name="evidence_decided_at_a_time"),
        sa.CheckConstraint("decision <> 'refused' or length(reason) > 0", name="evidence_refused_for_a_reason"),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"]),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_certificate_evidence_public_id", "certificate_evidence", ["public_id"], unique=True)
    op.create_index("ix_certificate_evidence_certificate_id", "certificate_evidence", ["certificate_id"])
    op.create_index(
        "certificate_evidence_to_check",
        "certificate_evidence",
        ["certificate_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "evidence_file",
        sa.Column("evidence_id", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["certificate_evidence.id"]),
        sa.PrimaryKeyConstraint("evidence_id"),
    )


MILESTONE = sa.table(
    "milestone",
    *(sa.column(each) for each in ("id", "public_id", "contract_id", "name", "kind", "owed_by", "rule", "end_reason")),
    sa.column("due_on", sa.Date),
    sa.column("met_on", sa.Date),
)
CERTIFICATE = sa.table(
    "certificate",
    *(sa.column(each) for each in ("id", "public_id", "contract_id", "name", "kind", "body", "number", "state")),
    sa.column("valid_to", sa.Date),
    sa.column("needed_by", sa.Date),
    sa.column("verified_on", sa.Date),
)


def _of_a_kind(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("kind"), sa.column("subject_id", sa.BigInteger), sa.column("contract_id"))


def _move_renewals() -> None:
    database = op.get_bind()
    renewals = database.execute(sa.select(MILESTONE).where(MILESTONE.c.kind == RENEWAL)).all()
    for row in renewals:
        if row.owed_by == "partner":
            _renamed(row.id, "renewal", _as_certificate(row), "certificate")
            database.execute(sa.delete(MILESTONE).where(MILESTONE.c.id == row.id))
        else:
            _renamed(row.id, "renewal", row.id, "milestone")
            database.execute(sa.update(MILESTONE).where(MILESTONE.c.id == row.id).values(kind="milestone"))
    for name in WITH_A_KIND:  # of records that are no longer there
        rows = _of_a_kind(name)
        database.execute(sa.delete(rows).where(rows.c.kind == "renewal"))
    settings = _of_a_kind("reminder_setting")
    database.execute(sa.update(settings).where(settings.c.kind == "renewal").values(kind="certificate"))


def _as_certificate(row: sa.Row[tuple[object, ...]]) -> int:
    made = {
        "public_id": secrets.token_urlsafe(12),
        "contract_id": row.contract_id,
        "name": row.name,
        "kind": "insurance" if re.search("insurance|indemnity|liability", row.name, re.IGNORECASE) else "accreditation",
        "body": "",
        "number": "",
        "needed_by": row.due_on,
        "state": "verified" if row.met_on else "awaited",
        "verified_on": row.met_on,
    }
    return int(op.get_bind().scalar(sa.insert(CERTIFICATE).values(made).returning(CERTIFICATE.c.id)))


def _move_certificates_back() -> None:
    database = op.get_bind()
    for row in database.execute(sa.select(CERTIFICATE)).all():
        day = row.valid_to or row.needed_by or row.verified_on
        if day is None:
            continue  # a milestone has a day
        values = {
            "contract_id": row.contract_id,
            "name": row.name,
            "kind": RENEWAL,
            "owed_by": "partner",
            "due_on": day,
            "rule": "",
            "met_on": row.verified_on if row.valid_to is None else None,
            "public_id": secrets.token_urlsafe(12),
            "end_reason": "",
        }
        made = database.scalar(sa.insert(MILESTONE).values(values).returning(MILESTONE.c.id))
        _renamed(row.id, "certificate", made, "renewal")
    for name in WITH_A_KIND:
        rows = _of_a_kind(name)
        database.execute(sa.delete(rows).where(rows.c.kind.in_(("certificate", "certificate to check"))))
    settings = _of_a_kind("reminder_setting")
    database.execute(sa.delete(settings).where(settings.c.kind == "certificate to check"))
    database.execute(sa.update(settings).where(settings.c.kind == "certificate").values(kind="renewal"))


def _renamed(was: int, kind: str, now: int, called: str) -> None:
    """Reminders and what people asked for follow a record to its new table."""
    for name in WITH_A_KIND:
        rows = _of_a_kind(name)
        of_it = sa.and_(rows.c.kind == kind, rows.c.subject_id == was)
        op.get_bind().execute(sa.update(rows).where(of_it).values(kind=called, subject_id=now))


def _forget_escalations() -> None:
    escalations = sa.table("escalation", sa.column("id", sa.BigInteger), sa.column("kind"))
    steps = sa.table("escalation_step", sa.column("escalation_id", sa.BigInteger))
    of_certificates = sa.select(escalations.c.id).where(escalations.c.kind == SUBJECT)
    op.execute(sa.delete(steps).where(steps.c.escalation_id.in_(of_certificates)))
    op.execute(sa.delete(escalations).where(escalations.c.kind == SUBJECT))


def _change_words(table: str, name: str, column: str, *, more: str = "", less: str = "") -> None:
    """Let a column have one word more, or one less, than it may have now, where it has a list of words. On SQLite no row is touched (sqlite.org/lang_altertable.html,
    Making Other Kinds Of Table Schema Changes)."""
    database = op.get_bind()
    if database.dialect.name == "sqlite":
        _rewrite(table, rf"CONSTRAINT {name} CHECK \({column} IN \(([^)]*)\)\)", more, less)
        return
    found = sa.text(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = cast(:table as regclass) and conname = :name"
    )
    made = database.scalar(found, {"table": table, "name": name.strip('"')})
    if made is None:
        return
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
        return
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

"""What partners are told is a document: a memo or a policy, in versions, for the partner's organisation on each contract, with its
people's messages and its answers. Each change memo that was kept is one, with its number: those of the same number, subject and
day are one memo with several recipients. A recipient keeps the id of its memo, by which reminders know it."""

import secrets
from datetime import UTC, datetime, time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
KIND = sa.Enum("memo", "policy", name="documentkind", native_enum=False, create_constraint=True, length=40)
TABLES = (
    "document_exception",
    "document_question",
    "document_told",
    "document_notice",
    "document_recipient",
    "document_change",
    "document_version",
    "document_series",
    "document",
)
NOON = time(12, tzinfo=UTC)


def upgrade() -> None:
    _documents()
    _recipients()
    _answers()
    _carry_over()
    op.drop_index("ix_memo_public_id", "memo")
    op.drop_table("memo")


def downgrade() -> None:
    op.create_table(
        "memo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "number"),
    )
    op.create_index("ix_memo_public_id", "memo", ["public_id"], unique=True)
    _carry_back()
    for table in TABLES:
        op.drop_table(table)


def _carry_over() -> None:
    memo, document, version, recipient = (
        _table(name) for name in ("memo", "document", "document_version", "document_recipient")
    )
    database = op.get_bind()
    rows = database.execute(sa.select(memo).order_by(memo.c.number, memo.c.id)).mappings().all()
    known: dict[tuple[Any, ...], int] = {}
    for row in rows:
        same = (row["number"], row["subject"], row["sent_on"])
        if same not in known:
            known[same] = _added(document, kind="memo", number=row["number"])
            _added(
                version,
                document_id=known[same],
                version=1,
                state="issued",
                subject=row["subject"],
                acknowledge_by=row["acknowledge_by"],
                issued_at=datetime.combine(row["sent_on"], NOON),
                **dict.fromkeys(("summary", "action", "links", "sha256", "ended_why"), ""),
                **dict.fromkeys(("urgent", "for_information"), False),
            )
        of_it = sa.select(version.c.id).where(version.c.document_id == known[same])
        kept = {name: row[name] for name in ("id", "public_id", "contract_id", "acknowledge_by", "acknowledged_on")}
        counts = {"counts_wanted": 0, "counts_told": 0}
        asked_on = row["sent_on"] if row["acknowledged_on"] else None  # nobody was asked until now
        database.execute(
            recipient.insert().values(version_id=of_it.scalar_subquery(), asked_on=asked_on, **kept, **counts)
        )
    if database.dialect.name == "postgresql":
        database.execute(
            sa.text(
                "select setval(pg_get_serial_sequence('document_recipient', 'id'), max(id)) from document_recipient"
            )
        )


def _carry_back() -> None:
    """Memos with one recipient on each contract, as they were: what was drafted, withdrawn or superseded is left out."""
    memo, document, version, recipient = (
        _table(name) for name in ("memo", "document", "document_version", "document_recipient")
    )
    rows = op.get_bind().execute(
        sa.select(
            *(recipient.c[name] for name in ("id", "public_id", "contract_id", "acknowledged_on")),
            sa.func.coalesce(recipient.c.acknowledge_by, version.c.effective_on).label("acknowledge_by"),
            document.c.number,
            version.c.subject,
            version.c.issued_at,
        )
        .join(version, version.c.id == recipient.c.version_id)
        .join(document, document.c.id == version.c.document_id)
        .where(document.c.kind == "memo", version.c.state == "issued")
        .order_by(recipient.c.id)
    )
    kept = {}
    for row in rows.mappings():
        values = {name: row[name] for name in row if name != "issued_at"}
        sent_on = row["issued_at"].date()
        values |= {"sent_on": sent_on, "acknowledge_by": row["acknowledge_by"] or sent_on}
        kept[row["contract_id"], row["number"]] = values
    if kept:
        op.get_bind().execute(memo.insert(), list(kept.values()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("select setval(pg_get_serial_sequence('memo', 'id'), max(id)) from memo")


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _added(table: sa.Table, **values: object) -> int:
    """Insert a record with a public id of its own; returns its id."""
    inserted = op.get_bind().execute(table.insert().values(public_id=secrets.token_urlsafe(12), **values))
    key: Any = inserted.inserted_primary_key
    return int(key[0])


def _documents() -> None:
    """Documents, with what each version says."""
    op.create_table(
        "document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("document_number", "document", ["kind", "number"], unique=False)
    op.create_index("ix_document_public_id", "document", ["public_id"], unique=True)
    op.create_table(
        "document_series",
        sa.Column("kind", KIND, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "document_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "issued",
                "superseded",
                "withdrawn",
                "discarded",
                name="versionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=3000), nullable=False),
        sa.Column("action", sa.String(length=1000), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("for_information", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("ask_id", KEY, nullable=True),
        sa.Column("links", sa.String(length=2000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_by_id", KEY, nullable=True),
        sa.Column("issued_at", INSTANT, nullable=True),
        sa.Column("issued_by_id", KEY, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_why", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(state in ('draft', 'approved', 'discarded')) = (issued_at is null)", name="version_issued_at"
        ),
        sa.ForeignKeyConstraint(
            ["ask_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_id", "version"),
    )
    op.create_index(
        "document_version_begun",
        "document_version",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state in ('draft', 'approved')"),
        postgresql_where=sa.text("state in ('draft', 'approved')"),
    )
    op.create_index(
        "document_version_issued",
        "document_version",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state = 'issued'"),
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.create_index("ix_document_version_public_id", "document_version", ["public_id"], unique=True)
    op.create_table(
        "document_change",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("chapter", sa.String(length=100), nullable=False),
        sa.Column("paragraph", sa.String(length=100), nullable=False),
        sa.Column("change", sa.String(length=500), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id", "place"),
    )


def _recipients() -> None:
    """Who gets a version, and the message to each person."""
    op.create_table(
        "document_recipient",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by_id", KEY, nullable=True),
        sa.Column("passed_on_on", sa.Date(), nullable=True),
        sa.Column("passed_on_by_id", KEY, nullable=True),
        sa.Column("counts_wanted", sa.Integer(), nullable=False),
        sa.Column("counts_told", sa.Integer(), nullable=False),
        sa.Column("counts_at", INSTANT, nullable=True),
        sa.CheckConstraint("(passed_on_on is null) = (passed_on_by_id is null)", name="recipient_passed_on_by"),
        sa.CheckConstraint(
            "acknowledged_by_id is null or acknowledged_on is not null", name="recipient_acknowledged_on"
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["passed_on_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id", "contract_id"),
    )
    op.create_index(
        "document_recipient_uncounted",
        "document_recipient",
        ["version_id"],
        unique=False,
        sqlite_where=sa.text("counts_told < counts_wanted"),
        postgresql_where=sa.text("counts_told < counts_wanted"),
    )
    op.create_index(
        "document_recipient_open",
        "document_recipient",
        ["version_id"],
        unique=False,
        sqlite_where=sa.text("acknowledged_on is null and acknowledge_by is not null"),
        postgresql_where=sa.text("acknowledged_on is null and acknowledge_by is not null"),
    )
    op.create_index("ix_document_recipient_acknowledge_by", "document_recipient", ["acknowledge_by"], unique=False)
    op.create_index("ix_document_recipient_asked_on", "document_recipient", ["asked_on"], unique=False)
    op.create_index("ix_document_recipient_contract_id", "document_recipient", ["contract_id"], unique=False)
    op.create_index("ix_document_recipient_public_id", "document_recipient", ["public_id"], unique=True)
    op.create_table(
        "document_notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("withdrawal_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version_id", "person_id"),
    )
    op.create_index(
        "document_notice_untold",
        "document_notice",
        ["id"],
        unique=False,
        sqlite_where=sa.text("told < wanted"),
        postgresql_where=sa.text("told < wanted"),
    )
    op.create_index("ix_document_notice_person_id", "document_notice", ["person_id"], unique=False)
    op.create_index("ix_document_notice_public_id", "document_notice", ["public_id"], unique=True)
    op.create_table(
        "document_told",
        sa.Column("recipient_id", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["document_notice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["document_recipient.id"],
        ),
        sa.PrimaryKeyConstraint("recipient_id", "notice_id"),
    )
    op.create_index("ix_document_told_notice_id", "document_told", ["notice_id"], unique=False)


def _answers() -> None:
    """What recipients ask, and what they are answered."""
    op.create_table(
        "document_question",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_by_id", KEY, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("message", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(answered_at is null) = (answered_by_id is null)", name="question_answered_by"),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["document_recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "document_question_open",
        "document_question",
        ["answer_by"],
        unique=False,
        sqlite_where=sa.text("answered_at is null"),
        postgresql_where=sa.text("answered_at is null"),
    )
    op.create_index("ix_document_question_public_id", "document_question", ["public_id"], unique=True)
    op.create_index("ix_document_question_recipient_id", "document_question", ["recipient_id"], unique=False)
    op.create_table(
        "document_exception",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_until", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                name="exceptionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("message", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name="exception_decided_at"),
        sa.CheckConstraint("(state = 'granted') = (until is not null)", name="exception_granted_until"),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["document_recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "document_exception_open",
        "document_exception",
        ["decide_by"],
        unique=False,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("ix_document_exception_public_id", "document_exception", ["public_id"], unique=True)
    op.create_index("ix_document_exception_recipient_id", "document_exception", ["recipient_id"], unique=False)

"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
FIGURE = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "job_heartbeat",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=150), nullable=False),
        sa.Column("watched_since", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("succeeded_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("next_run_at", INSTANT, nullable=False),
        sa.Column("overdue_at", INSTANT, nullable=False),
        sa.Column("incident_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("job"),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rule", "subject", "due_at"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "department",
                "private company",
                "charity",
                "local authority",
                "community interest company",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "receipt",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "contract",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("purpose", sa.String(length=3000), nullable=False),
        sa.Column("objectives", sa.String(length=3000), nullable=False),
        sa.Column("partner_id", KEY, nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "Procurement Act 2023",
                "Public Contracts Regulations 2015",
                name="regime",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("light_touch", sa.Boolean(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "contract",
                "grant",
                "framework",
                "concession",
                name="agreementform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "supplies",
            sa.Enum(
                "goods", "services", "works", name="supplies", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("kpi_exemption", sa.String(length=300), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("value_pounds", KEY, nullable=False),
        sa.Column("value_with_vat_pounds", KEY, nullable=True),
        sa.Column("service_credit_cap", FIGURE, nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("longest_end_date", sa.Date(), nullable=False),
        sa.Column(
            "nation",
            sa.Enum(
                "England and Wales",
                "Scotland",
                "Northern Ireland",
                name="nation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "pre-procurement",
                "procurement",
                "mobilisation",
                "transition",
                "live delivery",
                "change or extension",
                "exit",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ocds_id", sa.String(length=60), nullable=False),
        sa.Column("notice_id", sa.String(length=20), nullable=False),
        sa.Column("documents", sa.String(length=2000), nullable=False),
        sa.Column("report_working_day", sa.Integer(), nullable=False),
        sa.Column("next_period", sa.String(length=7), nullable=False),
        sa.Column("next_report_at", INSTANT, nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("end_date > start_date", name="contract_ends_after_start"),
        sa.CheckConstraint("length(reference) > 0", name="contract_has_a_reference"),
        sa.CheckConstraint("length(title) > 0", name="contract_has_a_title"),
        sa.CheckConstraint("longest_end_date >= end_date", name="contract_longest_end"),
        sa.CheckConstraint("report_working_day between 1 and 15", name="contract_report_working_day"),
        sa.CheckConstraint("value_pounds >= 0", name="contract_value"),
        sa.CheckConstraint("value_with_vat_pounds >= value_pounds", name="contract_value_with_vat"),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(op.f("ix_contract_next_report_at"), "contract", ["next_report_at"], unique=False)
    op.create_index(op.f("ix_contract_partner_id"), "contract", ["partner_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slack", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "substr(slack, 1, 1) in ('U', 'W') and length(slack) >= 2", name="person_has_a_slack_account"
        ),
        sa.CheckConstraint("not (guest and administrator)", name="person_guest_is_no_administrator"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slack"),
    )
    op.create_index(op.f("ix_person_organisation_id"), "person", ["organisation_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("slack", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("slack"),
    )
    op.create_index(op.f("ix_team_organisation_id"), "team", ["organisation_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="absence_ends_after_start"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "first_day"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("contract_id", KEY, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_audit_entry_contract_id"), "audit_entry", ["contract_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)
    op.create_table(
        "channel",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slack", sa.String(length=40), nullable=False),
        sa.Column("contract_id", KEY, nullable=True),
        sa.Column(
            "audience",
            sa.Enum("internal", "shared", name="audience", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("contract_id is not null or audience = 'internal'", name="portfolio_is_internal"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slack"),
    )
    op.create_index(op.f("ix_channel_contract_id"), "channel", ["contract_id"], unique=False)
    op.create_table(
        "chart_file",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("slack_file", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "digest",
        sa.Column("channel_id", KEY, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column(
            "if_quiet",
            sa.Enum("one line", "silence", name="quietweek", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name="digest_weekday"),
        sa.CheckConstraint("hour between 9 and 16", name="digest_in_working_hours"),
        sa.CheckConstraint("minute between 0 and 59", name="digest_minute"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id"),
    )
    op.create_table(
        "digest_post",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("contract_id", KEY, nullable=True),
        sa.Column(
            "audience",
            sa.Enum("internal", "shared", name="audience", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.CheckConstraint("contract_id is not null or audience = 'internal'", name="digest_of_portfolio_is_internal"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_digest_post_channel"), "digest_post", ["channel"], unique=False)
    op.create_index(op.f("ix_digest_post_contract_id"), "digest_post", ["contract_id"], unique=False)
    op.create_table(
        "digest_line",
        sa.Column("post_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column(
            "rating",
            sa.Enum(
                "Good",
                "Approaching target",
                "Requires improvement",
                "Inadequate",
                "Other",
                name="rating",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=600), nullable=False),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["digest_post.id"],
        ),
        sa.PrimaryKeyConstraint("post_id", "contract_id"),
    )
    op.create_index(op.f("ix_digest_line_contract_id"), "digest_line", ["contract_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "phone",
                "video",
                "face to face",
                "letter",
                "site visit",
                "Slack message",
                name="contactchannel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("happened_at", sa.Time(), nullable=True),
        sa.Column(
            "made_by",
            sa.Enum("by us", "by the partner", name="madeby", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("attendees", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=3000), nullable=False),
        sa.Column("decisions", sa.String(length=3000), nullable=False),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("formal_notice", sa.Boolean(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("logged_at", INSTANT, nullable=False),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("not withdrawn or corrects_id is not null", name="contact_withdrawn_points_at_entry"),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("corrects_id"),
    )
    op.create_index(op.f("ix_contact_contract_id"), "contact", ["contract_id"], unique=False)
    op.create_index(op.f("ix_contact_happened_on"), "contact", ["happened_on"], unique=False)
    op.create_table(
        "contact_person",
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("contact_id", "person_id"),
    )
    op.create_index(op.f("ix_contact_person_person_id"), "contact_person", ["person_id"], unique=False)
    op.create_table(
        "extension_option",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=150), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("open", "taken", "declined", name="decision", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.CheckConstraint("decision <> 'open' or decide_by >= recorded_on", name="option_can_be_decided"),
        sa.CheckConstraint("months >= 1", name="option_months"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index(op.f("ix_extension_option_decide_by"), "extension_option", ["decide_by"], unique=False)
    op.create_table(
        "kpi",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("definition", sa.String(length=1000), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "%",
                "days",
                "working days",
                "hours",
                "seconds",
                "per 1,000",
                "per 100,000",
                "count",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "higher is better",
                "lower is better",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "combines",
            sa.Enum(
                "ratio",
                "average",
                "sum",
                "last",
                name="combining",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("good", FIGURE, nullable=False),
        sa.Column("approaching", FIGURE, nullable=False),
        sa.Column("requires_improvement", FIGURE, nullable=False),
        sa.Column(
            "source",
            sa.Enum("self-reported", "verified", name="source", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(direction = 'higher is better' and good >= approaching and approaching >= requires_improvement) or (direction = 'lower is better' and good <= approaching and approaching <= requires_improvement)",
            name="kpi_cut_offs_in_order",
        ),
        sa.CheckConstraint("weight between 0 and 100", name="kpi_weight"),
        sa.CheckConstraint(
            "combines <> 'sum' or unit not in ('%', 'per 1,000', 'per 100,000')", name="kpi_shares_do_not_add_up"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "code"),
    )
    op.create_table(
        "memo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "number"),
    )
    op.create_table(
        "milestone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "milestone",
                "deliverable",
                "certificate or policy",
                name="milestonekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "owed_by",
            sa.Enum("department", "partner", name="party", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=150), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index(op.f("ix_milestone_due_on"), "milestone", ["due_on"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "owed_by",
            sa.Enum("department", "partner", name="party", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("clause", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("rule", sa.String(length=150), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.CheckConstraint("rule = '' or due_on is not null", name="obligation_rule_gives_a_day"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "name"),
    )
    op.create_index(op.f("ix_obligation_due_on"), "obligation", ["due_on"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("internal", "shared", name="audience", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("contract_id", KEY, nullable=True),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("thread_of_id", KEY, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("charts", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "failed",
                "dead",
                "withheld",
                "dropped",
                name="outboxstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("slack_channel", sa.String(length=40), nullable=True),
        sa.Column("slack_ts", sa.String(length=40), nullable=True),
        sa.Column("permalink", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (slack_ts is not null)", name="outbox_sent_has_ts"),
        sa.CheckConstraint("replaces_id is null or thread_of_id is null", name="outbox_update_stays_in_place"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["outbox_message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["thread_of_id"],
            ["outbox_message.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("outbox_sent", "outbox_message", ["channel", "settled_at"], unique=False)
    op.create_index("outbox_standing", "outbox_message", ["slack_channel", "slack_ts"], unique=False)
    op.create_index(
        "outbox_waiting",
        "outbox_message",
        ["channel", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('pending', 'sending', 'failed')"),
        postgresql_where=sa.text("state in ('pending', 'sending', 'failed')"),
    )
    op.create_table(
        "rectification_plan",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "submitted",
                "accepted",
                "rejected",
                "monitored",
                "cured",
                "failed",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=3000), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "title"),
    )
    op.create_index(op.f("ix_rectification_plan_due_on"), "rectification_plan", ["due_on"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("prompt_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=True),
        sa.Column("reporter_id", KEY, nullable=True),
        sa.Column("narrative", sa.String(length=3000), nullable=False),
        sa.Column(
            "rag",
            sa.Enum("Green", "Amber", "Red", name="rag", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("rag_reason", sa.String(length=1000), nullable=False),
        sa.Column("path_to_green", sa.String(length=1000), nullable=False),
        sa.Column("revised_at", INSTANT, nullable=True),
        sa.Column(
            "decision",
            sa.Enum("accepted", "queried", name="reportdecision", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("judgements", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by_id is null or decided_at is not null", name="report_decided_by_someone_sometime"
        ),
        sa.CheckConstraint(
            "coalesce(decision, '') <> 'queried' or decided_by_id is not null", name="report_queried_by_someone"
        ),
        sa.CheckConstraint("(decision is null) = (decided_at is null)", name="report_decided_at_some_time"),
        sa.CheckConstraint("queries = 0 or length(query) > 0", name="report_query_has_words"),
        sa.CheckConstraint("(received_at is null) = (reporter_id is null)", name="report_received_by_someone"),
        sa.CheckConstraint("coalesce(decision, '') <> 'queried' or queries > 0", name="report_queried_is_counted"),
        sa.CheckConstraint(
            "coalesce(rag, 'Green') = 'Green' or (length(rag_reason) > 0 and length(path_to_green) > 0)",
            name="report_rag_has_a_path",
        ),
        sa.CheckConstraint("rag is null or received_at is not null", name="report_rag_is_received"),
        sa.CheckConstraint("decision is null or received_at is not null", name="report_decided_is_received"),
        sa.CheckConstraint("revised_at is null or received_at is not null", name="report_revised_is_received"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "period"),
    )
    op.create_index(op.f("ix_report_decided_at"), "report", ["decided_at"], unique=False)
    op.create_index(op.f("ix_report_due_on"), "report", ["due_on"], unique=False)
    op.create_index(op.f("ix_report_received_at"), "report", ["received_at"], unique=False)
    op.create_table(
        "risk",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.String(length=1000), nullable=False),
        sa.Column("effect", sa.String(length=1000), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "strategy",
                "governance",
                "operations",
                "legal",
                "property",
                "financial",
                "commercial",
                "people",
                "technology",
                "information",
                "security",
                "programme",
                "reputational",
                name="riskcategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "audience",
            sa.Enum("internal", "shared", name="audience", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("shown_as", sa.String(length=80), nullable=False),
        sa.Column("inherent_likelihood", sa.Integer(), nullable=True),
        sa.Column("inherent_impact", sa.Integer(), nullable=True),
        sa.Column("likelihood", sa.Integer(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("target_likelihood", sa.Integer(), nullable=True),
        sa.Column("target_impact", sa.Integer(), nullable=True),
        sa.Column("controls", sa.String(length=1000), nullable=False),
        sa.Column("proximity_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "issue", "closed", name="riskstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "response",
            sa.Enum(
                "treat",
                "tolerate",
                "transfer",
                "terminate",
                name="riskresponse",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("response_note", sa.String(length=1000), nullable=False),
        sa.Column("happened", sa.String(length=1000), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_reason", sa.String(length=300), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("raised_by_id", KEY, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.CheckConstraint("(status = 'closed') = (closed_on is not null)", name="risk_closed_on"),
        sa.CheckConstraint("status <> 'closed' or closing_reason <> ''", name="risk_closed_for_a_reason"),
        sa.CheckConstraint(
            "(likelihood is null) = (impact is null) and (likelihood is null) = (inherent_likelihood is null)"
            " and (inherent_likelihood is null) = (inherent_impact is null)",
            name="risk_assessed_whole",
        ),
        sa.CheckConstraint("(target_likelihood is null) = (target_impact is null)", name="risk_target_whole"),
        sa.CheckConstraint("impact between 1 and 5", name="risk_impact"),
        sa.CheckConstraint("inherent_impact between 1 and 5", name="risk_inherent_impact"),
        sa.CheckConstraint("inherent_likelihood between 1 and 5", name="risk_inherent_likelihood"),
        sa.CheckConstraint("likelihood between 1 and 5", name="risk_likelihood"),
        sa.CheckConstraint("status <> 'issue' or happened <> ''", name="risk_issue_happened"),
        sa.CheckConstraint("target_impact between 1 and 5", name="risk_target_impact"),
        sa.CheckConstraint("target_likelihood between 1 and 5", name="risk_target_likelihood"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_risk_contract_id"), "risk", ["contract_id"], unique=False)
    op.create_index(op.f("ix_risk_proximity_on"), "risk", ["proximity_on"], unique=False)
    op.create_index(op.f("ix_risk_review_on"), "risk", ["review_on"], unique=False)
    op.create_table(
        "action",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("risk_id", KEY, nullable=True),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_by_another", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", KEY, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", KEY, nullable=True),
        sa.Column("done_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(done_on is null) = (done_by_id is null)", name="action_done_by_someone"),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_action_contract_id"), "action", ["contract_id"], unique=False)
    op.create_index(op.f("ix_action_due_on"), "action", ["due_on"], unique=False)
    op.create_index(op.f("ix_action_risk_id"), "action", ["risk_id"], unique=False)
    op.create_table(
        "role",
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "contract manager",
                "performance manager",
                "senior owner",
                "head of contract management",
                "commercial lead",
                "viewer",
                "partner contact",
                name="rolename",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("deputy_id", KEY, nullable=True),
        sa.CheckConstraint("deputy_id <> person_id", name="role_deputy_is_another"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("contract_id", "person_id", "role"),
    )
    op.create_index(op.f("ix_role_deputy_id"), "role", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_role_person_id"), "role", ["person_id"], unique=False)
    op.create_table(
        "escalation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "risk",
                "report",
                "query",
                "ratings",
                "plan",
                "milestone",
                "obligation",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "very high",
                "above appetite",
                "worse than at the last review",
                "review overdue",
                "action overdue",
                "near with no action",
                "by hand",
                "report late",
                "query not answered",
                "rated inadequate",
                "requires improvement twice in a row",
                "plan late",
                "plan failed",
                "duty missed",
                name="trigger",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "owner",
                "contract manager",
                "head of contract management",
                "senior owner",
                "commercial director",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "asked",
                "acknowledged",
                "took over",
                "asked for a plan",
                "paused",
                "not reached",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("ping", sa.String(length=80), nullable=False),
        sa.Column("notice", sa.String(length=80), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum(
                "closed",
                "fallen",
                "settled",
                "escalated again",
                name="escalationend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(ended_at is null) = (ended_because is null)", name="escalation_ended_for_a_reason"),
        sa.CheckConstraint("ended_at is null or due_at is null", name="escalation_ended_runs_no_more"),
        sa.CheckConstraint(
            "(until is not null) = (standing in ('acknowledged', 'took over', 'asked for a plan', 'paused'))",
            name="escalation_answered_until",
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "escalation_open",
        "escalation",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("escalation_of", "escalation", ["kind", "subject_id"], unique=False)
    op.create_index(
        "escalation_with",
        "escalation",
        ["owner_id"],
        unique=False,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(op.f("ix_escalation_contract_id"), "escalation", ["contract_id"], unique=False)
    op.create_index(op.f("ix_escalation_due_at"), "escalation", ["due_at"], unique=False)
    op.create_table(
        "escalation_step",
        sa.Column("escalation_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asked",
                "acknowledged",
                "took over",
                "asked for a plan",
                "paused",
                "not reached",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("pinged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("escalation_id", "number"),
    )
    op.create_table(
        "reading",
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("kpi_id", KEY, nullable=False),
        sa.Column("value", FIGURE, nullable=True),
        sa.Column("part", FIGURE, nullable=True),
        sa.Column("whole", FIGURE, nullable=True),
        sa.Column(
            "rating",
            sa.Enum(
                "Good",
                "Approaching target",
                "Requires improvement",
                "Inadequate",
                "Other",
                name="rating",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "computed",
            sa.Enum(
                "Good",
                "Approaching target",
                "Requires improvement",
                "Inadequate",
                "Other",
                name="computed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("override_reason", sa.String(length=300), nullable=False),
        sa.Column("overridden_at", INSTANT, nullable=True),
        sa.Column("overridden_by_id", KEY, nullable=True),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("verified_by_id", KEY, nullable=True),
        sa.CheckConstraint(
            "(overridden_at is null) = (overridden_by_id is null)", name="reading_overridden_by_someone"
        ),
        sa.CheckConstraint("(verified_at is null) = (verified_by_id is null)", name="reading_verified_by_someone"),
        sa.CheckConstraint("coalesce(whole, 0) = 0 or value is not null", name="reading_parts_make_a_value"),
        sa.CheckConstraint("coalesce(whole, 1) > 0 or value is null", name="reading_nothing_has_no_value"),
        sa.CheckConstraint("overridden_at is not null or rating = computed", name="reading_rating_is_computed"),
        sa.CheckConstraint(
            "overridden_at is null or length(override_reason) > 0", name="reading_overridden_for_a_reason"
        ),
        sa.CheckConstraint("part is null or whole is not null", name="reading_part_of_a_whole"),
        sa.ForeignKeyConstraint(
            ["kpi_id"],
            ["kpi.id"],
        ),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("report_id", "kpi_id"),
    )
    op.create_index(op.f("ix_reading_kpi_id"), "reading", ["kpi_id"], unique=False)
    op.create_table(
        "risk_assessment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("risk_id", KEY, nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("assessed_by_id", KEY, nullable=True),
        sa.Column("assessed_at", INSTANT, nullable=False),
        sa.CheckConstraint("impact between 1 and 5", name="risk_assessment_impact"),
        sa.CheckConstraint("likelihood between 1 and 5", name="risk_assessment_likelihood"),
        sa.ForeignKeyConstraint(
            ["assessed_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_risk_assessment_risk_id"), "risk_assessment", ["risk_id"], unique=False)
    op.create_table(
        "home_page",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "home_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_home_change_person_id"), "home_change", ["person_id"], unique=False)
    op.create_table(
        "kept_form",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("view", sa.JSON(), nullable=True),
        sa.Column("shown_as", sa.String(length=120), nullable=False),
        sa.Column("since", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "form", "subject"),
    )
    op.create_index(op.f("ix_kept_form_at"), "kept_form", ["at"], unique=False)
    op.create_table(
        "report_answer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("query", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("words", sa.String(length=3000), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_report_answer_report_id"), "report_answer", ["report_id"], unique=False)
    op.create_table(
        "stage_review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "pre-procurement",
                "procurement",
                "mobilisation",
                "transition",
                "live delivery",
                "change or extension",
                "exit",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_stage_review_contract_id"), "stage_review", ["contract_id"], unique=False)
    op.create_table(
        "reassessment",
        sa.Column("stage_review_id", KEY, nullable=False),
        sa.Column("risk_id", KEY, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stage_review_id"],
            ["stage_review.id"],
        ),
        sa.PrimaryKeyConstraint("stage_review_id", "risk_id"),
    )
    op.create_index(op.f("ix_reassessment_risk_id"), "reassessment", ["risk_id"], unique=False)
    op.create_table(
        "risk_settings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("medium_from", sa.Integer(), nullable=False),
        sa.Column("high_from", sa.Integer(), nullable=False),
        sa.Column("very_high_from", sa.Integer(), nullable=False),
        sa.Column(
            "severe_at_least",
            sa.Enum(
                "Low",
                "Medium",
                "High",
                "Very high",
                name="band",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("low_days", sa.Integer(), nullable=False),
        sa.Column("medium_days", sa.Integer(), nullable=False),
        sa.Column("high_days", sa.Integer(), nullable=False),
        sa.Column("very_high_days", sa.Integer(), nullable=False),
        sa.Column("appetite", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name="risk_settings_one_row"),
        sa.CheckConstraint(
            "medium_from > 1 and high_from > medium_from and very_high_from > high_from and very_high_from <= 25",
            name="risk_settings_bands_rise",
        ),
        sa.CheckConstraint(
            "very_high_days > 0 and high_days >= very_high_days and medium_days >= high_days"
            " and low_days >= medium_days",
            name="risk_settings_serious_are_reviewed_sooner",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    _nudges()
    _make_append_only("audit_entry")
    _make_append_only("contact")
    _make_append_only("contact_person")
    _make_append_only("risk_assessment")


def _nudges() -> None:
    """What people are reminded of, and what they answer."""
    op.create_table(
        "more_time",
        sa.Column("id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "milestone",
                "deliverable",
                "renewal",
                "obligation",
                "option to extend",
                "action",
                "risk review",
                "contact",
                "yearly assessment",
                name="nudgekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("to_decide_id", KEY, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.CheckConstraint("(decided_at is null) = (agreed is null)", name="more_time_decided_is_yes_or_no"),
        sa.CheckConstraint("(decided_at is null) = (decided_by_id is null)", name="more_time_decided_by_someone"),
        sa.CheckConstraint("until > due_on", name="more_time_is_later"),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_decide_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_more_time_contract_id"), "more_time", ["contract_id"], unique=False)
    op.create_index(
        "more_time_waiting",
        "more_time",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("decided_at is null"),
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_table(
        "nudge",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times_told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "day"),
    )
    op.create_index(op.f("ix_nudge_day"), "nudge", ["day"], unique=False)
    op.create_table(
        "nudge_setting",
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "milestone",
                "deliverable",
                "renewal",
                "obligation",
                "option to extend",
                "action",
                "risk review",
                "contact",
                "yearly assessment",
                name="nudgekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=60), nullable=False),
        sa.Column("late_every", sa.Integer(), nullable=True),
        sa.CheckConstraint("late_every is null or late_every >= 1", name="nudge_setting_late_every"),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.PrimaryKeyConstraint("contract_id", "kind"),
    )
    op.create_table(
        "snooze",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "milestone",
                "deliverable",
                "renewal",
                "obligation",
                "option to extend",
                "action",
                "risk review",
                "contact",
                "yearly assessment",
                name="nudgekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "kind", "subject_id"),
    )
    op.create_index(op.f("ix_snooze_until"), "snooze", ["until"], unique=False)
    op.create_table(
        "nudge_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("nudge_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "milestone",
                "deliverable",
                "renewal",
                "obligation",
                "option to extend",
                "action",
                "risk review",
                "contact",
                "yearly assessment",
                name="nudgekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("meant_for_id", KEY, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "snoozed",
                "said to be done",
                "more time asked for",
                "passed on",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
        ),
        sa.ForeignKeyConstraint(
            ["meant_for_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["nudge_id"],
            ["nudge.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("nudge_id", "kind", "subject_id"),
    )
    op.create_index(op.f("ix_nudge_line_nudge_id"), "nudge_line", ["nudge_id"], unique=False)


def _make_append_only(table: str) -> None:
    """The database itself refuses to change or remove a row. On PostgreSQL that covers TRUNCATE as well."""
    if op.get_bind().dialect.name == "sqlite":
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

"""Markers: words in every record that nobody could guess or types, which say who may read them.

Each text column of each table is told here: a new one fails a test until somebody has decided who reads it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import JSON, String
from sqlmodel import AutoString, Session, SQLModel, col

from bot import trail
from bot.db import insert, table
from bot.models import (
    ActionItem,
    Audit,
    AuditKind,
    AuditState,
    Certificate,
    CertificateKind,
    Contact,
    ContactChannel,
    Contract,
    CreditState,
    ExtensionOption,
    Finding,
    FindingGrade,
    Invoice,
    Kpi,
    MadeBy,
    Milestone,
    MilestoneKind,
    Obligation,
    Organisation,
    OrganisationKind,
    Party,
    Person,
    PlanStatus,
    RectificationPlan,
    Report,
    Risk,
    ServiceCredit,
    Spend,
)
from tests.builders import add_memo

MARKED_ON = date(2026, 12, 1)
MARKER = re.compile(r"q(\d{4})q")


def _columns(*tables: str) -> frozenset[str]:
    """The full names of columns, told as "table: column column"."""
    told = (each.partition(": ") for each in tables)
    return frozenset(f"{table}.{column}" for table, _, columns in told for column in columns.split())


# Who may read a column of words: the department alone, or the record's partner as well.
INTERNAL = _columns(
    "action: what done_note evidence",
    "audit: notes",
    "trail_entry: why details changes",
    "contact: attendees decisions link purpose summary",
    "contract: objectives kpi_exemption tier documents",
    "escalation: what why",
    "escalation_step: reason",
    "extension_option: name decision_reason end_reason variation",
    "kpi: end_reason",
    "milestone: end_reason evidence",
    "obligation: end_reason evidence",
    "legal_hold: reason",
    "more_time: why",
    "person: email",
    "rectification_plan: reason opportunity",
    "intervention: area reason exit_test outcome",
    "intervention_entry: words",
    "service_credit: reason",
    "spend: reason",
    "benefit: name unit",
    "risk: controls response_note happened closing_reason",
    "risk_assessment: why",
)
# What of a risk its partner may read while it is shared with them, and the department alone otherwise.
WHILE_SHARED = _columns("risk: title cause effect")
# What of a visit its partner may read once it was told of it, and what only once it has the draft report.
ONCE_TOLD = _columns("audit: name areas place scope team asked_why ended_why")
ONCE_REPORTED = _columns(
    "audit: summary",
    "finding: title clause fact comment answer containment root_cause dispute reason",
)
PARTNERS = _columns(
    "certificate: name body number",
    "certificate_evidence: body number reason",
    "contract: title purpose",
    "digest_line: why",
    "kpi: name definition",
    "document_version: subject summary action links ended_why",
    "document_change: chapter paragraph change version",
    "document_question: words answer",
    "document_exception: reason decision",
    "milestone: name",
    "obligation: name clause",
    "organisation: name",
    "person: name",
    "reading: why override_reason",
    "rectification_plan: title shortfall grounds",
    "plan_submission: default containment root_cause effect prevention",
    "plan_step: what owner",
    "intervention: told_words",
    "service_credit: comment invoice",
    "invoice: number dispute",
    "credit_working_line: name figure why",
    "report: narrative query rag_reason path_to_green evidence",
    "report_answer: words",
)
OF_ITS_OWNER = _columns(
    "action: what evidence"
)  # the department's alone, but for an action of the partner's own people
# Ids, codes, rules, what search looks in, and what the bot itself writes down of what it sends.
NO_WORDS = _columns(
    "kpi_target: from_period",
    "absence: public_id",
    "action: public_id folded",
    "audit: public_id",
    "finding: public_id link file_name file_type file_hash",
    "trail_entry: actor action subject salt digest",
    "trail_seal: entries previous digest",
    "certificate: public_id",
    "certificate_evidence: public_id link file_name file_type file_hash",
    "calendar_basis: days proclaimed",
    "channel: slack",
    "chart_file: key slack_file",
    "contact: public_id folded",
    "contract: public_id folded words reference next_period ocds_id notice_id",
    "contract_removal: reference",
    "digest_line: period risks late",
    "digest_post: channel headline",
    "escalation: public_id ping notice",
    "escalation_step: message",
    "extension_option: public_id rule",
    "document: public_id",
    "document_version: public_id sha256",
    "document_recipient: public_id",
    "document_notice: public_id",
    "document_question: public_id message",
    "document_exception: public_id message",
    "rectification_plan: public_id assumed",
    "plan_submission: public_id",
    "intervention: public_id",
    "credit_terms: since",
    "spend: period",
    "benefit: public_id",
    "benefit_figure: period",
    "credit_working_line: kpi",
    "invoice: public_id period",
    "service_credit: public_id period",
    "home_page: shown",
    "job_heartbeat: job what reason",
    "form_draft: public_id form subject entered view shown_as",
    "kpi: public_id code last_period",
    "kpi_target: from_period",
    "milestone: public_id rule",
    "more_time: public_id what",
    "reminder_line: public_id what",
    "reminder_setting: before after",
    "obligation: public_id rule recurs next_rule",
    "occurrence: rule subject",
    "organisation: public_id folded words key",
    "known_word: word",
    "outbox_message: subject key channel text blocks charts template why",
    "outbox_message: lease last_error slack_channel slack_ts permalink",
    "person: slack folded",
    "pinned_list: channel message shown problem",
    "proclaimed_day: public_id name source",
    "receipt: key typed answer",
    "report: public_id period",
    "risk: public_id shown_as",
    "risk_settings: appetite",
    "shared_channel: slack",
    "slack_channel: slack members outside",
    "direct_channel: slack channel",
    "earlier_account: slack",
    "slack_user: slack team_id teams enterprise_id enterprise_teams name display_name handle email time_zone",
    "team: slack",
)
APPEND_ONLY = (
    "trail_entry",
    "trail_seal",
    "contact",
    "contact_person",
    "risk_assessment",
    "contract_removal",
)  # their rows are marked when they are made


@dataclass
class Markers:
    """The markers that were made: what each stands in, and the key of the partner who may read it, if one may.

    `risks` has the risk whose words a marker is, which a partner reads only while the risk is one of `shared`. `told`
    and `reported` have the visit that a marker is of, which a partner reads unless the visit is one of `untold` or
    `drafted`.
    """

    made: list[tuple[str, str | None]] = field(default_factory=list)
    risks: dict[str, int] = field(default_factory=dict)
    shared: frozenset[int] = frozenset()
    told: dict[str, int] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    untold: frozenset[int] = frozenset()
    drafted: frozenset[int] = frozenset()

    def make(self, what: str, partner: str | None = None) -> str:
        """A new marker."""
        self.made.append((what, partner))
        return f"q{len(self.made) - 1:04}q"

    def take(self, others: "Markers") -> None:
        """Add the markers of a register that was filled."""
        self.made.extend(others.made)
        self.risks |= others.risks
        self.told |= others.told
        self.reported |= others.reported

    def of_risk(self, risk: int, markers: Iterable[str]) -> None:
        """Say that markers, which were made for a partner, are the words of a risk."""
        self.risks |= dict.fromkeys(markers, risk)

    def forbidden(self, text: str, partner: str | None) -> set[str]:
        """What stands in a text that somebody of this partner (None: of none) may not read."""
        return {what for what, reader in map(self._read, MARKER.findall(text)) if reader is None or reader != partner}

    def _read(self, number: str) -> tuple[str, str | None]:
        """What a marker stands in, and who of the partners may read it now."""
        what, reader = self.made[int(number)]
        if self.told.get(f"q{number}q") in self.untold or self.reported.get(f"q{number}q") in self.drafted:
            return f"{what}, which is a draft", None
        risk = self.risks.get(f"q{number}q")
        return (what, reader) if risk is None or risk in self.shared else (f"{what}, which is not shared", None)


def words_of(model: type[SQLModel]) -> list[Column[object]]:
    """The columns of a table that hold words."""
    return [
        column
        for column in table(model).columns
        if isinstance(column.type, AutoString | String | JSON) and not isinstance(column.type, SqlEnum)
    ]


def models() -> list[type[SQLModel]]:
    """Every table's class."""
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]


def mark(session: Session) -> Markers:
    """Add what the sample lacks, and begin every text of the register with a marker of its own."""
    markers = Markers()
    keys = {each.id: each.key for each in session.scalars(select(Organisation))}
    partners = {each.id: keys[each.partner_id] for each in session.scalars(select(Contract))}
    for contract, partner in partners.items():
        _add_what_the_sample_lacks(session, markers, contract, partner)
    for model in models():
        columns = [each for each in words_of(model) if str(each) not in NO_WORDS]
        if model.__tablename__ in APPEND_ONLY or not columns:
            continue
        for row in session.scalars(select(model)):
            own = _partner_of(session, row, partners)
            theirs = _is_partners_own(session, row)
            if isinstance(row, ExtensionOption):
                row.varied_on = row.varied_on or MARKED_ON  # what varied it has words
            if isinstance(row, Invoice) and not row.disputed:
                row.amount, row.disputed = row.amount + 1, Decimal(1)  # why it is disputed has words
            if isinstance(row, Audit):
                row.asked_day = row.asked_day or MARKED_ON  # why another day is asked for has words
            for column in columns:
                what = f"{column} of {own}"
                if str(column) in WHILE_SHARED and isinstance(row, Risk):
                    marker = markers.make(what, own)
                    markers.of_risk(row.id, [marker])
                    _begin(row, column, marker)
                elif isinstance(row, Audit | Finding) and str(column) in ONCE_TOLD | ONCE_REPORTED:
                    marker = markers.make(what, own)
                    of_visit = markers.told if str(column) in ONCE_TOLD else markers.reported
                    of_visit[marker] = row.audit_id if isinstance(row, Finding) else row.id
                    _begin(row, column, marker)
                elif str(column) in INTERNAL and not (theirs and str(column) in OF_ITS_OWNER):
                    _begin(row, column, markers.make(what))
                elif own is not None:
                    _begin(row, column, markers.make(what, own))
    return markers


def _is_partners_own(session: Session, row: SQLModel) -> bool:
    """Whether a record is an action of one of the partner's own people, who have it on their page."""
    return isinstance(row, ActionItem) and _partner_of(session, session.get_one(Person, row.owner_id), {}) is not None


def _begin(row: SQLModel, column: Column[object], marker: str) -> None:
    length = getattr(column.type, "length", None)
    setattr(row, column.name, f"{marker} {getattr(row, column.name)}"[:length])


def _partner_of(session: Session, row: SQLModel, partners: dict[int, str]) -> str | None:
    """The key of the partner that a record is of: its contract's, or a person's own; None for the department's."""
    if isinstance(row, Person | Organisation):
        own = row if isinstance(row, Organisation) else session.get_one(Organisation, row.organisation_id)
        return None if own.kind is OrganisationKind.DEPARTMENT else own.key
    if (report := getattr(row, "report_id", None)) is not None:
        return partners[session.get_one(Report, report).contract_id]
    contract = row.id if isinstance(row, Contract) else getattr(row, "contract_id", None)
    return partners.get(contract) if contract is not None else None


def _add_what_the_sample_lacks(session: Session, markers: Markers, contract: int, partner: str) -> None:
    """What is talked about, agreed, held, looked at, earned, sent and asked for on a contract, and an audit entry."""
    author = session.scalars(select(Person)).first()
    assert author is not None
    on, soon, at = date(2026, 12, 1), date(2027, 1, 20), session.get_one(Contract, contract).created_at
    secret = markers.make(f"contact of {partner}")
    insert(
        session,
        Contact,
        contract_id=contract,
        channel=ContactChannel.PHONE,
        happened_on=on,
        attendees=secret,
        link=secret,
        purpose=secret,
        summary=secret,
        decisions=secret,
        made_by=MadeBy.OURS,
        withdrawn=False,
        formal_notice=False,
        author_id=author.id,
        logged_at=at,
    )
    mine: dict[str, Any] = {"contract_id": contract}
    by: dict[str, Any] = {"owner_id": author.id, "added_by_id": author.id, "added_at": at, "due_on": soon}
    held = Certificate(
        **mine, name="Insurance", kind=CertificateKind.INSURANCE, body="Mutual", number="1", needed_by=on
    )
    owed: dict[str, Any] = {"amount": Decimal(5), "worth": Decimal(5), "proposed_on": on, "commented_on": on}
    owed |= {"comment": "Too much", "invoice": "1"}
    theirs = {**mine, "owed_by": Party.PARTNER, "due_on": soon}
    session.add_all(
        [
            ActionItem(**mine, **by, what="Recruit"),
            ActionItem(**mine, **{**by, "owner_id": _one_of(session, partner)}, what="Send the plan"),
            held,
            ServiceCredit(**mine, **owed, period="2026-12", state=CreditState.SENT, sendings=1, reached_on=soon),
            ServiceCredit(**mine, **owed, period="2026-11", state=CreditState.WAIVED, reason="Ours"),
            Spend(**mine, period="2027-05", profile=Decimal(5), entered_on=on),
            Invoice(**mine, number="1", period="2027-06", valid_on=on, amount=Decimal(9)),
            Milestone(**theirs, name="Hubs open", kind=MilestoneKind.MILESTONE),
            Obligation(**theirs, name="Insurance", clause="12"),
            RectificationPlan(**mine, title="Recover", requested_on=on, due_on=on, status=PlanStatus.REQUESTED),
        ]
    )
    _add_a_visit(session, contract, author.id, on)
    _add_drafts(session, contract, author.id, on)
    add_memo(session, contract, 99, "Guidance", on, on)
    why = markers.make(f"audit of {partner}")
    changes = {"tier": [why, why]}
    trail.record(session, at, "job x", "changed", "contract", contract_id=contract, changes=changes, why=why, note=why)
    session.flush()


def _add_a_visit(session: Session, contract: int, lead: int, on: date) -> None:
    """A visit whose report is final, with a finding to which the partner responds."""
    visit = Audit(
        contract_id=contract, name="Site visit", kind=AuditKind.SITE_VISIT, day=on, lead_id=lead, held_on=on,
        state=AuditState.FINAL, final_on=on,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    days: dict[str, Any] = {"found_on": on, "next_on": date(2027, 1, 20), "due_on": date(2027, 2, 20)}
    finding: dict[str, Any] = {"title": "Doors", "fact": "Wedged open", "clause": "7.3", "grade": FindingGrade.MAJOR}
    session.add(Finding(contract_id=contract, audit_id=visit.id, **finding, **days))


def _add_drafts(session: Session, contract: int, lead: int, on: date) -> None:
    """A visit of which the partner is not told yet, one whose findings are a draft, and one that is being drafted."""
    for state in (AuditState.PLANNED, AuditState.HELD, AuditState.DRAFT):
        held = None if state is AuditState.PLANNED else on
        visit = Audit(
            contract_id=contract, name=f"Visit, {state}", kind=AuditKind.FINANCIAL, day=date(2027, 1, 20), lead_id=lead,
            held_on=held, state=state, due_on=date(2027, 1, 20),
        )  # fmt: skip
        session.add(visit)
        session.flush()
        draft: dict[str, Any] = {"title": "Invoices", "fact": "Paid twice", "clause": "7.3", "found_on": on}
        if held:
            session.add(Finding(contract_id=contract, audit_id=visit.id, grade=FindingGrade.CRITICAL, **draft))


def _one_of(session: Session, partner: str) -> int:
    """Somebody of a partner."""
    of_partner = select(Person).join(Organisation, col(Organisation.id) == col(Person.organisation_id))
    found = session.scalars(of_partner.where(col(Organisation.key) == partner).order_by(col(Person.id))).first()
    assert found is not None
    return found.id


def name_kpis_alike(session: Session) -> None:
    """Give the KPIs of every contract the same codes, so that one line reports on any of them."""
    for contract in session.scalars(select(Contract)):
        kpis = session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id).order_by(col(Kpi.id)))
        for kpi, code in zip(kpis, ("starts", "outcomes", "third", "fourth"), strict=False):
            kpi.code = code

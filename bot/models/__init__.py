"""The tables. Importing this package makes SQLModel.metadata complete."""

from bot.domain.audit_cycle import AuditKind, AuditState, Opinion
from bot.domain.certificate_cycle import CertificateState
from bot.domain.credit_cycle import CreditState
from bot.domain.document_cycle import DocumentKind, ExceptionState, VersionState
from bot.domain.finding_cycle import FindingGrade, FindingState
from bot.domain.option_cycle import Decision
from bot.domain.plan_cycle import PlanStatus, Served
from bot.domain.report_cycle import ReportDecision, ReportState
from bot.domain.stages import Stage
from bot.models._folded import is_derived, with_folded
from bot.models._words_known import KnownWord
from bot.models.action import ActionItem
from bot.models.audit import Audit, Finding, FindingFile
from bot.models.benefit import Benefit, BenefitFigure
from bot.models.certificate import (
    Certificate,
    CertificateEvidence,
    CertificateKind,
    EvidenceDecision,
    EvidenceFile,
)
from bot.models.contact import Contact, ContactChannel, ContactPerson, MadeBy
from bot.models.contract import (
    AgreementForm,
    Audience,
    Channel,
    Contract,
    Role,
    RoleName,
)
from bot.models.delivery import (
    UNDELIVERED_STATES,
    WAITING_STATES,
    ChartFile,
    Occurrence,
    OutboxMessage,
    OutboxState,
    Receipt,
)
from bot.models.digest import Digest, DigestLine, DigestPost, QuietWeek
from bot.models.document import (
    Document,
    DocumentChange,
    DocumentException,
    DocumentNotice,
    DocumentQuestion,
    DocumentRecipient,
    DocumentSeries,
    DocumentTold,
    DocumentVersion,
)
from bot.models.escalation import Escalation, EscalationEnd, EscalationStep
from bot.models.form_draft import FormDraft
from bot.models.heartbeat import JobHeartbeat
from bot.models.holiday import CalendarBasis, ProclaimedDay
from bot.models.home import HomeChange, HomePage
from bot.models.intervention import Intervention, InterventionEntry
from bot.models.money import CreditTermsRow, CreditWorking, CreditWorkingLine, Invoice, ServiceCredit, Spend
from bot.models.organisation import Absence, EarlierAccount, Organisation, OrganisationKind, Person, Team
from bot.models.owed import Milestone, MilestoneKind, Obligation, Party
from bot.models.pinned_list import PinnedList
from bot.models.remedy import PlanStep, PlanSubmission, RectificationPlan
from bot.models.reminder import LineState, MoreTime, Reminder, ReminderLine, ReminderSetting, Snooze
from bot.models.reporting import Reading, Report, ReportAnswer
from bot.models.retention import ContractRemoval, LegalHold
from bot.models.risk import (
    Reassessment,
    Risk,
    RiskAssessment,
    RiskResponse,
    RiskSettings,
    RiskStatus,
    StageReview,
)
from bot.models.slack_user import DirectChannel, SharedChannel, SlackChannel, SlackUser
from bot.models.specification import ExtensionOption, Kpi, KpiTarget, Source
from bot.models.trail import REDACTED, TrailEntry, TrailSeal

__all__ = [
    "REDACTED",
    "UNDELIVERED_STATES",
    "WAITING_STATES",
    "Absence",
    "ActionItem",
    "AgreementForm",
    "Audience",
    "Audit",
    "AuditKind",
    "AuditState",
    "Benefit",
    "BenefitFigure",
    "CalendarBasis",
    "Certificate",
    "CertificateEvidence",
    "CertificateKind",
    "CertificateState",
    "Channel",
    "ChartFile",
    "Contact",
    "ContactChannel",
    "ContactPerson",
    "Contract",
    "ContractRemoval",
    "CreditState",
    "CreditTermsRow",
    "CreditWorking",
    "CreditWorkingLine",
    "Decision",
    "Digest",
    "DigestLine",
    "DigestPost",
    "DirectChannel",
    "Document",
    "DocumentChange",
    "DocumentException",
    "DocumentKind",
    "DocumentNotice",
    "DocumentQuestion",
    "DocumentRecipient",
    "DocumentSeries",
    "DocumentTold",
    "DocumentVersion",
    "EarlierAccount",
    "Escalation",
    "EscalationEnd",
    "EscalationStep",
    "EvidenceDecision",
    "EvidenceFile",
    "ExceptionState",
    "ExtensionOption",
    "Finding",
    "FindingFile",
    "FindingGrade",
    "FindingState",
    "FormDraft",
    "HomeChange",
    "HomePage",
    "Intervention",
    "InterventionEntry",
    "Invoice",
    "JobHeartbeat",
    "KnownWord",
    "Kpi",
    "KpiTarget",
    "LegalHold",
    "LineState",
    "MadeBy",
    "Milestone",
    "MilestoneKind",
    "MoreTime",
    "Obligation",
    "Occurrence",
    "Opinion",
    "Organisation",
    "OrganisationKind",
    "OutboxMessage",
    "OutboxState",
    "Party",
    "Person",
    "PinnedList",
    "PlanStatus",
    "PlanStep",
    "PlanSubmission",
    "ProclaimedDay",
    "QuietWeek",
    "Reading",
    "Reassessment",
    "Receipt",
    "RectificationPlan",
    "Reminder",
    "ReminderLine",
    "ReminderSetting",
    "Report",
    "ReportAnswer",
    "ReportDecision",
    "ReportState",
    "Risk",
    "RiskAssessment",
    "RiskResponse",
    "RiskSettings",
    "RiskStatus",
    "Role",
    "RoleName",
    "Served",
    "ServiceCredit",
    "SharedChannel",
    "SlackChannel",
    "SlackUser",
    "Snooze",
    "Source",
    "Spend",
    "Stage",
    "StageReview",
    "Team",
    "TrailEntry",
    "TrailSeal",
    "VersionState",
    "is_derived",
    "with_folded",
]

"""Every kind of thing that falls due, one source each, in the order in which people read them."""

from bot.domain.due_kinds import DueKind
from bot.services.due.source import DueSource
from bot.services.due.sources.actions import ACTIONS
from bot.services.due.sources.assessments import ASSESSMENTS
from bot.services.due.sources.audits import (
    AUDITS,
    COMING_VISITS,
    FACTUAL_CHECKS,
    FINDING_ACTIONS,
    FINDING_CHECKS,
    FINDINGS,
)
from bot.services.due.sources.certificates import CERTIFICATE_CHECKS, CERTIFICATES
from bot.services.due.sources.contacts import CONTACTS
from bot.services.due.sources.credits import CREDIT_DECISIONS, CREDITS
from bot.services.due.sources.documents import EXCEPTIONS, MEMOS, POLICIES, POLICY_REVIEWS, QUESTIONS
from bot.services.due.sources.interventions import INTERVENTIONS
from bot.services.due.sources.milestones import MILESTONES
from bot.services.due.sources.money import INVOICES, VARIANCES
from bot.services.due.sources.obligations import OBLIGATIONS
from bot.services.due.sources.options import OPTIONS
from bot.services.due.sources.plans import PLAN_NOTICES, PLANS
from bot.services.due.sources.reports import QUERIES, REPORTS
from bot.services.due.sources.risk_reviews import RISK_REVIEWS
from bot.services.due.sources.visits import VISITS

SOURCES: tuple[DueSource, ...] = (
    REPORTS,
    QUERIES,
    *MILESTONES,
    POLICIES,
    POLICY_REVIEWS,
    CERTIFICATES,
    CERTIFICATE_CHECKS,
    CREDITS,
    CREDIT_DECISIONS,
    INVOICES,
    VARIANCES,
    *OBLIGATIONS,
    OPTIONS,
    MEMOS,
    QUESTIONS,
    EXCEPTIONS,
    PLANS,
    PLAN_NOTICES,
    VISITS,
    AUDITS,
    COMING_VISITS,
    FACTUAL_CHECKS,
    FINDINGS,
    FINDING_CHECKS,
    FINDING_ACTIONS,
    INTERVENTIONS,
    ACTIONS,
    RISK_REVIEWS,
    CONTACTS,
    ASSESSMENTS,
)

LISTED = tuple(source for source in SOURCES if not source.only_reminds)
"""Those whose records stand in lists."""

_BY_KIND = {source.kind: source for source in SOURCES}


def source_of(kind: DueKind) -> DueSource:
    """The source of a kind. Every kind has one."""
    return _BY_KIND[kind]

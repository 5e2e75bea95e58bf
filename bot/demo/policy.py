"""The policy of the sample: files hold no policies, so it comes about as people make one in Slack.

Two partners got it in December. One has acknowledged it, the other has until the first Friday of the demonstration.
"""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from bot import identity
from bot.delivery.messages import Messages
from bot.domain.calendar import WorkingCalendar
from bot.domain.document_cycle import DocumentKind
from bot.domain.london import london_instant
from bot.identity import Identity
from bot.models import Contract, DocumentNotice, Person, Team
from bot.services.documents import answering, issuing, notices, policies, writing
from bot.services.documents.writing import DocumentEntry
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

MANAGER, APPROVER, ACKNOWLEDGES = "U0AMIRA", "U0HELEN", "U0PRIYA"
CONTRACTS = ("DE-SW", "WP-NE")
WRITTEN, APPROVED, ISSUED, ACKNOWLEDGED = (date(2026, 12, day) for day in (10, 11, 14, 16))
ENTRY = DocumentEntry(
    subject="Keeping people safe",
    changes="What your people do when somebody they support may be at risk of harm. It replaces the guidance of 2024.\n"
    "1 | 1.2 | Every adviser is trained before they meet anybody, and again each year | 1.0\n"
    "2 | 2.1 | A concern is told to your safeguarding lead on the same day | 1.0\n"
    "2 | 2.4 | Your safeguarding lead tells the contract manager within 1 working day | 1.0",
    action="Name your safeguarding lead to the contract manager, and train your advisers.",
    effective_on=date(2027, 2, 1),
    acknowledge_by=date(2027, 1, 8),
    ask=MANAGER,
)


def issue_policy(session: Session, calendar: WorkingCalendar, messages: Messages) -> None:
    """Write the policy, approve and issue it, and acknowledge it for one of the partners."""

    def by(user: str, day: date) -> ActorContext:
        at = london_instant(day, 10)
        homes = select(col(Team.slack)).join(Person, col(Person.organisation_id) == col(Team.organisation_id))
        known = frozenset(session.scalars(homes.where(col(Person.slack) == user)))
        return ActorContext(session, at, calendar, messages, user, identity.find_actor(session, Identity(user, known)))

    ids = session.scalars(select(col(Contract.id)).where(col(Contract.reference).in_(CONTRACTS))).all()
    contracts = contract_lookup.facts_of(session, ids)
    key = writing.draft_for(by(MANAGER, WRITTEN), DocumentKind.POLICY, contracts, ENTRY).version.public_id
    policies.approve(by(APPROVER, APPROVED), key)
    issued = issuing.issue(by(MANAGER, ISSUED), key).card.version
    for notice in session.scalars(select(DocumentNotice).where(col(DocumentNotice.version_id) == issued.id)):
        notices.note_told(session, notice.key, ISSUED)
    answering.acknowledge(by(ACKNOWLEDGES, ACKNOWLEDGED), _notice_of(session, issued.id, ACKNOWLEDGES))


def _notice_of(session: Session, version_id: int, user: str) -> str:
    mine = select(col(DocumentNotice.public_id)).join(Person, col(Person.id) == col(DocumentNotice.person_id))
    return session.scalars(mine.where(col(DocumentNotice.version_id) == version_id, col(Person.slack) == user)).one()

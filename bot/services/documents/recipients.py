"""The people of a recipient who get the message about a version: everybody at its issue, and those who come later."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlmodel import col

from bot.absence import is_deactivated
from bot.access import role_counts
from bot.db import insert_all, locking
from bot.domain.document_cycle import VersionState
from bot.models import (
    Contract,
    DocumentNotice,
    DocumentRecipient,
    DocumentTold,
    DocumentVersion,
    Person,
    Role,
    RoleName,
)
from bot.services.lookup.addressees import Addressees, addressees_of
from bot.services.unit_of_work import UnitOfWork

_notice, _recipient, _told, _version = DocumentNotice, DocumentRecipient, DocumentTold, DocumentVersion
_UNACKNOWLEDGED = (col(_recipient.acknowledged_on).is_(None), col(_recipient.acknowledge_by).is_not(None))


def is_asked() -> ColumnElement[bool]:
    """The condition that a recipient is asked to acknowledge it, or has acknowledged it; the others are only told."""
    return or_(col(_recipient.acknowledge_by).is_not(None), col(_recipient.acknowledged_on).is_not(None))


def untold(work: UnitOfWork) -> Sequence[int]:
    """The versions that wait for an acknowledgement of somebody whose people, or some of them, have no message about
    them: they were imported, or these people came later."""
    found = (
        select(col(_version.id))
        .join(_recipient, col(_recipient.version_id) == col(_version.id))
        .join(Contract, col(Contract.id) == col(_recipient.contract_id))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(_version.state) == VersionState.ISSUED, *_UNACKNOWLEDGED)
        .where(col(Role.role) == RoleName.PARTNER_CONTACT, role_counts(), ~is_deactivated(col(Person.id)))
        .where(~_is_told())
    )
    return work.session.scalars(found.distinct().order_by(col(_version.id))).all()


def _is_told() -> ColumnElement[bool]:
    of_person = and_(col(_notice.id) == col(_told.notice_id), col(_notice.person_id) == col(Person.id))
    return exists().where(of_person, col(_told.recipient_id) == col(_recipient.id))


def tell_the_rest(work: UnitOfWork, version_id: int) -> int:
    """Have the messages sent to those people; returns how many they are."""
    version = work.session.scalar(locking(work.session, select(_version).where(col(_version.id) == version_id)))
    if version is None or version.state is not VersionState.ISSUED:
        return 0
    waiting = select(col(_recipient.contract_id)).where(col(_recipient.version_id) == version_id, *_UNACKNOWLEDGED)
    return add_notices(work, version_id, addressees_of(work, work.session.scalars(waiting).all()))


def add_notices(work: UnitOfWork, version_id: int, to: Addressees) -> int:
    """A message for each person who has none, and for which of the recipients it is; returns how many people are new to
    one. A constant number of statements, however many they are."""
    notices = _notices(work, version_id)
    new = [each for each in to.persons if each not in notices]
    insert_all(work.session, _notice, [{"version_id": version_id, "person_id": each} for each in new])
    notices = _notices(work, version_id)
    recipients = dict(
        work.session.execute(
            select(col(_recipient.contract_id), col(_recipient.id)).where(col(_recipient.version_id) == version_id)
        ).all()
    )
    links = {(recipients[contract], notices[each]) for contract, people in to.people.items() for each in people}
    known = select(col(_told.recipient_id), col(_told.notice_id)).where(col(_told.notice_id).in_(notices.values()))
    added = sorted(links - {(of, notice) for of, notice in work.session.execute(known)})
    insert_all(work.session, _told, [{"recipient_id": of, "notice_id": notice} for of, notice in added])
    _mark_grown(work, {notice for _, notice in added} - {notices[each] for each in new})
    return len({notice for _, notice in added})


def _notices(work: UnitOfWork, version_id: int) -> dict[int, int]:
    found = select(col(_notice.person_id), col(_notice.id)).where(col(_notice.version_id) == version_id)
    return dict(work.session.execute(found).all())


def _mark_grown(work: UnitOfWork, notices: Collection[int]) -> None:
    """A message that somebody has, and which is now for more contracts, is out of date."""
    grown = update(_notice).where(col(_notice.id).in_(notices), col(_notice.told) > 0)
    work.session.execute(grown.values(wanted=col(_notice.wanted) + 1))

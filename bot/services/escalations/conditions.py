"""Conditions on an escalation, as parts of a query."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from bot.domain.escalating import Subject
from bot.domain.ladder import WAITING
from bot.models import Escalation


def is_open() -> ColumnElement[bool]:
    """That it is not over."""
    return col(Escalation.ended_at).is_(None)


def is_waiting() -> ColumnElement[bool]:
    """That somebody is still to answer."""
    return and_(is_open(), col(Escalation.standing).in_(WAITING))


def is_about(kind: Subject, subject_id: int) -> ColumnElement[bool]:
    """That it is about a record."""
    return and_(col(Escalation.kind) == kind, col(Escalation.subject_id) == subject_id)

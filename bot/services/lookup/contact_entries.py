"""Which entries of the contact log stand."""

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.models import Contact

_LATER = aliased(Contact)


def is_current() -> ColumnElement[bool]:
    """The SQL condition that an entry is neither a withdrawal nor corrected."""
    return and_(~col(Contact.withdrawn), ~exists().where(col(_LATER.corrects_id) == col(Contact.id)))

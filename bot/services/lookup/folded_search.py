"""Search inside the texts of records, the same on every database: it compares what is folded."""

from sqlalchemy import ColumnElement, literal
from sqlmodel import col

from bot.domain.normalisation import folded
from bot.domain.search import MOST_TYPED


def says(column: str, word: str) -> ColumnElement[bool]:
    """The SQL condition that a folded column, such as `Contact.folded`, has the typed word somewhere in it, whatever
    its case and accents."""
    wanted = folded(word[:MOST_TYPED])
    return col(column).contains(wanted, autoescape=True) if wanted else literal(False)

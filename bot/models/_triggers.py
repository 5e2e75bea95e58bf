"""Statements that make the triggers of a table, beside the table itself.

A migration has its own copy of them, because a released migration never changes; bot.migrations.shape compares the two.
"""

from sqlalchemy import DDL, event
from sqlmodel import SQLModel


def after_creating(model: type[SQLModel], statement: str, dialect: str) -> None:
    """Carry out a statement after the table of a model is created, on one kind of database."""
    ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    event.listen(SQLModel.metadata.tables[str(model.__tablename__)], "after_create", ddl.execute_if(dialect=dialect))

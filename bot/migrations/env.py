"""What Alembic runs: the migrations, on the connection that bot.migrations.migrating opened."""

from alembic import context
from sqlmodel import SQLModel

import bot.models  # noqa: F401  # fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

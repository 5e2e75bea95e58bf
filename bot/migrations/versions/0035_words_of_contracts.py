"""Contracts are found by words in the database: names keep their words in one line, and each word is known once. The
contracts of a person are found in an index alone, in their order, however many they have."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

AT_ONCE = 5_000  # rows
LINES = {
    "organisation": ("new.words", "words"),
    "contract": ("new.words || replace(lower(new.reference), '-', ' ')", "words, reference"),
}
SQLITE = """create trigger {table}_words_{moment} after {event} on {table} begin
insert into known_word (word) select distinct value
from json_each('["' || replace(trim({line}), ' ', '","') || '"]')
where value <> '' and not exists (select 1 from known_word where word = value); end"""
POSTGRESQL = (
    """create function {table}_words_known() returns trigger language plpgsql as $$ begin
insert into known_word (word) select distinct said from unnest(string_to_array({line}, ' ')) as said
where said <> '' and not exists (select 1 from known_word where word = said) order by said on conflict do nothing;
return null; end $$""",
    "create trigger {table}_words_known after insert or update of {columns} on {table} "
    "for each row execute function {table}_words_known()",
)


def upgrade() -> None:
    op.create_index("role_of_person", "role", ["person_id", "contract_id", "role"])
    op.drop_index("ix_role_person_id", "role")
    op.create_table("known_word", sa.Column("word", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("word"))
    known: set[str] = set()
    for table in LINES:
        op.add_column(table, sa.Column("words", sa.Text(), nullable=True))
        known |= _fill(table)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.alter_column("words", existing_type=sa.Text(), nullable=False)
    known.update(
        *(
            reference.lower().split("-")
            for reference in op.get_bind().scalars(sa.text("select reference from contract"))
        )
    )
    words = sa.table("known_word", sa.column("word"))
    op.bulk_insert(words, [{"word": each} for each in sorted(known - {""})])
    for table, (line, columns) in LINES.items():
        _learn_words(table, line, columns)


def downgrade() -> None:
    for table in LINES:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"drop trigger {table}_words_inserted")
            op.execute(f"drop trigger {table}_words_updated")
        else:
            op.execute(f"drop trigger {table}_words_known on {table}")
            op.execute(f"drop function {table}_words_known()")
        op.drop_column(table, "words")
    op.drop_table("known_word")
    op.create_index("ix_role_person_id", "role", ["person_id"])
    op.drop_index("role_of_person", "role")


def _fill(table: str) -> set[str]:
    """Give every row its words, and return them all."""
    records = sa.table(table, *map(sa.column, ("id", "folded", "words")))
    database, last, known = op.get_bind(), 0, set[str]()
    update = sa.update(records).where(records.c.id == sa.bindparam("of")).values(words=sa.bindparam("new"))
    rows = sa.select(records.c.id, records.c.folded).order_by(records.c.id).limit(AT_ONCE)
    while found := database.execute(rows.where(records.c.id > last)).all():
        last = found[-1][0]
        words = {key: re.findall(r"\w+", folded) for key, folded in found}
        database.execute(update, [{"of": key, "new": f" {' '.join(own)} "} for key, own in words.items()])
        known.update(*words.values())
    return known


def _learn_words(table: str, line: str, columns: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment, event in (("inserted", "insert"), ("updated", f"update of {columns}")):
            op.execute(SQLITE.format(table=table, moment=moment, event=event, line=line))
        return
    for statement in POSTGRESQL:
        op.execute(statement.format(table=table, line=line, columns=columns))

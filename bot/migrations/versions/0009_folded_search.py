"""A column of texts without case and accents, in which search looks, and what is there already folded into it."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FOLDED = {
    "organisation": ("name",),
    "person": ("name",),
    "contract": ("title",),
    "contact": ("summary", "decisions", "purpose", "attendees"),
    "action": ("what",),
}
AT_ONCE = 5_000  # rows


def upgrade() -> None:
    for table in FOLDED:
        op.add_column(table, sa.Column("folded", sa.Text(), nullable=True))
    _let_contacts_change()
    for table, texts in FOLDED.items():
        _fill(table, texts)
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.alter_column("folded", existing_type=sa.Text(), nullable=False)
    _keep_contacts_as_they_are()


def downgrade() -> None:
    for table in FOLDED:
        op.drop_column(table, "folded")


def _fill(table: str, texts: tuple[str, ...]) -> None:
    records = sa.table(table, sa.column("id"), sa.column("folded"), *map(sa.column, texts))
    database, last = op.get_bind(), 0
    words = [records.c[each] for each in texts]
    update = sa.update(records).where(records.c.id == sa.bindparam("of")).values(folded=sa.bindparam("new"))
    while True:
        rows = database.execute(
            sa.select(records.c.id, *words).where(records.c.id > last).order_by(records.c.id).limit(AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        database.execute(
            update, [{"of": id, "new": folded("\n".join(each or "" for each in said))} for id, *said in rows]
        )


def _let_contacts_change() -> None:
    """Contacts are never changed, and their triggers see to it: but for this once."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger contact_no_update")
    else:
        op.execute("alter table contact disable trigger contact_append_only")


def _keep_contacts_as_they_are() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "create trigger contact_no_update before update on contact "
            "begin select raise(abort, 'contact is append-only'); end"
        )
    else:
        op.execute("alter table contact enable trigger contact_append_only")


# The folding as it was when these columns came.
HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufe00-\ufe0f\U000e0000-\U000e007f]"
)
DASH = re.compile("[\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
DOUBLE_QUOTE = re.compile("[\u00ab\u00bb\u201c-\u201f\uff02]")
SINGLE_QUOTE = re.compile("['`\u00b4\u02b9\u02bb\u02bc\u2018-\u201b\u2032\u2035\u2039\u203a\uff07]")
LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ŋ": "n",
    }
)


def folded(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("\u00b4", "'")  # an accent by itself is an apostrophe
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = SINGLE_QUOTE.sub("", DOUBLE_QUOTE.sub('"', DASH.sub("-", HIDDEN.sub("", apart.translate(LETTERS)))))
    bare = (each for each in plain if not unicodedata.combining(each))
    return " ".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in bare).split())

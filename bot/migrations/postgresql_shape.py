"""The shape of a PostgreSQL database: its catalogue, in the words in which PostgreSQL itself writes things down."""

from functools import cache

from sqlalchemy import Connection, create_mock_engine, make_url, text
from sqlmodel import SQLModel

_PARTS = text(r"""
with ours as (
    select oid, relname::text as name from pg_class where relnamespace = :schema and relkind in ('r', 'p')
)
select ours.name, 'column ' || attname as part,
    format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
    || coalesce(' default ' || regexp_replace(pg_get_expr(adbin, adrelid), '^nextval\(.*\)$', 'nextval'), '')
    || case when attidentity <> '' then ' identity' else '' end
    || case when attgenerated <> '' then ' generated' else '' end as said
from ours
join pg_attribute on attrelid = ours.oid and attnum > 0 and not attisdropped
left join pg_attrdef on adrelid = attrelid and adnum = attnum
union all
select ours.name, 'check ' || conname, pg_get_constraintdef(con.oid, true)
from ours join pg_constraint con on conrelid = ours.oid where contype = 'c'
union all
select ours.name, pg_get_constraintdef(con.oid, true), 'there'
from ours join pg_constraint con on conrelid = ours.oid where contype in ('p', 'u', 'f', 'x')
union all
select ours.name, 'index ' || index.relname,
    pg_get_indexdef(indexrelid, 0, true) || case when indisvalid then '' else ', not finished' end
from ours join pg_index on indrelid = ours.oid join pg_class index on index.oid = indexrelid
where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
union all
select ours.name, 'trigger ' || tgname,
    pg_get_triggerdef(tg.oid, true) || case tgenabled when 'O' then '' else ', switched off' end
    || ': ' || btrim(prosrc)
from ours join pg_trigger tg on tgrelid = ours.oid join pg_proc on pg_proc.oid = tgfoid
where not tgisinternal
""")
_OURS, _TEMPORARY = text("select current_schema()::regnamespace::oid"), text("select pg_my_temp_schema()")


def read(connection: Connection) -> dict[str, dict[str, str]]:
    """Every table of the schema that is in use, each part of it with how it is."""
    return _read(connection, connection.execute(_OURS).scalar_one())


def wanted(connection: Connection) -> dict[str, dict[str, str]]:
    """The same of tables that the models make: temporary ones, which nobody else sees, gone when they have been read.

    Only the server itself knows how it will write a condition down. Anybody may make temporary tables; a schema of its
    own would ask for rights that the one who only runs the bot need not have.
    """
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql("set local search_path to pg_temp")
        # PostgreSQL looks for a function in the temporary schema only where it is named.
        connection.exec_driver_sql(_everything().replace("execute function ", "execute function pg_temp."))
        return _read(connection, connection.execute(_TEMPORARY).scalar_one())
    finally:
        savepoint.rollback()


@cache
def _everything() -> str:
    """All that makes the tables, in one go: statement by statement it is over a hundred ways to the server and back."""
    said: list[str] = []
    url = make_url("postgresql+psycopg://")
    dialect = url.get_dialect()()
    engine = create_mock_engine(url, lambda each, *_, **__: said.append(str(each.compile(dialect=dialect))))
    SQLModel.metadata.create_all(engine, checkfirst=False)
    return ";\n".join(said)


def _read(connection: Connection, schema: int) -> dict[str, dict[str, str]]:
    shape: dict[str, dict[str, str]] = {}
    for table, part, said in connection.execute(_PARTS, {"schema": schema}):
        shape.setdefault(table, {})[part] = said.replace("pg_temp.", "")
    return shape

"""A released migration is never edited: what a database went through once is what every database goes through.

`WRITE_MIGRATIONS=1 .venv/bin/pytest tests/unit/test_released_migrations.py` adds a new one to `migrations.sha256`. It
never changes a line: that of a migration which was edited before its release is taken out by hand first.
"""

import ast
import os
from hashlib import sha256
from pathlib import Path

import pytest

from bot import migrations

VERSIONS = Path(migrations.__file__).parent / "versions"
LISTED = Path(__file__).with_name("migrations.sha256")
STANDARD = {
    *("datetime", "decimal", "hashlib", "json", "re", "secrets", "typing", "unicodedata"),
}  # what of Python a migration may use


def found() -> dict[str, str]:
    """Every migration with the SHA-256 of its file."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(VERSIONS.glob("*.py"))}


def listed() -> dict[str, str]:
    lines = (line.split() for line in LISTED.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in lines}


@pytest.fixture(scope="module", autouse=True)
def _update() -> None:
    """With WRITE_MIGRATIONS=1 the new migrations are added first; what is listed stays as it is."""
    if os.environ.get("WRITE_MIGRATIONS"):
        lines = (f"{digest}  {name}\n" for name, digest in sorted({**found(), **listed()}.items()))
        LISTED.write_text("".join(lines), encoding="utf-8")


def test_every_migration_is_as_it_was_released() -> None:
    assert found() == listed()


@pytest.mark.parametrize("name", found())
def test_a_migration_imports_nothing_of_ours(name: str) -> None:
    """What it imported would go on changing, and the migration with it. What Unicode says of a character that it has
    never changes, so the module that knows it may be asked."""
    imported = set()
    for node in ast.walk(ast.parse((VERSIONS / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    assert "alembic" in imported
    assert {name.partition(".")[0] for name in imported} <= STANDARD | {"alembic", "sqlalchemy"}

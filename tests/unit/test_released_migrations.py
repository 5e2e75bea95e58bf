"""A released migration is never edited: what a database went through once is what every database goes through."""

import ast
from hashlib import sha256
from pathlib import Path

import pytest

from bot import migrations

VERSIONS = Path(migrations.__file__).parent / "versions"
RELEASED = {
    "0001_the_first_tables.py": "b9f55f4f9abb5eee82363dd82db33b01eef270f3f897947076a4c8410f4b5489",
    "0002_public_ids.py": "601c0a09541d4e96e57a5c17ce3713d76a649dd9aa83c2700a66c94993ec7815",
    "0003_settings_without_a_sequence.py": "14b0d8e8a4604bb64736a78496264d27ff0d1e89eb4385621d119969d8d85e25",
    "0004_one_word_for_one_thing.py": "8874e639771e8d2d488c7e2e6e3a12299c153f71eb43569a4629b06655f23455",
    "0005_settling.py": "0da11b57d944faa93884b70d0ed87bcde296c18ea4c8844d46351444f3249dcc",
    "0006_what_falls_due.py": "0eef17813575bf8429a0e0a2398cff77018d029ea761662799da1559c718887d",
    "0007_reports_that_wait.py": "8a4931cf4ff20e4b66045a5676752d5764fb44221e7ea026446a5cdc8ca869d3",
    "0008_kinds_without_a_list.py": "2a71d5e6d4c99310658af99bd494f478fd5ee32b652c043d1d5e88fe0a26f281",
}
"""Every migration with the SHA-256 of its file. A change to the tables is a new file and a new line here."""


def test_every_migration_is_as_it_was_released() -> None:
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in VERSIONS.glob("*.py")}
    assert found == RELEASED


@pytest.mark.parametrize("name", RELEASED)
def test_a_migration_imports_nothing_of_ours(name: str) -> None:
    """What it imported would go on changing, and the migration with it."""
    imported = set()
    for node in ast.walk(ast.parse((VERSIONS / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    assert "alembic" in imported
    assert {name.partition(".")[0] for name in imported} <= {"alembic", "re", "secrets", "sqlalchemy"}

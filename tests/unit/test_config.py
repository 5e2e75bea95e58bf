"""Settings: each one that is missing or malformed stops with one sentence that names it, and never its value."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import SLACK_API_URL, DatabaseSettings, LogSettings, Settings, SettingsError
from bot.domain.retention import Retention

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-invented",
    "SLACK_SIGNING_SECRET": "invented",
}
KEPT = ("OCCURRENCE_DAYS", "FIGURES_DAYS", "RETENTION_YEARS", "RETENTION_APPLY")
OURS = (
    *GOOD, "SLACK_APP_TOKEN", "SLACK_API_URL", "DATABASE_URL", "PORT", "SLACK_CLIENT_ID", "TRAIL_CHANNEL",
    "METRICS_TOKEN", "PROBES_PORT", "LOG_FORMAT", "LOG_LEVEL", "SECRETS_DIR", *KEPT,
)  # fmt: skip
SECRET = "tell-nobody-7f3a"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with what is needed and no more, in a folder without a .env file."""
    monkeypatch.chdir(tmp_path)
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal() -> str:
    """The sentence with which reading the settings stops."""
    with pytest.raises(SettingsError) as refused:
        Settings.read()
    assert refused.value.__suppress_context__, "a traceback would show the value"
    return str(refused.value)


def test_what_is_needed_is_little_and_the_rest_has_its_usual_value() -> None:
    read = Settings.read()
    assert read.slack_bot_token.get_secret_value() == "xoxb-invented"
    assert read.slack_signing_secret.get_secret_value() == "invented"
    assert (read.slack_app_token, read.slack_client_id) == (None, None)
    assert (read.slack_api_url, read.database_url, read.port) == (SLACK_API_URL, "sqlite:///liaison.db", 3000)
    assert read.retention == Retention(180, 120, 6, applies=False)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, ""])
def test_a_setting_that_is_missing_or_empty_is_named(
    settings: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    settings.delenv(name)
    if value is not None:
        settings.setenv(name, value)
    assert refusal() == f"{name} is not set: put it in the environment, in a .env file, or in a file of SECRETS_DIR."


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", SECRET, "must be the bot token from OAuth & Permissions, which begins with xoxb-"),
        ("SLACK_BOT_TOKEN", f"xapp-{SECRET}", "must be the bot token"),
        ("SLACK_APP_TOKEN", SECRET, "must be the app-level token for Socket Mode, which begins with xapp-"),
        ("SLACK_APP_TOKEN", f"xoxb-{SECRET}", "must be the app-level token"),
        ("SLACK_API_URL", SECRET, "must be an address such as https://slack.com/api/"),
        ("SLACK_API_URL", f"ftp://{SECRET}/", "must be an address"),
        ("SLACK_API_URL", "https://", "must be an address"),
        ("DATABASE_URL", f"mysql://user:{SECRET}@host/db", "must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", SECRET, "must begin with sqlite:/// or postgresql://"),
        ("PORT", SECRET, "must be a whole number from 1 to 65535"),
        ("PORT", "0", "must be a whole number from 1 to 65535"),
        ("PORT", "65536", "must be a whole number from 1 to 65535"),
        ("PORT", "3000.5", "must be a whole number from 1 to 65535"),
        ("METRICS_TOKEN", SECRET[:15], "must have at least 16 characters"),
        ("PROBES_PORT", SECRET, "must be a whole number from 1 to 65535"),
        ("OCCURRENCE_DAYS", "125", "must be a whole number from 126 to 3660"),
        ("FIGURES_DAYS", SECRET, "must be a whole number from 14 to 3660"),
        ("RETENTION_YEARS", "0", "must be a whole number from 1 to 100"),
        ("RETENTION_APPLY", SECRET, "must be true or false"),
        ("TRAIL_CHANNEL", "#trail", "must be the id of a channel, such as C0123456789: its About tab shows it"),
        ("SLACK_CLIENT_ID", SECRET, "must not be set: Liaison is installed in one workspace, with SLACK_BOT_TOKEN"),
    ],
)
def test_a_setting_that_is_malformed_is_named_and_its_value_is_not(
    settings: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    settings.setenv(name, value)
    sentence = refusal()
    assert sentence.startswith(f"{name} is malformed: it {says}")
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0
    assert SECRET not in sentence


def test_settings_show_no_secret_when_they_are_printed(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("SLACK_BOT_TOKEN", f"xoxb-{SECRET}")
    settings.setenv("SLACK_SIGNING_SECRET", SECRET)
    settings.setenv("SLACK_APP_TOKEN", f"xapp-{SECRET}")
    read = Settings.read()
    assert SECRET not in f"{read} {read!r} {read.model_dump()}"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@host:5432/db", "postgresql+psycopg://u:p@host:5432/db"),
        ("postgresql://u:p@host/db?sslmode=require", "postgresql+psycopg://u:p@host/db?sslmode=require"),
        ("postgresql+psycopg://u:p@host/db", "postgresql+psycopg://u:p@host/db"),
        ("sqlite:///here.db", "sqlite:///here.db"),
        ("sqlite:////var/lib/liaison.db", "sqlite:////var/lib/liaison.db"),
    ],
)
def test_the_spellings_of_a_database_that_hosts_hand_out_are_read(
    settings: pytest.MonkeyPatch, given: str, used: str
) -> None:
    settings.setenv("DATABASE_URL", given)
    assert DatabaseSettings.read().database_url == used
    assert Settings.read().database_url == used


def test_what_touches_only_the_database_asks_for_nothing_of_slack(settings: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        settings.delenv(name)
    assert DatabaseSettings.read().database_url == "sqlite:///liaison.db"


@pytest.mark.parametrize("given", ["https://slack.example/api", "https://slack.example/api/"])
def test_the_address_of_slack_ends_in_a_slash_however_it_is_given(settings: pytest.MonkeyPatch, given: str) -> None:
    settings.setenv("SLACK_API_URL", given)
    assert Settings.read().slack_api_url == "https://slack.example/api/"


def test_a_file_is_read_and_the_environment_comes_first(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.delenv("SLACK_BOT_TOKEN")
    (tmp_path / ".env").write_text(
        "SLACK_BOT_TOKEN=xoxb-from-the-file\nSLACK_SIGNING_SECRET=from-the-file\nPORT=8080\nSOMETHING_ELSE=1\n",
        encoding="utf-8",
    )
    read = Settings.read()
    assert read.slack_bot_token.get_secret_value() == "xoxb-from-the-file"
    assert read.slack_signing_secret.get_secret_value() == "invented"
    assert read.port == 8080


def test_secrets_are_read_from_files_named_as_the_settings_are(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As Docker and Kubernetes mount them. The environment comes first, and then a .env file."""
    for name in GOOD:
        settings.delenv(name)
    mounted = tmp_path / "secrets"
    mounted.mkdir()
    (mounted / "..data").mkdir()  # as Kubernetes has it, with a link to each file
    (mounted / "..data" / "SLACK_BOT_TOKEN").write_text("xoxb-from-a-file\n", encoding="utf-8")
    (mounted / "SLACK_BOT_TOKEN").symlink_to(Path("..data") / "SLACK_BOT_TOKEN")
    (mounted / "slack_signing_secret").write_text("from-a-file", encoding="utf-8")
    (mounted / "database_url").write_text("postgres://u:p@host/db", encoding="utf-8")
    settings.setenv("SECRETS_DIR", str(mounted))
    read = Settings.read()
    assert read.slack_bot_token.get_secret_value() == "xoxb-from-a-file"
    assert read.slack_signing_secret.get_secret_value() == "from-a-file"
    assert read.database_url == DatabaseSettings.read().database_url == "postgresql+psycopg://u:p@host/db"
    (tmp_path / ".env").write_text("SLACK_SIGNING_SECRET=from-env-file\n", encoding="utf-8")
    settings.setenv("SLACK_BOT_TOKEN", "xoxb-from-the-environment")
    read = Settings.read()
    assert read.slack_bot_token.get_secret_value() == "xoxb-from-the-environment"
    assert read.slack_signing_secret.get_secret_value() == "from-env-file"


def test_a_folder_of_secrets_that_is_not_there_is_named(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="SECRETS_DIR is malformed: it must be a folder with a file for each"):
        Settings.read()


def test_the_log_is_text_of_a_level_that_each_command_chooses_unless_it_is_said(settings: pytest.MonkeyPatch) -> None:
    assert (LogSettings.read().log_format, LogSettings.read().log_level) == ("text", None)
    settings.setenv("LOG_FORMAT", "JSON")
    settings.setenv("LOG_LEVEL", "Debug")
    assert (LogSettings.read().log_format, LogSettings.read().log_level) == ("json", "debug")


@pytest.mark.parametrize(
    ("name", "says"),
    [("LOG_FORMAT", "must be 'text' or 'json'"), ("LOG_LEVEL", "must be 'debug', 'info', 'warning' or 'error'")],
)
def test_a_setting_of_the_log_that_is_malformed_is_named(settings: pytest.MonkeyPatch, name: str, says: str) -> None:
    settings.setenv(name, SECRET)
    with pytest.raises(SettingsError) as refused:
        LogSettings.read()
    assert str(refused.value) == f"{name} is malformed: it {says}."


def test_settings_do_not_change(settings: pytest.MonkeyPatch) -> None:
    read = Settings.read()
    with pytest.raises(ValidationError):
        read.port = 1
    settings.setenv("PORT", "1")
    assert read.port == 3000

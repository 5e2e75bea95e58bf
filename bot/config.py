"""Settings, read from the environment and a .env file. Nothing else in Liaison reads the environment."""

import os
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlparse

from annotated_types import Ge, Le
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from bot.domain.retention import FEWEST_DAYS, Retention

SLACK_API_URL = "https://slack.com/api/"
SHORTEST_TOKEN = 16  # characters
SECRETS = Path("/run/secrets")  # where Docker and Podman put files of secrets


class SettingsError(Exception):
    """A setting is missing or malformed; one sentence names it."""

    is_loggable = True


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then a .env file, then files of secrets."""
        files = SecretsSettingsSource(settings_cls, secrets_dir=_secrets())
        return init_settings, env_settings, dotenv_settings, files

    @classmethod
    def read(cls) -> Self:
        """Read the settings. SettingsError names the first one that is missing or malformed, never its value."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None


class LogSettings(_Settings):
    """The settings of the log. Without a level, `serve` and `work` write all but details, other commands warnings."""

    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] | None = None

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value


class DatabaseSettings(_Settings):
    """The settings of commands that use only the database."""

    database_url: str = "sqlite:///liaison.db"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("postgres://"):  # the scheme that some hosts still use
            value = "postgresql://" + value.removeprefix("postgres://")
        if value.startswith("postgresql://"):
            return "postgresql+psycopg://" + value.removeprefix("postgresql://")
        if value.startswith("postgresql+psycopg://") or value.removeprefix("sqlite:///") not in ("", value):
            return value
        raise ValueError("must begin with sqlite:/// or postgresql://, and name a database")


class RetentionSettings(DatabaseSettings):
    """For how long what is kept is kept: see docs/retention.md."""

    occurrence_days: int = Field(default=Retention().occurrence_days, ge=FEWEST_DAYS, le=3660)
    figures_days: int = Field(default=Retention().figures_days, ge=14, le=3660)
    retention_years: int = Field(default=Retention().years, ge=1, le=100)
    retention_apply: bool = Retention().applies

    @property
    def retention(self) -> Retention:
        """The same as one value."""
        return Retention(self.occurrence_days, self.figures_days, self.retention_years, self.retention_apply)


class Settings(RetentionSettings):
    """The settings for talking with Slack."""

    slack_bot_token: SecretStr
    slack_signing_secret: SecretStr
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    port: int = Field(default=3000, ge=1, le=65535)
    slack_client_id: str | None = None
    trail_channel: str | None = None
    metrics_token: SecretStr | None = None
    probes_port: int | None = Field(default=None, ge=1, le=65535)

    @field_validator("slack_client_id")
    @classmethod
    def _no_oauth(cls, value: str | None) -> None:
        if value is not None:  # Bolt reads this variable itself and would switch to installing by OAuth
            raise ValueError("must not be set: Liaison is installed in one workspace, with SLACK_BOT_TOKEN")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return _prefixed(value, "xoxb-", "the bot token from OAuth & Permissions")

    @field_validator("slack_signing_secret")
    @classmethod
    def _secret(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError("must be the signing secret from Basic Information")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else _prefixed(value, "xapp-", "the app-level token for Socket Mode")

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters")
        return value

    @field_validator("trail_channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch("[CG][0-9A-Z]{2,20}", value):
            raise ValueError("must be the id of a channel, such as C0123456789: its About tab shows it")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        parts = urlparse(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"must be an address such as {SLACK_API_URL}")
        return value if value.endswith("/") else value + "/"


def _secrets() -> Path | None:
    """The folder with a file for each secret, named as the setting is; None where there is none."""
    given = os.environ.get("SECRETS_DIR")
    if given and not Path(given).is_dir():
        raise SettingsError("SECRETS_DIR is malformed: it must be a folder with a file for each secret.")
    return Path(given) if given else SECRETS if SECRETS.is_dir() else None


def _prefixed(value: SecretStr, prefix: str, name: str) -> SecretStr:
    if not value.get_secret_value().startswith(prefix):
        raise ValueError(f"must be {name}, which begins with {prefix}")
    return value


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]).upper()
    if first["type"] == "missing":
        return f"{name} is not set: put it in the environment, in a .env file, or in a file of SECRETS_DIR."
    reason = first["msg"].removeprefix("Value error, ").replace("Input should", "must", 1)
    if first["type"].startswith(("int", "greater", "less")):
        least, most = _bounds(str(first["loc"][0]))
        reason = f"must be a whole number from {least} to {most}"
    if first["type"].startswith("bool"):
        reason = "must be true or false"
    return f"{name} is malformed: it {reason}."


def _bounds(name: str) -> tuple[int, int]:
    """The least and the most that a setting which is a whole number may be."""
    said = Settings.model_fields[name].metadata
    least = next(each.ge for each in said if isinstance(each, Ge))
    return least, next(each.le for each in said if isinstance(each, Le))  # type: ignore[return-value]  # ours are ints


def passed_on() -> dict[str, str]:
    """The environment for a program of ours that needs no setting: neither a token nor a database is in it."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV"}
    found = {key: each for key, each in os.environ.items() if key in kept or key.startswith(("PYTHON", "LC_"))}
    return {**found, "OPENBLAS_NUM_THREADS": "1"}  # openpyxl imports numpy, which would start threads

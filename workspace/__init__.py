"""A strict local Slack: everything a Bolt app can be developed and tested against, without Slack."""

from workspace.app import create_app
from workspace.control_client import Control
from workspace.person import Person
from workspace.seed import Seed, load_seed, parse_seed
from workspace.serving import Server
from workspace.settings import Settings

__all__ = ["Control", "Person", "Seed", "Server", "Settings", "create_app", "load_seed", "parse_seed"]

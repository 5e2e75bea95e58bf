"""A strict local Slack: everything a Bolt app can be developed and tested against, without Slack."""

from workspace.app import create_app
from workspace.client.control import Control
from workspace.client.person import Person
from workspace.client.serving import Server
from workspace.settings import Settings
from workspace.state.seed import Seed, load_seed, parse_seed

__all__ = ["Control", "Person", "Seed", "Server", "Settings", "create_app", "load_seed", "parse_seed"]

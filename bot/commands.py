"""The commands as described in help, the README and manifest.json. See templates/commands.yaml."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class HelpLine:
    """Something that can be typed and what it does; `needs` is the permission for it, "" for none."""

    type: str
    does: str
    needs: str = ""

    @property
    def word(self) -> str:
        """The word after the command; "" if there is none."""
        return self.type.split()[1] if " " in self.type else ""


@dataclass(frozen=True)
class CommandHelp:
    """A command: `contract` if it can name a contract, `also` for further words that it accepts."""

    name: str
    about: str
    hint: str
    does: str
    lines: Sequence[HelpLine]
    also: Sequence[str] = ()
    notes: Sequence[str] = ()
    contract: bool = False

    @property
    def words(self) -> list[str]:
        """The words that can come first after the command."""
        return [*dict.fromkeys(line.word for line in self.lines if line.word), *self.also, "help"]

    def lines_for(self, abilities: Collection[str]) -> list[HelpLine]:
        """The lines that a person with these permissions can use."""
        return [line for line in self.lines if not line.needs or line.needs in abilities]

    @property
    def example(self) -> str:
        """The longest line of the help: a whole command with all its parts."""
        return max((line.type for line in self.lines if line.word), key=len)


@cache
def read_commands(folder: Path) -> Mapping[str, CommandHelp]:
    """Every command by its name, from commands.yaml in a folder of templates."""
    rows = yaml.safe_load((folder / "commands.yaml").read_text(encoding="utf-8"))
    read = [CommandHelp(**{**row, "lines": tuple(HelpLine(**line) for line in row["lines"])}) for row in rows]
    return {command.name: command for command in read}

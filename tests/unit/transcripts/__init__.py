"""What people read, journey by journey: a text file for each, written anew with `make transcripts`.

The largest renders that are filler up to Slack's limits are not in them: only their structure is checked.
"""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from types import ModuleType

from tests.unit.renders import JOURNEYS, Render, renders_of
from tests.unit.renders.common import FILLER
from tests.unit.transcripts.reading import read_aloud

FOLDER = Path(__file__).parent


def name_of(journey: ModuleType) -> str:
    """What the file of a journey is called."""
    return f"{journey.__name__.rpartition('.')[2]}.txt"


def transcript_of(journey: ModuleType) -> str:
    """Everything that people read in a journey, one render below the other."""
    sections = [section for render in renders_of(journey) if (section := _section(render))]
    return "\n\n\n".join([(journey.__doc__ or "").strip(), *sections]) + "\n"


def _section(render: Render) -> str:
    """A render under its name; "" where it is filler."""
    read = "\n".join(read_aloud(render())).rstrip("\n")
    return "" if render.size == "largest" and FILLER in read else f"=== {render.name}\n{read}"


def difference(journey: ModuleType) -> str:
    """What people read now and did not, and the other way round; "" where nothing has changed."""
    path = FOLDER / name_of(journey)
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    made = transcript_of(journey)
    return "\n".join(unified_diff(kept.splitlines(), made.splitlines(), f"{path.name}, kept", "now", lineterm=""))


def write() -> Iterator[str]:
    """Write every transcript anew, and remove those of no journey; gives what has changed."""
    for path in FOLDER.glob("*.txt"):
        if path.name not in map(name_of, JOURNEYS):
            path.unlink()
            yield f"{path.name} is of no journey, and is removed."
    for journey in JOURNEYS:
        if changed := difference(journey):
            (FOLDER / name_of(journey)).write_text(transcript_of(journey), encoding="utf-8")
            yield changed

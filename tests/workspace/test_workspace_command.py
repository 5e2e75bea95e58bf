"""The workspace as a command of its own, and by way of the product's."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from tests.workspace.conftest import HTTP, MANIFEST, SEED
from workspace.support import support_lines

ALONE = ("-m", "workspace")
PRODUCT = ("-m", "bot", "workspace")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    seed, manifest = tmp_path / "seed.yaml", tmp_path / "manifest.json"
    seed.write_text(yaml.safe_dump(SEED), encoding="utf-8")
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    return "--seed", str(seed), "--manifest", str(manifest)


@pytest.mark.parametrize("command", [ALONE, PRODUCT], ids=["alone", "product"])
def test_it_lists_every_method_and_event_with_how_far_it_is_supported(command: tuple[str, ...]) -> None:
    listed = run(*command, "--methods")
    assert (listed.returncode, listed.stderr) == (0, "")
    lines = listed.stdout.splitlines()
    assert [line.split()[1] for line in lines] == [line.name for line in support_lines()]
    posting = next(line for line in lines if " chat.postMessage " in line)
    assert posting.split(maxsplit=3)[2] == "partial"
    assert any(" canvases.create " in line and "not supported" in line for line in lines)
    assert any(line.split()[:3] == ["event", "app_home_opened", "supported"] for line in lines)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (("--seed", "nowhere.yaml"), "workspace: [Errno 2] No such file or directory: 'nowhere.yaml'"),
        (("--start", "soon"), "invalid _instant value: 'soon'"),
        (("--port", "many"), "invalid int value: 'many'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(files: tuple[str, ...], more: tuple[str, ...], complaint: str) -> None:
    refused = run(*ALONE, *files, *more)
    assert refused.returncode == 2
    assert complaint in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", [ALONE, PRODUCT], ids=["alone", "product"])
def test_it_serves_until_it_is_stopped(files: tuple[str, ...], command: tuple[str, ...]) -> None:
    arguments = [sys.executable, *command, *files, "--port", "0", "--start", "2027-01-04T09:00:00+00:00"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        url = served.stdout.readline().split("ready at ")[1].strip()
        try:
            answer = HTTP.post(f"{url}api/auth.test", headers={"Authorization": "Bearer xoxb-workspace"})
            assert answer.json()["user_id"] == "U0SAMPLE"
            assert HTTP.get(f"{url}control/clock").json()["now"].startswith("2027-01-04T09:00")
        finally:
            served.send_signal(signal.SIGTERM)
    with pytest.raises(httpx.ConnectError):
        HTTP.get(url)

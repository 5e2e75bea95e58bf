"""Bodies of 300 MB, bodies that stop coming, and files that grow when they are unpacked: memory stays bounded, others
go on, and a process that is told to end does so."""

import io
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from tests.soak.outcome import Outcome, Scale
from tests.soak.world import World, peak_megabytes
from workspace import Control, Person

HUGE, PART = 300_000_000, b"x" * 65_536
GROWS, ENDS_WITHIN = 60.0, 10.0  # megabytes that a serving process may need more, and seconds
GROWS_BY_FILES = 150.0
NADIA = "U0NADIA"  # an administrator: who may drop a file
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def bodies(world: World, luck: Random, scale: Scale) -> Outcome:
    """Send huge and half bodies without a signature, and end the process while half of them are open."""
    outcome, serve = Outcome(), world.start("serve")
    world.type("/risk list")
    before = peak_megabytes(serve)
    ways: list[Callable[[], None]] = [lambda: _send_huge(world, said=True), lambda: _send_huge(world, said=False)]
    with ExitStack() as stack, _watched(world, outcome):
        end = time.monotonic() + scale.seconds / 3
        while time.monotonic() < end:
            outcome.attempts += 1
            if luck.random() < 0.4:
                stack.enter_context(_half(world, luck))
            else:
                luck.choice(ways)()
    grown = peak_megabytes(serve) - before
    outcome.expect(grown < GROWS, f"the process grew by {grown:.0f} MB")
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(_half(world, luck))
            outcome.attempts += 1
        began = time.monotonic()
        world.end(serve, signal.SIGTERM)
        took = time.monotonic() - began
    outcome.expect(took < ENDS_WITHIN, f"it took {took:.0f} s to end")
    outcome.held = f"{grown:.0f} MB more at most, ended in {took:.1f} s with 30 half bodies"
    return outcome


def bombs(world: World, luck: Random, scale: Scale) -> Outcome:
    """An administrator drops files that unpack to far more than they are."""
    outcome, serve = Outcome(), world.start("serve")
    world.type("/risk list")
    before = peak_megabytes(serve)
    made = [bomb for megabytes in scale.unpacked for bomb in _bombs(megabytes)]
    luck.shuffle(made)
    with Person(world.workspace_url, NADIA) as nadia, _watched(world, outcome):
        for name, content in made:
            outcome.attempts += 1
            nadia.upload(name, content, channel=nadia.direct_channel)
            with Control(world.workspace_url) as control, suppress(TimeoutError):
                control.settle()
            time.sleep(min(scale.seconds / 10, 3))  # while it is read, its memory is watched
    grown = peak_megabytes(serve) - before
    outcome.expect(grown < GROWS_BY_FILES, f"the serving process grew by {grown:.0f} MB")
    outcome.expect(world.type("/risk list").status == 200, "nobody is answered after it")
    outcome.held = f"{grown:.0f} MB more at most"
    return outcome


@contextmanager
def _watched(world: World, outcome: Outcome) -> Iterator[None]:
    """Others are answered all the while."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.5):
            for what, answer in (("a probe", world.get("/healthz")), ("a reader", world.type("/contract show WP-NE"))):
                outcome.expect(answer.status == 200, f"{what} got {answer.status}")

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _send_huge(world: World, *, said: bool) -> None:
    """A body of 300 MB, whose length the header says, or that comes in chunks, until nobody takes it any more."""
    with _connected(world) as connection, suppress(OSError):
        if said:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % HUGE)
        else:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(HUGE // len(PART)):
            connection.sendall(PART if said else b"%x\r\n%s\r\n" % (len(PART), PART))


@contextmanager
def _half(world: World, luck: Random) -> Iterator[None]:
    """A body that stops coming, or a header."""
    with _connected(world) as connection:
        with suppress(OSError):
            connection.sendall(HEAD[: luck.choice((20, len(HEAD)))])
            if luck.random() < 0.7:
                connection.sendall(b"Content-Length: 1000\r\n\r\n{" if luck.random() < 0.5 else b"Content-Le")
        yield


def _connected(world: World) -> socket.socket:
    return socket.create_connection(("127.0.0.1", world.settings.port), timeout=5)


def _bombs(megabytes: int) -> list[tuple[str, bytes]]:
    """Files with so much in them when they are unpacked."""
    rows = b"reference,title\r\n" + b"A,B\r\n" * (megabytes * 200_000)
    wide = b'<?xml version="1.0"?><worksheet><sheetData>' + b"<row><c/></row>" * (megabytes * 66_000)
    aliases = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    return [
        ("contracts.zip", _zipped({"contracts.csv": rows})),
        ("zeros.zip", _zipped({"contracts.csv": bytes(megabytes * 1_000_000)})),
        ("many.zip", _zipped({f"{n}.csv": b"" for n in range(min(megabytes * 60, 60_000))})),
        ("wide.xlsx", _zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": wide})),
        ("laughs.yaml", f"a0: &a0 [x, x, x, x, x, x, x, x, x]\n{aliases}".encode()),
        ("deep.yaml", b"[" * 500_000),
    ]


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()

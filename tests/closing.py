"""Closing what tests have used, in the background: to stop a server is mostly to wait for it."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

MOST_LEFT = 8  # offices that wait to be closed: each still holds its connections to the database


class Closing:
    """Closes one thing after another while the next tests are under way; what goes wrong fails a test that follows."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "closing")
        self._under_way: list[Future[None]] = []

    @contextmanager
    def later(self) -> Iterator[ExitStack]:
        """A stack of what is to be closed some time after the block has ended."""
        self._raise_from(done for done in self._under_way if done.done())
        self._under_way = [closing for closing in self._under_way if not closing.done()]
        for closing in self._under_way[:-MOST_LEFT]:
            closing.result()
        stack = ExitStack()
        try:
            yield stack
        finally:
            self._under_way.append(self._thread.submit(stack.close))

    def finish(self) -> None:
        """Wait until all is closed."""
        self._thread.shutdown()
        self._raise_from(self._under_way)

    @staticmethod
    def _raise_from(closed: Iterable[Future[None]]) -> None:
        for closing in closed:
            closing.result()

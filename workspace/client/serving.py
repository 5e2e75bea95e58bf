"""Run an ASGI application on a free port, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

# How many seconds work in the background may go on after the last request.
LAST_WORDS = 0.5


class Server:
    """An ASGI application served by uvicorn in a background thread; also a context manager.

    `Server(app).start()` returns once connections are accepted; `url` is its address without a final slash.
    Raises RuntimeError where the application does not start.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._app = app
        # asyncio turns Nagle's algorithm off only for sockets that say they are TCP; with it, answers take 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"serve-{self.port}", daemon=True)
        self._server: _Announcing | None = None

    def start(self) -> Server:
        """Begin to serve."""
        self._thread.start()
        self._ready.wait()
        if self._server is None or not self._server.started:
            raise RuntimeError("the application did not start")
        return self

    def stop(self) -> None:
        """Stop serving and wait for the thread to end."""
        if self._server is not None:
            self._server.end()
        self._thread.join(timeout=10)
        self._socket.close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        config = uvicorn.Config(
            self._app, log_level="warning", lifespan="on", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        self._server = _Announcing(config, self._ready)
        try:
            asyncio.run(_serve(self._server, self._socket))
        finally:
            self._ready.set()


async def _serve(server: _Announcing, listening: socket.socket) -> None:
    """Serve to the end, and then let what was started in the background finish, or end it in good order."""
    await server.serve(sockets=[listening])
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        _, unfinished = await asyncio.wait(others, timeout=LAST_WORDS)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
    # A connection that the system had accepted when serving ended is only now made: asyncio does that in a task.
    while server.server_state.connections:
        await server.abort()


class _Announcing(uvicorn.Server):
    """uvicorn, which says when it accepts connections and ends when it is told, with no polling between."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Stop serving; safe to call from another thread, and more than once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ending.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # asyncio drops a connection whose making is still a task when the server closes, socket and all (CPython
        # issue 109564): accept no more, and let those tasks finish first.
        for listening in sockets or []:
            asyncio.get_running_loop().remove_reader(listening)
        await _turns()
        await super().shutdown(sockets)
        # What uvicorn's own round of closing did not reach: who connected meanwhile, who did not answer.
        await self.abort()

    async def abort(self) -> None:
        """End every connection at once. A transport lets go of its socket in a later turn of the loop."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await _turns()


async def _turns() -> None:
    """Let the loop go on for a few turns, which is what its own short tasks take."""
    for _ in range(3):
        await asyncio.sleep(0)

"""A server that stops lets go of every connection, also of those that come at that very moment."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from workspace import Server

ROUNDS, CALLERS = 3, 3


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


def test_a_server_that_stops_in_a_storm_leaves_no_socket_open() -> None:
    """A socket left open is said when it is collected, and pytest makes that an error."""
    for _ in range(ROUNDS):
        served, stopped = Server(Starlette(routes=[Route("/", hello)])).start(), threading.Event()
        connected: list[int] = []

        def call(port: int, stopped: threading.Event, connected: list[int]) -> None:
            while not stopped.is_set():
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    connected.append(port)

        callers = [threading.Thread(target=call, args=(served.port, stopped, connected)) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        while not connected:
            stopped.wait(0.001)
        served.stop()
        stopped.set()
        for caller in callers:
            caller.join()
        gc.collect()

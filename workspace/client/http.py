"""The connection that a client of the workspace has to it."""

from __future__ import annotations

import ssl

import httpx

PATIENCE = 60.0  # seconds; longer than anything that the workspace waits for itself


def connection(base_url: str, under: str) -> httpx.Client:
    """A client for what the workspace serves under a path. It speaks plain HTTP, and heeds no proxy."""
    return httpx.Client(
        base_url=f"{base_url.rstrip('/')}{under}",
        trust_env=False,
        timeout=PATIENCE,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # never used, and reading the root certificates takes long
    )

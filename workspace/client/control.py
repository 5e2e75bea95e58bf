"""The workspace's controls, for tests: what goes wrong, what went over the wire, and what becomes of the app."""

from __future__ import annotations

import time
from typing import Any

from workspace.client.http import connection

Json = dict[str, Any]


class Control:
    """The controls of a running workspace; also a context manager."""

    def __init__(self, base_url: str) -> None:
        self._http = connection(base_url, "/control")

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def fault(self, kind: str, match: str = "*", *, times: int | None = 1, seconds: float = 1) -> int:
        """Order a fault (see `workspace.wire.faults.KINDS`) for methods, commands or types that match; its id.

        `times=None` lasts until it is cleared. Raises ValueError for a fault that there is not.
        """
        data = self._post("faults", kind=kind, match=match, times=times, seconds=seconds)
        return int(data["fault"]["id"])

    def faults(self) -> list[Json]:
        """The faults that are still waiting to happen."""
        return list(self._http.get("/faults").raise_for_status().json()["faults"])

    def clear(self) -> None:
        """Remove every fault."""
        self._http.delete("/faults").raise_for_status()

    def traffic(self, name: str | None = None) -> list[Json]:
        """The last exchanges between the app and the workspace, oldest first; those of one name, where given."""
        exchanges = self._http.get("/traffic").raise_for_status().json()["exchanges"]
        return [exchange for exchange in exchanges if name in (None, exchange["name"])]

    def wait(self, name: str, count: int, *, timeout: float = 10) -> list[Json]:
        """Wait until there are so many exchanges of a name that have ended. Raises TimeoutError."""
        end, last = time.monotonic() + timeout, 0
        while (left := end - time.monotonic()) > 0:
            query = {"since": last, "wait": min(left, 20)}
            last = self._http.get("/traffic", params=query).raise_for_status().json()["last"]
            ended = [exchange for exchange in self.traffic(name) if exchange["milliseconds"] is not None]
            if len(ended) >= count:
                return ended
        raise TimeoutError(f"{name} was awaited in vain")

    def switch(self, **switches: float | bool) -> None:
        """Set how strict the workspace is (see `workspace.state.switches`). Raises ValueError for one that there is
        not."""
        self._post("switch", **switches)

    def disconnect(self, reason: str = "refresh_requested", *, connections: int = 10) -> int:
        """End Socket Mode connections, the oldest first; how many were told.

        `reason` is one of Slack's (warning, refresh_requested, link_disabled), or abrupt for not a word.
        """
        return int(self._post("disconnect", reason=reason, connections=connections)["told"])

    def deactivate(self, user: str) -> None:
        """Deactivate a person."""
        self._post("deactivate", user=user)

    def regrade(self, user: str, guest: str) -> None:
        """Make a person a guest (single or multi), or with "" a full member again."""
        self._post("regrade", user=user, guest=guest)

    def travel(self, user: str, tz: str) -> None:
        """Move a person to another time zone."""
        self._post("travel", user=user, tz=tz)

    def arrive(self, user: str, name: str, real_name: str, guest: str = "", email: str = "") -> None:
        """Let somebody new join the app's workspace, as a guest perhaps."""
        self._post("arrive", user=user, name=name, real_name=real_name, guest=guest, email=email)

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        self._post("archive", channel=channel)

    def unarchive(self, channel: str) -> None:
        """Open an archived channel again."""
        self._post("unarchive", channel=channel)

    def delete(self, channel: str) -> None:
        """Delete a channel."""
        self._post("delete", channel=channel)

    def invite(self, channel: str) -> None:
        """Invite the app to a channel."""
        self._post("invite", channel=channel)

    def remove(self, channel: str) -> None:
        """Remove the app from a channel."""
        self._post("remove", channel=channel)

    def uninstall(self) -> None:
        """Remove the app from the workspace."""
        self._post("uninstall")

    def share(self, channel: str, user: str) -> None:
        """Bring somebody into a channel, such as the first of another organisation."""
        self._post("share", channel=channel, user=user)

    def unshare(self, channel: str, team: str) -> None:
        """Take another organisation out of a channel."""
        self._post("unshare", channel=channel, team=team)

    def settle(self, *, timeout: float = 10) -> None:
        """Wait until the app has heard of every event so far. Raises TimeoutError."""
        if not self._post("settle", seconds=timeout)["settled"]:
            raise TimeoutError("an event was not heard")

    def verify(self) -> bool:
        """Whether the app's address answers the challenge that Slack sends when it is saved."""
        return bool(self._post("verify")["verified"])

    def _post(self, action: str, **data: object) -> Json:
        response = self._http.post(f"/{action}", json=data)
        if response.status_code == 400:
            raise ValueError(response.json()["error"])
        body: Json = response.raise_for_status().json()
        return body

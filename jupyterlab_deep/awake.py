"""Tells Jupyter that somebody is at work while a run is: a hub ends servers that look idle."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

from jupyter_server._tz import utcnow
from jupyter_server.serverapp import ServerApp
from tornado.ioloop import PeriodicCallback

from . import service
from .service import Unusable
from .unixhttp import UnixConnection

#: Hubs look every few minutes, and end what was idle for tens of them.
EVERY_S = 60
_TIMEOUT_S = 10


class Awake:
    """Asks the service, where one runs, whether it has work that must not be ended. It is never started for this."""

    def __init__(self, app: ServerApp) -> None:
        self._app = app
        self._timer = PeriodicCallback(self._look, EVERY_S * 1000)

    def start(self) -> None:
        self._timer.start()

    async def _look(self) -> None:
        try:
            if await asyncio.to_thread(_keeps_awake):
                # What `last_activity` of `/api/status` is made of, which hubs read.
                self._app.web_app.settings["api_last_activity"] = utcnow()
        except (Unusable, OSError, ValueError, http.client.HTTPException) as reason:
            self._app.log.debug("jupyterlab_deep: no work is known of: %s", reason)


def _keeps_awake() -> bool:
    found = service.find(probe=False)
    connection = UnixConnection(found.socket, _TIMEOUT_S)
    try:
        # Without a name of ours: who asks this wants nothing of the service, which may end when it is idle.
        connection.request("GET", "/health", headers={"X-Deep-Token": found.token})
        health: Any = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return bool(health.get("active", {}).get("keepAwake"))

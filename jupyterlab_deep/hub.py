"""Tells the service how the hub of this Jupyter is asked for its user's tokens.

Over the service's socket, and never by its environment: it outlives this Jupyter, and the next one has another token.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import threading
from collections.abc import Mapping

from .service import Service
from .unixhttp import UnixConnection

_TIMEOUT_S = 5
_NAMES = {"url": "JUPYTERHUB_API_URL", "user": "JUPYTERHUB_USER", "token": "JUPYTERHUB_API_TOKEN"}

_log = logging.getLogger(__name__)


class Hub:
    """The hub of this Jupyter, if it runs in one."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        access = {name: environment.get(variable, "") for name, variable in _NAMES.items()}
        self._access = access if all(access.values()) else None
        self._told: tuple[int, str] | None = None
        self._telling = threading.Lock()

    def is_news_for(self, found: Service) -> bool:
        """Whether this service has not heard of the hub."""
        return self._access is not None and self._told != (found.pid, found.token)

    def tell(self, found: Service) -> None:
        """Tells it once; a service that does not take it works all the same, without the hub's account."""
        with self._telling:
            if not self.is_news_for(found):
                return
            self._told = (found.pid, found.token)
            try:
                status = self._put(found)
            except (OSError, http.client.HTTPException) as error:
                # The request that led here will find the service gone, too, and start the next one.
                self._told = None
                _log.debug("jupyterlab_deep: the service was not told of the hub: %s", error)
                return
        if status != 204:
            _log.warning("jupyterlab_deep: the service answered %d when it was told of the hub", status)

    def _put(self, found: Service) -> int:
        connection = UnixConnection(found.socket, _TIMEOUT_S)
        try:
            headers = {"X-Deep-Token": found.token, "Content-Type": "application/json"}
            connection.request("PUT", "/accounts/hub", json.dumps(self._access), headers)
            return connection.getresponse().status
        finally:
            connection.close()

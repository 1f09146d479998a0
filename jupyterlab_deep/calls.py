"""Calls to the service from this process, which names itself so that the service stays while it lives."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from . import service
from .errors import DeepError
from .service import Service
from .unixhttp import UnixConnection

#: Nothing long is a held request: long work is a Run.
_TIMEOUT_S = 60
_LOG_BYTES = 4000


def call_service(
    method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None, on: Service | None = None
) -> Any:
    """A JSON call to the running service (started when there is none), or to the one given by `on`."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    target = f"{path}?{urlencode(given)}" if given else path
    status, content = _exchange(on, method, target, body)
    if status >= 400:
        raise _failure(method, target, status, content)
    return json.loads(content) if content else None


def read_file(path: str) -> bytes:
    """Bytes that the service has, such as an example's file."""
    status, content = _exchange(None, "GET", path, None)
    if status >= 400:
        raise _failure("GET", path, status, content)
    return content


def read_log(deployment: str, on: Service | None = None) -> str:
    """The last lines of a module's log; empty when it has none."""
    path = f"/deployments/{quote(deployment)}/log"
    status, content = _exchange(on, "GET", path, None)
    return content[-_LOG_BYTES:].decode("utf-8", "replace") if status == 200 else ""


def connect_service(timeout_s: float) -> tuple[UnixConnection, dict[str, str]]:
    """A connection to the service (started when there is none), and the headers that it wants with each request."""
    found = service.ensure()
    return UnixConnection(found.socket, timeout_s), _headers(found)


def _exchange(on: Service | None, method: str, target: str, body: Any) -> tuple[int, bytes]:
    try:
        try:
            return _send(on or service.ensure(), method, target, body)
        except (ConnectionError, FileNotFoundError):
            if on:
                raise
            # It ended just now. Whatever cells ask may be asked twice: a start returns the module that already runs.
            return _send(service.ensure(), method, target, body)
    except (OSError, http.client.HTTPException) as error:
        raise DeepError(
            "service-unavailable",
            f"The DEEP service did not answer {method} {target}: {error or type(error).__name__}.",
            hint="Run the cell again: it is started anew when it has ended.",
        ) from error


def _send(found: Service, method: str, target: str, body: Any) -> tuple[int, bytes]:
    headers = {"Accept": "*/*", **_headers(found)}
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body).encode()
    connection = UnixConnection(found.socket, _TIMEOUT_S)
    try:
        connection.request(method, target, body=content, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def _headers(found: Service) -> dict[str, str]:
    return {"X-Deep-Token": found.token, "X-Deep-Client": f"kernel:{os.getpid()}"}


def _failure(method: str, target: str, status: int, content: bytes) -> DeepError:
    text = content.decode("utf-8", "replace")
    return DeepError.from_text(text) or DeepError(
        "internal", f"The DEEP service answered {method} {target} with {status}.", technical=text[:2000]
    )

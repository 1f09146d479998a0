"""Calls to the service from this process, which names itself so that the service stays while it lives."""

from __future__ import annotations

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
    status, content = _exchange(on or service.ensure(), method, target, body)
    if status >= 400:
        raise _failure(method, target, status, content)
    return json.loads(content) if content else None


def read_file(path: str) -> bytes:
    """Bytes that the service has, such as an example's file."""
    status, content = _exchange(service.ensure(), "GET", path, None)
    if status >= 400:
        raise _failure("GET", path, status, content)
    return content


def read_log(deployment: str, on: Service | None = None) -> str:
    """The last lines of a module's log; empty when it has none."""
    path = f"/deployments/{quote(deployment)}/log"
    status, content = _exchange(on or service.ensure(), "GET", path, None)
    return content[-_LOG_BYTES:].decode("utf-8", "replace") if status == 200 else ""


def _exchange(found: Service, method: str, target: str, body: Any) -> tuple[int, bytes]:
    headers = {
        "Accept": "*/*",
        "X-Deep-Token": found.token,
        "X-Deep-Client": f"kernel:{os.getpid()}",
    }
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body).encode()
    connection = UnixConnection(found.socket, _TIMEOUT_S)
    try:
        connection.request(method, target, body=content, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except OSError as error:
        raise DeepError(
            "service-unavailable",
            f"The DEEP service did not answer {method} {target}: {error}.",
            hint="Run the cell again: it is started anew when it has ended.",
        ) from error
    finally:
        connection.close()


def _failure(method: str, target: str, status: int, content: bytes) -> DeepError:
    text = content.decode("utf-8", "replace")
    return DeepError.from_text(text) or DeepError(
        "internal", f"The DEEP service answered {method} {target} with {status}.", technical=text[:2000]
    )

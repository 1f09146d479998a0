"""One prediction, straight to the module: DEEPaaS v2 as it really behaves."""

from __future__ import annotations

import difflib
import http.client
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from .calls import connect_service, read_log
from .display import Prediction
from .errors import DeepError
from .unixhttp import UnixConnection

#: Administrators may set another limit for runs; a cell can be interrupted at any time.
PREDICT_TIMEOUT_S = 30 * 60
_BY_STATUS = {402: "module-disabled", 413: "too-large", 422: "invalid-arguments", 501: "module-not-implemented"}


class NotListening(Exception):
    """The module's address does not accept connections."""


@dataclass(frozen=True)
class Upload:
    """A file argument."""

    name: str
    filename: str
    content: bytes


@dataclass(frozen=True)
class Request:
    """What goes to the module."""

    values: dict[str, Any]
    files: list[Upload]
    accept: str


def prepare(api: Mapping[str, Any], arguments: Mapping[str, Any], accept: str | None) -> Request:
    """Checks arguments against the module's own API before anything is sent."""
    properties = api["predict"].get("properties", {})
    _refuse_unknown(arguments, properties)
    given = {name: value for name, value in arguments.items() if value is not None}
    missing = [name for name in api["predict"].get("required", []) if name not in given]
    if missing:
        raise _invalid({name: ["It is required."] for name in missing})
    files = [_read(name, value) for name, value in given.items() if _is_file(properties[name])]
    values = {name: value for name, value in given.items() if not _is_file(properties[name])}
    chosen = accept or next(iter(api.get("accepts", [])), "application/json")
    if api.get("accepts"):
        # In the header and as an argument: modules look at one of the two.
        values["accept"] = chosen
    return Request(values, files, chosen)


def _is_file(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "file"


def _refuse_unknown(arguments: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    # Modules ignore what they do not know: a typing error would go unnoticed.
    wrong = {}
    for name in arguments.keys() - properties.keys():
        near = difflib.get_close_matches(name, properties, 1)
        known = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(properties)}."
        wrong[name] = [f"There is no such argument. {known}"]
    if wrong:
        raise _invalid(wrong)


def _invalid(fields: dict[str, list[str]]) -> DeepError:
    said = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in fields.items())
    return DeepError("invalid-arguments", f"Some arguments are not valid. {said}", fields=fields)


def _read(name: str, value: Any) -> Upload:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Upload(name, name, bytes(value))
    if hasattr(value, "read"):
        return Upload(name, os.path.basename(str(getattr(value, "name", name))), value.read())
    path = Path(value).expanduser()
    try:
        return Upload(name, path.name, path.read_bytes())
    except OSError as error:
        where = f" below {os.getcwd()}" if not path.is_absolute() else ""
        message = f"{path} cannot be read{where}: {error.strerror}."
        raise _invalid({name: [message]}) from error


def send(deployment: Mapping[str, Any], request: Request) -> Prediction:
    """Sends a prepared request; raises NotListening when the module is not there."""
    body, content_type = _multipart(request) if request.files else _json(request)
    connection, before, own = _connect(deployment)
    path = f"{before}{deployment['modelPath'].rstrip('/')}/predict/"
    try:
        headers = {"Accept": request.accept, "Content-Type": content_type, **own}
        connection.request("POST", path, body=body, headers=headers)
        reply = connection.getresponse()
        content = reply.read()
    except (OSError, http.client.HTTPException) as error:
        raise DeepError(
            "module-unreachable",
            f"{deployment['title']} broke off while it predicted: {error or type(error).__name__}.",
            hint="Open the module again.",
            technical=read_log(deployment["id"]),
        ) from error
    finally:
        connection.close()
    if reply.status != 200:
        raise _failure(deployment, reply.status, content)
    picture = request.files[0].content if request.files else None
    return Prediction(deployment["title"], reply.getheader("Content-Type", ""), content, picture)


def _connect(deployment: Mapping[str, Any]) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """A connection, what comes before the module's own paths on it, and further headers that it wants."""
    before = ""
    headers: dict[str, str] = {}
    connection: http.client.HTTPConnection
    if deployment["target"] == "address" or deployment["endpoint"].startswith("https:"):
        # Through the service, which knows the proxies and certificate authorities of this place.
        connection, headers = connect_service(PREDICT_TIMEOUT_S)
        before = f"/deployments/{quote(deployment['id'])}/http"
    else:
        connection = _connect_here(deployment["endpoint"])
    try:
        connection.connect()
    except OSError as error:
        raise NotListening(str(error)) from error
    return connection, before, headers


def _connect_here(endpoint: str) -> http.client.HTTPConnection:
    address = urlsplit(endpoint)
    if address.scheme == "unix":
        return UnixConnection(address.path, PREDICT_TIMEOUT_S)
    return http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=PREDICT_TIMEOUT_S)


def _json(request: Request) -> tuple[bytes, str]:
    return json.dumps(request.values).encode(), "application/json"


def _multipart(request: Request) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = b"".join(part for piece in _parts(request, boundary.encode()) for part in piece)
    return parts + b"--" + boundary.encode() + b"--\r\n", f"multipart/form-data; boundary={boundary}"


def _parts(request: Request, boundary: bytes) -> Iterator[tuple[bytes, ...]]:
    start = b"--" + boundary + b"\r\nContent-Disposition: form-data; name="
    for name, value in request.values.items():
        for each in value if isinstance(value, (list, tuple)) else [value]:
            yield start, _quoted(name), b"\r\n\r\n", _text(each).encode(), b"\r\n"
    for file in request.files:
        filename = b"; filename=" + _quoted(file.filename)
        kind = b"\r\nContent-Type: application/octet-stream\r\n\r\n"
        yield start, _quoted(file.name), filename, kind, file.content, b"\r\n"


def _quoted(text: str) -> bytes:
    # As browsers write it: a line break or a quotation mark in a file name must not end the header.
    escaped = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return f'"{escaped}"'.encode("utf-8", "surrogateescape")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _failure(deployment: Mapping[str, Any], status: int, content: bytes) -> DeepError:
    text = content.decode("utf-8", "replace")
    if error := DeepError.from_text(text):
        return error
    if status == 422 and (fields := _fields(text)):
        return _invalid(fields)
    title = deployment["title"]
    if status in _BY_STATUS:
        return DeepError(_BY_STATUS[status], f"{title} refused the prediction: {text[:500].strip() or status}")
    log = read_log(deployment["id"])
    return DeepError(
        "module-failed",
        f"{title} failed with {status} while it predicted: {text[:500].strip()}",
        hint="Its log, below, may say why." if log else "Its log may say why; whoever runs it has it.",
        technical=log or None,
    )


def _fields(text: str) -> dict[str, list[str]] | None:
    """What DEEPaaS says is wrong: messages by argument, lists of values by their index."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    return {
        str(name): [str(each) for each in (value if isinstance(value, list) else [value])]
        for name, value in data.items()
    }

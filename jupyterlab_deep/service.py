"""Finds the user's service, or starts it; used by the door and by the Python client."""

from __future__ import annotations

import errno
import http.client
import json
import os
import socket
import stat
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import paths
from .environment import service_environment
from .errors import DeepError
from .unixhttp import UnixConnection

#: A cold disk or a busy hub: measured starts are below a second.
START_TIMEOUT_S = 30
#: How long a living service may take to answer `GET /health`.
PROBE_TIMEOUT_S = 5
LOG_LINES = 20
_START_LOG_LIMIT_BYTES = 256 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DISCOVERY_LIMIT_BYTES = 64 * 1024
_REQUIRED = ("socket", "token", "pid", "host", "version")


@dataclass(frozen=True)
class Service:
    """A running service, as its discovery file describes it."""

    socket: str
    token: str
    pid: int
    host: str
    version: str
    #: Real path of its store: several stores may share a runtime folder.
    store: str | None = None


class Unusable(Exception):
    """Why there is no service to use; not an error, since one can be started."""


def find(*, probe: bool = True) -> Service:
    """The running service; raises Unusable with the reason when there is none.

    With `probe` it must answer `GET /health`, else only accept a connection, which takes a fraction of the time.
    """
    try:
        return _usable(paths.discovery_file(), probe)
    except Unusable:
        # A Jupyter with another runtime folder may have started it, or this folder names that of another store.
        elsewhere = _holders_discovery()
        if elsewhere is None:
            raise
    return _usable(elsewhere, probe)


def ensure() -> Service:
    """The running service, started when there is none; DeepError in words when that fails."""
    try:
        return find()
    except Unusable:
        return start()


def start(timeout_s: float = START_TIMEOUT_S) -> Service:
    """Starts the service in a session of its own, so that it outlives Jupyter, and waits until it answers."""
    log = _StartLog()
    process = _spawn(log.path)
    # Without this an ended service stays a zombie, whose pid looks alive.
    threading.Thread(target=process.wait, daemon=True).start()
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            return find()
        except Unusable as reason:
            unusable = reason
        # Exit code 0 means that another process holds the lock and will answer.
        if process.poll():
            raise _start_failure(process.returncode, log)
        time.sleep(0.02)
    _stop_late_starter(process)
    raise DeepError(
        "service-unavailable",
        f"The DEEP service was started but did not answer within {timeout_s:.0f} s: {unusable}.",
        hint="Try again; `jupyter deep doctor` says more.",
        technical=log.tail(),
    )


def _usable(discovery: Path, probe: bool) -> Service:
    service = _read_discovery(discovery)
    if not _is_of_our_store(service):
        raise Unusable(f"{discovery} names the service of another store, {service.store}")
    _check_process(service)
    _check_socket(service.socket)
    if probe:
        _check_answer(service)
    return service


def holder() -> dict[str, Any] | None:
    """The note of the process that holds the store's lock, or held it last; None when there is none."""
    try:
        note = json.loads((paths.store_dir() / "holder.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) else None


def _holders_discovery() -> Path | None:
    named = (holder() or {}).get("discovery")
    return Path(named) if isinstance(named, str) and Path(named) != paths.discovery_file() else None


def forget() -> None:
    """Removes the discovery file, unless it names the service of another store."""
    file = paths.discovery_file()
    try:
        is_ours = _is_of_our_store(_read_discovery(file))
    except Unusable:
        is_ours = True
    if is_ours:
        file.unlink(missing_ok=True)


def _is_of_our_store(service: Service) -> bool:
    return service.store in (None, os.path.realpath(paths.store_dir()))


def _read_discovery(file: Path) -> Service:
    try:
        with open(file, "rb") as stream:
            status = os.fstat(stream.fileno())
            text = stream.read(_DISCOVERY_LIMIT_BYTES)
    except FileNotFoundError:
        raise Unusable("it is not running") from None
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}") from error
    if status.st_uid != os.geteuid():
        raise Unusable(f"{file} belongs to another user (uid {status.st_uid})")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise Unusable(f"{file} can be read by others (mode {stat.S_IMODE(status.st_mode):o})")
    return _parse_discovery(file, text)


def _parse_discovery(file: Path, text: bytes) -> Service:
    try:
        data: dict[str, Any] = json.loads(text)
        service = Service(**{key: data[key] for key in _REQUIRED}, store=data.get("store"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{file} is damaged") from error
    if not (isinstance(service.pid, int) and service.pid > 0 and os.path.isabs(str(service.socket))):
        raise Unusable(f"{file} is damaged")
    return service


def _check_process(service: Service) -> None:
    here = socket.gethostname()
    if service.host != here:
        raise Unusable(f"it ran on {service.host}, and this is {here}")
    try:
        os.kill(service.pid, 0)
    except ProcessLookupError:
        raise Unusable(f"its process {service.pid} has ended") from None
    except PermissionError:
        raise Unusable(f"its process {service.pid} now belongs to another user") from None


def _check_socket(path: str) -> None:
    try:
        if os.lstat(path).st_uid != os.geteuid():
            raise Unusable(f"its socket {path} belongs to another user")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PROBE_TIMEOUT_S)
            connection.connect(path)
    except OSError as error:
        raise Unusable(f"its socket {path} does not accept connections: {error.strerror or error}") from error


def _check_answer(service: Service) -> None:
    """With the token: one that starts anew listens at the same place before its discovery file is the new one."""
    connection = UnixConnection(service.socket, PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/health", headers={"Accept": "application/json", "X-Deep-Token": service.token})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unusable(f"its socket {service.socket} does not answer: {error}") from error
    finally:
        connection.close()
    if status != 200:
        raise Unusable(f"another service answers at its socket {service.socket}, with {status}")


def _spawn(log: Path) -> subprocess.Popen[bytes]:
    command = [paths.node(), paths.program("service.mjs"), "serve"]
    with open(log, "ab") as output:
        return subprocess.Popen(
            command,
            env=service_environment(),
            cwd=Path.home() if Path.home().is_dir() else "/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )


def _stop_late_starter(process: subprocess.Popen[bytes]) -> None:
    """Ends what never answered: it would only hold the lock against the next one."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()


class _StartLog:
    """What the service prints before it has a log of its own, beside its log."""

    def __init__(self) -> None:
        self.path = paths.store_dir() / "service-start.log"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self.path, "ab", opener=_private) as file:
                if file.tell() > _START_LOG_LIMIT_BYTES:
                    file.truncate(0)
                self._from = file.seek(0, os.SEEK_END)
        except OSError as error:
            raise DeepError(
                "no-space" if error.errno in _FULL else "service-unavailable",
                f"The DEEP service could not be started: its folder {self.path.parent} cannot be written to ({error.strerror}).",
                hint="Make room, or have another folder named by `store.directory` in deep.json or by DEEP_STORE_DIRECTORY.",
            ) from error

    def lines(self) -> list[str]:
        """What this start printed."""
        with open(self.path, "rb") as file:
            file.seek(self._from)
            return file.read(_START_LOG_LIMIT_BYTES).decode("utf-8", "replace").splitlines()

    def tail(self) -> str:
        """The last lines of what this start and the service's own log say."""
        return "\n".join([*log_tail(LOG_LINES), *self.lines()[-LOG_LINES:]])


def log_tail(lines: int) -> list[str]:
    """The last lines of the service's own log; none when there is no log."""
    try:
        with open(paths.store_dir() / "service.log", "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64 * 1024))
            return file.read().decode("utf-8", "replace").splitlines()[-lines:]
    except OSError:
        return []


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _start_failure(code: int, log: _StartLog) -> DeepError:
    for line in reversed(log.lines()):
        if error := DeepError.from_text(line):
            error.technical = error.technical or log.tail()
            return error
    ended = f"with exit code {code}" if code > 0 else f"by signal {-code}"
    return DeepError(
        "service-unavailable",
        f"The DEEP service ended {ended} before it answered.",
        hint="`jupyter deep doctor` looks for the reason.",
        technical=log.tail(),
    )

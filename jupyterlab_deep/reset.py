"""`jupyter deep reset`: ends the service and its modules, and leaves an empty place for a new store."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from . import paths, service
from .calls import call_service
from .errors import DeepError
from .processes import own_processes
from .service import Service, Unusable

MODULE_STOP_S = 20
SERVICE_STOP_S = 20
#: A service that started meanwhile says who it is within this time.
LOCK_S = 5
_SERVICE, _MODULE = "service.mjs", "module-runtime.mjs"


def main(*, yes: bool, delete: bool) -> int:
    """Says what it will do, asks, and does it."""
    found = _find()
    plan = _plan(found, delete)
    if not plan:
        print("There is nothing to reset: no service runs and there is no store.")
        return 0
    print("This will:", *(f"  - {line}" for line in plan), sep="\n")
    if not yes and not _agreed():
        print("Nothing was changed.")
        return 1
    if found:
        _stop_modules(found)
    _stop_processes()
    _clear(delete)
    print("Done: the next use starts with an empty store.")
    return 0


def _find() -> Service | None:
    try:
        return service.find()
    except Unusable:
        return None


def _plan(found: Service | None, delete: bool) -> list[str]:
    store = paths.store_dir()
    lines = [f"end process {pid}: {command}" for pid, command in _processes().items()]
    if found:
        runs = call_service("GET", "/health", on=found)["active"]["runs"]
        if runs:
            lines.append(f"lose {runs} prediction(s) that are being computed now")
    if store.exists():
        lines.append(f"delete {store} with all runs and results" if delete else f"move {store} to {_aside(store)}")
    return lines


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise DeepError("invalid-request", "There is nobody to ask.", hint="Add --yes to agree beforehand.")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def _stop_modules(found: Service) -> None:
    """Asks the service to stop each module, so that none is cut off in its work."""
    try:
        for each in _live(found):
            call_service("DELETE", f"/deployments/{quote(each['id'])}", on=found)
        _wait(lambda: not _live(found), MODULE_STOP_S)
    except DeepError as error:
        print(f"The service did not stop its modules, so their processes are ended directly. {error.detail}")


def _live(found: Service) -> list[dict[str, str]]:
    deployments = call_service("GET", "/deployments", on=found)["deployments"]
    return [each for each in deployments if each["state"] not in ("stopped", "failed")]


def _stop_processes() -> None:
    """Ends what is left, politely first: the service, then modules that it no longer knew of."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for pid in _processes():
            _signal(pid, sent)
        if _wait(lambda: not _processes(), SERVICE_STOP_S):
            return
    raise DeepError("internal", f"These processes cannot be ended: {', '.join(map(str, _processes()))}.")


def _signal(pid: int, sent: signal.Signals) -> None:
    try:
        os.kill(pid, sent)
    except ProcessLookupError:
        return  # it ended meanwhile


def _processes() -> dict[int, str]:
    """Our processes that work on this store: by the lock's note, and by the sockets' folder on their command line."""
    holder = (service.holder() or {}).get("pid")
    sockets = str(paths.sockets_dir())

    def is_ours(pid: int, command: str) -> bool:
        return (pid == holder and _SERVICE in command) or (_MODULE in command and sockets in command)

    return {pid: command for pid, command in own_processes().items() if is_ours(pid, command)}


def _wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _aside(store: Path) -> Path:
    return store.with_name(f"{store.name}.old-{time.strftime('%Y%m%d-%H%M%S')}")


def _clear(delete: bool) -> None:
    store = paths.store_dir()
    if not store.exists():
        _forget()
        return
    with _locked(store):
        _forget()
        if delete:
            shutil.rmtree(store)
            return
        aside = _aside(store)
        store.rename(aside)
    print(f"The old store is {aside}.")


def _forget() -> None:
    service.forget()
    shutil.rmtree(paths.sockets_dir(), ignore_errors=True)


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Holds the lock of the services, so that none is at work in what is taken away."""
    connection = sqlite3.connect(store / "lock.sqlite", timeout=0, isolation_level=None)
    try:
        if not _wait(lambda: _takes(connection), LOCK_S):
            raise _held(store)
        yield
    finally:
        connection.close()


def _takes(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if "locked" not in str(error):
            return True  # a damaged lock keeps every service out
        # One has started since they were ended.
        _stop_processes()
        return False
    return True


def _held(store: Path) -> DeepError:
    note = service.holder() or {}
    here = socket.gethostname()
    who = f"process {note.get('pid', '(unknown)')} on {note.get('host', here)}"
    return DeepError(
        "service-unavailable" if note.get("host", here) == here else "service-elsewhere",
        f"The store {store} was left as it is: {who} holds it and was not ended.",
        hint="Close Jupyter there, then try again.",
    )

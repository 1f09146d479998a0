"""Linked cloud storage from Python notebooks, by the standard library alone.

    from jupyterlab_deep import storage

    storage.accounts()
    ds = storage.dataset("cloud:plants")
    open(ds.path + "/leaf.txt").read()
    ds.push()

A folder of a cloud is written `account:path`; local paths are relative to the notebook. Failures are `DeepError`s in words.
No password ever reaches a cell.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .calls import call_service
from .display import Progress
from .errors import DeepError
from .run_handle import carry_out_run, find_run, run_words
from .storage_display import Accounts, Datasets, Entries, Transfer, dataset_bundle, size_words

__all__ = ["Dataset", "DeepError", "accounts", "copy", "dataset", "datasets", "list"]

_CLOUD = re.compile(r"([a-z][a-z0-9-]{0,30}):(.*)", re.DOTALL)
_COMING = ("preparing", "copying")
_LOOK_EVERY_S = 0.3
_PAGE_ENTRIES = 1000


def accounts() -> Accounts:
    """The linked accounts: a list of dicts that shows itself as a table."""
    return Accounts(call_service("GET", "/storage/accounts")["accounts"])


def list(folder: str) -> Entries:
    """What lies in a folder of a cloud (`cloud:plants`), folders first: a list of dicts that shows itself as a table."""
    place = _cloud_place(folder)
    if place is None:
        hint = "Write account:path, such as cloud:plants; storage.accounts() lists the accounts."
        raise DeepError("invalid-request", f"“{folder}” names no folder of a cloud.", hint=hint)
    found = Entries(folder)
    while True:
        query = {"path": place["path"], "offset": len(found), "limit": _PAGE_ENTRIES}
        page = call_service("GET", f"/storage/files/{quote(place['account'])}", query=query)
        found.extend(page["entries"])
        found.skipped = page["skipped"]
        if len(found) >= page["total"] or not page["entries"]:
            return found


def datasets() -> Datasets:
    """The datasets of this machine; shown as a table."""
    return Datasets(Dataset(each) for each in _all_datasets())


def dataset(target: str, *, pattern: str | None = None, way: str | None = None, name: str | None = None) -> Dataset:
    """A folder of a cloud as a folder here: made, or found where there is one. It waits until the files can be used.

    `target` is `account:path`, or the name of a dataset that there is. With `pattern` (a glob below the folder) only files
    that fit come here; `fetch` brings more. `way` is `platform`, `mount`, `copy` or `auto`, which takes the best that works.
    """
    place = _cloud_place(target)
    if place is None:
        return Dataset(_named(target))._until_usable()
    given = {"pattern": pattern, "way": way, "name": name}
    request = {**place, **{key: value for key, value in given.items() if value is not None}}
    return Dataset(call_service("POST", "/storage/datasets", body=request))._until_usable()


def copy(source: str, target: str, *, on_conflict: str | None = None, cancels_run: bool = False) -> Transfer:
    """Copies a file or folder from a cloud, to a cloud or between two, and waits for the end.

    Each side is `account:path` or a path relative to the notebook (`./a:b` where its name has a colon).
    `on_conflict` is `keep-both` (as without it), `overwrite` or `skip`. The stop button ends the waiting; the transfer goes on
    unless `cancels_run`.
    """
    request = {"from": _transfer_place(source), "to": _transfer_place(target)}
    if on_conflict:
        request["onConflict"] = on_conflict
    return carry_out("/storage/transfers", request, cancels_run)


class Dataset:
    """A folder of a cloud as a folder of this machine, that every kernel and module sees."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._state = dict(state)

    @property
    def id(self) -> str:
        return self._state["id"]

    @property
    def name(self) -> str:
        return self._state["name"]

    @property
    def ref(self) -> str:
        """`account:path`, as it is written in cells."""
        return self._state["ref"]

    @property
    def path(self) -> str:
        """Where it is on this machine: the same path in every kernel, whatever the way."""
        return self._state["path"]

    @property
    def files(self) -> int:
        """Files that can be read here; of a mount, those of the cloud where that is known."""
        return self._counts()["files"]

    @property
    def bytes(self) -> int:
        return self._counts()["bytes"]

    @property
    def state(self) -> str:
        return self._state["state"]

    @property
    def way(self) -> str:
        """`platform`, `mount` or `copy`; `why` says why not a better one."""
        return self._state["way"]

    @property
    def why(self) -> str:
        return self._state["why"]

    @property
    def waiting(self) -> dict[str, int]:
        """What was written here and is not in the cloud yet: `files` and `bytes`."""
        return self._state["waiting"]

    @property
    def conflicts(self) -> Any:
        """Files that changed on both sides, both versions kept: `path`, `copy`, `foundAt` of each."""
        return self._state["conflicts"]

    def push(self, *, cancels_run: bool = False) -> Dataset:
        """Sends what was written here to the cloud, and waits until it is there."""
        return self._carry_out("push", {}, cancels_run)

    def refresh(self, *, cancels_run: bool = False) -> Dataset:
        """Brings what changed in the cloud here."""
        return self._carry_out("refresh", {}, cancels_run)

    def fetch(self, pattern: str, *, cancels_run: bool = False) -> Dataset:
        """Brings more files here (`train/**/*.jpg`), where only some were asked for."""
        return self._carry_out("fetch", {"pattern": pattern}, cancels_run)

    def remove(self, *, keep_files: bool = False, give_up_waiting: bool = False) -> None:
        """Forgets it; the cloud keeps its files. Refused while something waits to be sent, unless it is given up."""
        call_service("DELETE", self._path(), body={"keepFiles": keep_files, "giveUpWaiting": give_up_waiting})

    def update(self) -> Dataset:
        """Asks how it is now."""
        self._state = call_service("GET", self._path())
        return self

    def __fspath__(self) -> str:
        """So that whatever takes a path takes it: `os.listdir(ds)`, `Path(ds)`."""
        return self.path

    def __truediv__(self, name: str) -> str:
        return os.path.join(self.path, name)

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return dataset_bundle(self._state)["text/plain"]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return dataset_bundle(self._state)

    def _counts(self) -> dict[str, int]:
        state = self._state
        return state["here"] if state["way"] == "copy" else state.get("there") or state["here"]

    def _until_usable(self) -> Dataset:
        with Progress() as progress:
            while self.state in _COMING:
                run = self._state.get("run")
                progress.show(_run_words(find_run(run)) if run else f"Preparing {self.ref}")
                time.sleep(_LOOK_EVERY_S)
                self.update()
        self._refuse_unusable()
        return self

    def _refuse_unusable(self) -> None:
        # What lies here was whole once, where it was ever fresh.
        if self.state in ("ready", "syncing") or (self._state.get("freshAt") and self.state != "failed"):
            return
        if problem := self._state.get("error"):
            raise DeepError.from_problem(problem)
        key = "storage-login" if self.state == "needs-login" else "storage-unreachable"
        raise DeepError(key, f"{self.ref} cannot be used: it is {self.state}.", hint="The storage panel says more.")

    def _carry_out(self, act: str, body: Mapping[str, Any], cancels_run: bool) -> Dataset:
        carry_out(f"{self._path()}/{act}", body, cancels_run)
        return self.update()

    def _path(self) -> str:
        return f"/storage/datasets/{quote(self.id, safe='')}"


def _cloud_place(text: str) -> dict[str, str] | None:
    found = _CLOUD.fullmatch(text)
    return {"account": found[1], "path": found[2].strip("/")} if found else None


def _transfer_place(text: str) -> dict[str, str]:
    return _cloud_place(text) or {"path": os.path.abspath(text)}


def _all_datasets() -> Any:
    return call_service("GET", "/storage/datasets")["datasets"]


def _named(name: str) -> dict[str, Any]:
    found = [each for each in _all_datasets() if name in (each["name"], each["id"])]
    if len(found) == 1:
        return found[0]
    if found:
        refs = " or ".join(each["ref"] for each in found)
        raise DeepError("conflict", f"Several datasets are called “{name}”.", hint=f"Name one by {refs}.")
    hint = "A folder of a cloud is named account:path, such as cloud:plants; storage.accounts() lists the accounts."
    raise DeepError("not-found", f"There is no dataset “{name}”.", hint=hint)


def carry_out(path: str, body: Mapping[str, Any], cancels_run: bool) -> Transfer:
    """Starts a transfer and waits for its end, which is shown as it nears."""
    return Transfer(carry_out_run(path, body, cancels_run, _run_words))


def _run_words(run: Mapping[str, Any]) -> str:
    speed = run.get("transfer", {}).get("bytesPerS")
    return f"{run_words(run)}, {size_words(speed)}/s" if speed else run_words(run)

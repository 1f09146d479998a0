"""Trainings from Python notebooks, by the standard library alone.

    from jupyterlab_deep import client, storage

    m = client.open("builtin/image-classifier")
    run = m.train(data="pictures", epochs=10)
    run.watch()
    mine = run.model()

A training outlives the kernel: `training.open(run.id)` finds it again. Failures are `DeepError`s in words.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import storage
from .calls import call_service, read_file
from .display import Progress
from .errors import DeepError

if TYPE_CHECKING:
    from .client import Module

__all__ = ["TrainingRun", "list", "open"]

_AT_WORK = ("queued", "running")
_LOOK_EVERY_S = 0.5
_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 24
#: Names of arguments whose text is a path on this machine.
_DATA_NAME = re.compile(r"(^|_)(data|dataset|dir|folder|path|root)($|_)|_?(dir|path)$", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def open(run: str) -> TrainingRun:
    """A training by the id of its run, such as after a restart of the kernel."""
    found = call_service("GET", f"/runs/{quote(run, safe='')}")
    if found["kind"] != "training":
        raise DeepError("not-found", f"The run {run} is no training.")
    return TrainingRun(found)


def list(module: str | None = None, *, limit: int = 100) -> Any:
    """Trainings, the newest first."""
    runs = call_service("GET", "/runs", query={"module": module, "limit": limit})["runs"]
    return [TrainingRun(each) for each in runs if each["kind"] == "training"]


def begin(module: str, arguments: dict[str, Any], *, is_here: bool) -> TrainingRun:
    """Hands a training to the service; `Module.train` calls it."""
    data: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, value in arguments.items():
        is_path = isinstance(value, str | os.PathLike) and _DATA_NAME.search(name) and not _URL.match(str(value))
        if isinstance(value, storage.Dataset):
            data[name] = {"from": "dataset", "id": value.id}
        elif is_here and is_path:
            data[name] = {"from": "path", "path": os.path.abspath(value)}
        else:
            values[name] = value
    # The connection asks again when an answer was lost.
    request = {"module": module, "arguments": values, "data": data, "requestId": uuid.uuid4().hex}
    return TrainingRun(call_service("POST", "/training/trainings", body=request))


class TrainingRun:
    """A training that the service watches: it outlives this kernel, and the service too."""

    def __init__(self, run: dict[str, Any]) -> None:
        self._run = run

    @property
    def id(self) -> str:
        return self._run["id"]

    @property
    def state(self) -> str:
        """What was last heard of it; `refresh` asks again."""
        return self._run["state"]

    @property
    def arguments(self) -> dict[str, Any]:
        """As the module got them, paths of data included; passwords are left out."""
        return dict(self._run["arguments"])

    @property
    def metrics(self) -> dict[str, float]:
        """Numbers of the last step; of the step that was kept when it has ended."""
        return dict(self._run["training"]["metrics"])

    def refresh(self) -> TrainingRun:
        """Asks how it is."""
        self._run = call_service("GET", self._path())
        return self

    def steps(self) -> Any:
        """Numbers of all steps so far: dicts with `step`, `at` and `values`."""
        return call_service("GET", f"{self._path()}/metrics")["steps"]

    def watch(self, *, cancel_on_stop: bool = False) -> TrainingRun:
        """Shows how it goes until it ends. The stop button ends the watching, not the training, unless `cancel_on_stop`."""
        try:
            with Progress() as line:
                self._until_ended(line)
        except KeyboardInterrupt:
            if cancel_on_stop and self.state in _AT_WORK:
                self.cancel()
            raise
        self._refuse_failed()
        return self

    def log(self) -> str:
        """What the module wrote while it trained."""
        whole = b""
        while piece := read_file(f"{self._path()}/log?offset={len(whole)}"):
            whole += piece
        return whole.decode("utf-8", "replace")

    def result(self) -> Any:
        """What the module answered at the end."""
        return call_service("GET", f"{self._path()}/result")

    def cancel(self) -> TrainingRun:
        """Ends it, in the module too."""
        self._run = call_service("POST", f"{self._path()}/cancel", body={})
        return self

    def again(self) -> TrainingRun:
        """Begins another one with the same arguments and data."""
        return TrainingRun(call_service("POST", f"{self._path()}/again", body={}))

    def model(self) -> Module:
        """The model that it made, as a module that is ready to predict. Waits for the end of the training."""
        from . import client

        return client.open(self.model_id())

    def model_id(self) -> str:
        """Id of that module, without starting it. Waits for the end of the training."""
        self._until_ended(None)
        self._refuse_failed()
        made = self._run["training"].get("model")
        if made is None:
            detail = f"{self._run['module']} keeps what it learns itself: it made no model folder."
            raise DeepError("not-found", detail, hint="Open the module: its predictions use the new weights.")
        return made["id"]

    def _until_ended(self, line: Progress | None) -> None:
        while self.refresh().state in _AT_WORK:
            if line is not None:
                line.show(self._words())
            time.sleep(_LOOK_EVERY_S)

    def _words(self) -> str:
        words = f"{self._run['title']}: {self._run['phase'] or self.state}"
        curve = self._run["training"].get("curve")
        value = curve and self.metrics.get(curve["metric"])
        if value is None:
            return words
        return f"{words} {_sparkline(curve['values'])} {curve['metric']} {value:.4g}"

    def _refuse_failed(self) -> None:
        if self.state != "succeeded" and "error" in self._run:
            raise DeepError.from_problem(self._run["error"])

    def _path(self) -> str:
        return f"/runs/{quote(self.id, safe='')}"

    def __repr__(self) -> str:
        return self._words()


def _sparkline(values: Any) -> str:
    """A curve in one line of text, lowest to highest."""
    shown = values[-_MOST_BARS:]
    if not shown:
        return ""
    least, span = min(shown), max(shown) - min(shown)
    shares = ((value - least) / span if span > 0 else 1.0 for value in shown)
    return "".join(_BARS[round(share * (len(_BARS) - 1))] for share in shares)

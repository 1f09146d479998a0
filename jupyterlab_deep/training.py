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
import uuid
from typing import TYPE_CHECKING, Any

from . import storage
from .calls import call_service
from .errors import DeepError
from .run_handle import RunHandle, find_run_of, list_runs_of

if TYPE_CHECKING:
    from .client import Module

__all__ = ["TrainingRun", "list", "open"]

_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 24
#: Names of arguments whose text is a path on this machine.
_DATA_NAME = re.compile(r"(^|_)(data|dataset|dir|folder|path|root)($|_)|_?(dir|path)$", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def open(run: str) -> TrainingRun:
    """A training by the id of its run, such as after a restart of the kernel."""
    return TrainingRun(find_run_of("training", run, "training"))


def list(module: str | None = None, *, limit: int = 100) -> Any:
    """Trainings, the newest first."""
    return [TrainingRun(each) for each in list_runs_of("training", module, limit)]


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


class TrainingRun(RunHandle):
    """A training that the service watches: it outlives this kernel, and the service too."""

    @property
    def arguments(self) -> dict[str, Any]:
        """As the module got them, paths of data included; passwords are left out."""
        return dict(self._run["arguments"])

    @property
    def metrics(self) -> dict[str, float]:
        """Numbers of the last step; of the step that was kept when it has ended."""
        return dict(self._run["training"]["metrics"])

    def steps(self) -> Any:
        """Numbers of all steps so far: dicts with `step`, `at` and `values`."""
        return call_service("GET", f"{self._path}/metrics")["steps"]

    def result(self) -> Any:
        """What the module answered at the end."""
        return call_service("GET", f"{self._path}/result")

    def again(self) -> TrainingRun:
        """Begins another one with the same arguments and data."""
        return TrainingRun(call_service("POST", f"{self._path}/again", body={}))

    def model(self) -> Module:
        """The model that it made, as a module that is ready to predict. Waits for the end of the training."""
        from . import client

        return client.open(self.model_id())

    def model_id(self) -> str:
        """Id of that module, without starting it. Waits for the end of the training."""
        self._until_ended()
        self.refuse_failed()
        made = self._run["training"].get("model")
        if made is None:
            detail = f"{self._run['module']} keeps what it learns itself: it made no model folder."
            raise DeepError("not-found", detail, hint="Open the module: its predictions use the new weights.")
        return made["id"]

    def _words(self) -> str:
        words = super()._words()
        curve = self._run["training"].get("curve")
        value = curve and self.metrics.get(curve["metric"])
        if value is None:
            return words
        return f"{words} {_sparkline(curve['values'])} {curve['metric']} {value:.4g}"


def _sparkline(values: Any) -> str:
    """A curve in one line of text, lowest to highest."""
    shown = values[-_MOST_BARS:]
    if not shown:
        return ""
    least, span = min(shown), max(shown) - min(shown)
    shares = ((value - least) / span if span > 0 else 1.0 for value in shown)
    return "".join(_BARS[round(share * (len(_BARS) - 1))] for share in shares)

"""Evaluations of modules on files whose classes are known, by the standard library alone.

    from jupyterlab_deep import client, evaluating

    m = client.open("mine/pets")
    found = m.evaluate(data="pictures/test")
    found.accuracy, found.worst

An evaluation outlives the kernel: `evaluating.open(found.run.id).evaluation()` finds it again.
Failures are `DeepError`s in words.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import storage
from .calls import call_service, read_file
from .errors import DeepError
from .evaluation_display import evaluation_html, evaluation_text
from .run_handle import ItemsRun, find_run

__all__ = ["Evaluation", "EvaluationRun", "open"]

_WORST = 100
#: Small pictures that a notebook holds: a few kB each.
_PICTURES = 12
_OF_PICTURES = re.compile("image|picture|photo", re.IGNORECASE)


def open(run: str) -> EvaluationRun:
    """An evaluation by the id of its run, such as after a restart of the kernel."""
    found = find_run(run)
    if "labels" not in found.get("batch", {}):
        raise DeepError("not-found", f"The run {run} is no evaluation.")
    return EvaluationRun(found)


def begin(
    module: str,
    api: Mapping[str, Any],
    *,
    data: Any,
    labels: str | os.PathLike[str] | None,
    argument: str | None,
    pattern: str | None,
    arguments: Mapping[str, Any],
) -> EvaluationRun:
    """Hands an evaluation to the service; `Module.evaluate` calls it."""
    properties = api["predict"].get("properties", {})
    files = [name for name, schema in properties.items() if schema.get("format") == "file"]
    each = argument or _only([name for name in files if name not in arguments])
    about = properties.get(each, {})
    words = f"{each} {about.get('title', '')} {about.get('description', '')}"
    pictures = "**/*.{jpg,jpeg,png,gif,webp,bmp,tif,tiff}"
    request = {
        "module": module,
        "arguments": {name: value for name, value in arguments.items() if name not in files},
        "each": {
            "argument": each,
            "pattern": pattern or (pictures if _OF_PICTURES.search(words) else "**/*"),
            **_place(data),
        },
        "files": {
            name: {"from": "path", "path": os.path.abspath(value)} for name, value in arguments.items() if name in files
        },
        "labels": _labels(data, labels),
        # Test data stay as they are.
        "results": "run",
        # The connection asks again when an answer was lost.
        "requestId": uuid.uuid4().hex,
    }
    return EvaluationRun(call_service("POST", "/inference/batches", body=request))


def _only(names: list[str]) -> str:
    """The one that takes the files of the data."""
    if len(names) == 1:
        return names[0]
    if not names:
        hint = "Only modules that predict on files can be evaluated."
        raise DeepError("invalid-arguments", "The module has no argument that takes the files.", hint=hint)
    hint = f"Say which one takes those of the data, such as argument={names[0]!r}."
    raise DeepError("invalid-arguments", f"Several arguments take files: {', '.join(names)}.", hint=hint)


def _place(data: Any) -> dict[str, str]:
    if isinstance(data, storage.Dataset):
        return {"from": "dataset", "dataset": data.id, "folder": ""}
    path = Path(os.path.abspath(data))
    return {"from": "path", "folder": str(path.parent if path.is_file() else path)}


def _labels(data: Any, labels: str | os.PathLike[str] | None) -> dict[str, str]:
    if labels == "folders":
        return {"from": "folders"}
    if labels is not None:
        return {"from": "list", "file": os.path.abspath(labels)}
    if not isinstance(data, storage.Dataset) and os.path.isfile(data):
        return {"from": "list", "file": os.path.abspath(data)}
    return {"from": "found"}


class EvaluationRun(ItemsRun):
    """The work behind an evaluation: it outlives this kernel, and the service too."""

    @property
    def folder(self) -> str:
        """Folder of the files of results: `results.jsonl`, `results.csv`, `gallery.html`."""
        return self._run["batch"]["results"]["path"]

    def evaluation(self) -> Evaluation:
        """What was found for what so far."""
        found = call_service("GET", f"{self._path}/evaluation", query={"limit": _WORST})
        pictures: dict[int, bytes] = {}
        for mistake in found["worst"][:_PICTURES]:
            try:
                pictures[mistake["item"]] = read_file(f"{self._path}/items/{mistake['item']}/thumbnail")
            except DeepError:
                # Not every file is a picture, and some are gone: the mistake is named all the same.
                continue
        return Evaluation(self, found, pictures)


class Evaluation:
    """What a module found in files whose classes are known."""

    def __init__(self, run: EvaluationRun, found: dict[str, Any], pictures: Mapping[int, bytes]) -> None:
        #: The work behind it: its results in files.
        self.run = run
        self._found = found
        self._pictures = pictures

    @property
    def accuracy(self) -> float:
        """Share of the answered files for which the right class was found, 0 to 1; NaN when none was answered."""
        return self._found.get("accuracy", float("nan"))

    @property
    def count(self) -> int:
        """Files that were answered."""
        return self._found["count"]

    @property
    def failed(self) -> int:
        """Files that could not be done; they count neither as right nor as wrong."""
        return self._found["failed"]

    @property
    def confusion(self) -> dict[str, Any]:
        """`labels`, and `rows`: how often each class was found (column) for each that it was (row)."""
        return {"labels": self._found["labels"], "rows": self._found["rows"]}

    @property
    def per_class(self) -> list[dict[str, Any]]:
        """Dicts with `label`, `count`, `recall` and `precision` of each class of the files."""
        return self._found["perClass"]

    @property
    def worst(self) -> list[dict[str, Any]]:
        """Mistakes, the surest first, a hundred at most: dicts with `path`, `label`, `found`, `probability`."""
        return self._found["worst"]

    @property
    def unknown(self) -> list[str]:
        """Classes of the files that the module does not know."""
        return self._found["unknown"]

    @property
    def left_out(self) -> dict[str, Any]:
        """`count` of files without a label and labels without a file, and the `first` of them with the reason."""
        return self._found["leftOut"]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": evaluation_html(self._found, self._pictures)}

    def __repr__(self) -> str:
        return evaluation_text(self._found)

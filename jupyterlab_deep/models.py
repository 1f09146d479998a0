"""Your own models as modules, from Python notebooks, by the standard library alone.

    from jupyterlab_deep import client, models

    models.inspect("leaves.onnx")
    mine = models.save("leaves.onnx", "leaves", labels=["oak", "beech"], preparation="imagenet")
    client.open(mine).predict(image="leaf.jpg")

ONNX files are data: docs/models.md has the line that exports PyTorch, Keras and scikit-learn. Paths are relative to the
notebook. Failures are `DeepError`s in words.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from .calls import call_service
from .errors import DeepError

__all__ = ["Inspection", "Model", "inspect", "save"]


class Inspection(dict):
    """What a model file says of itself: a dict that shows itself in words."""

    def __repr__(self) -> str:
        task = self.get("proposal", {}).get("task", "no module can be made of it as it is")
        lines = [f"{self['name']}: {task}"]
        lines += [f"{where}: {', '.join(map(_tensor, self[key]))}" for where, key in (("in", "inputs"), ("out", "outputs"))]
        lines += [f"{'·' if each['isCertain'] else '?'} {each['text']}" for each in self["findings"]]
        problem = self.get("problem")
        if problem:
            lines.append(f"{problem['detail']} {problem.get('hint', '')}".strip())
        if self["questions"]:
            lines.append(f"To be said when it is saved: {', '.join(self['questions'])}.")
        return "\n".join(lines)


def _tensor(tensor: Mapping[str, Any]) -> str:
    shape = " × ".join("any" if length is None else str(length) for length in tensor["shape"])
    return f"{tensor['name']} ({tensor['type']}{', ' + shape if shape else ''})"


def inspect(model: Any) -> Inspection:
    """What an ONNX file (its path, bytes, or `onnx.ModelProto`) or a `model.json` of TensorFlow.js says. Nothing of it is run."""
    with _as_file(model) as path:
        return Inspection(call_service("POST", "/models/inspections", body={"file": _place(path)}))


def save(
    model: Any,
    name: str,
    *,
    labels: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    task: str | None = None,
    preparation: str | Mapping[str, Any] | None = None,
    network: Mapping[str, str] | None = None,
    example: str | os.PathLike[str] | Mapping[str, float] | None = None,
    replace: bool = False,
    **about: str,
) -> Model:
    """Saves a model as a module of yours, once it has run here.

    `model` is the path of an ONNX file or of a `model.json`, the bytes of an ONNX file, or an `onnx.ModelProto`.
    `labels` and `columns` stand in the order of the network; `preparation` is a name such as `imagenet` or `zero-one`, or
    a dict of every step; `network` names `input`, `output`, `layout` and `gives` where the file's proposal is wrong.
    `about` takes `title`, `summary`, `description`, `licence`, `author` and `version`.
    """
    settings = {
        "task": task,
        # Arrays of numpy and pandas hold texts of their own kind.
        "labels": None if labels is None else [str(label) for label in labels],
        "columns": None if columns is None else [_column(column) for column in columns],
        "network": None if network is None else dict(network),
        "preparation": dict(preparation) if isinstance(preparation, Mapping) else None,
    }
    with _as_file(model) as path:
        request = {
            "file": _place(path),
            "name": name,
            "settings": _given(settings),
            "preset": preparation if isinstance(preparation, str) else None,
            "example": _example(example),
            "replace": replace or None,
            **about,
        }
        return Model(call_service("POST", "/models", body=_given(request)))


class Model(Mapping[str, Any]):
    """A model among yours: its id can be opened, deployed and shared."""

    def __init__(self, saved: Mapping[str, Any]) -> None:
        self._saved = dict(saved)

    @property
    def id(self) -> str:
        """Module id: `mine/leaves`."""
        return self._saved["id"]

    @property
    def folder(self) -> str:
        return self._saved["folder"]

    def open(self) -> Any:
        """Starts it on this machine, or takes it where it runs."""
        from . import client

        return client.open(self.id)

    def write_python(self, folder: str | os.PathLike[str]) -> dict[str, Any]:
        """Writes a Python project that serves it by the platform's own server (DEEPaaS); nothing may lie there."""
        return call_service("POST", f"{self._path()}/python", body={"folder": _place(folder)})

    def remove(self) -> None:
        """Deletes its folder, and stops what runs of it here."""
        call_service("DELETE", self._path())

    def _path(self) -> str:
        return f"/models/{quote(self._saved['name'], safe='')}"

    def __getitem__(self, key: str) -> Any:
        return self._saved[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._saved)

    def __len__(self) -> int:
        return len(self._saved)

    def __repr__(self) -> str:
        return f"{self['title']} {self['version']} ({self.id}, {self['task']}), in {self.folder}"


@contextmanager
def _as_file(model: Any) -> Iterator[str]:
    """The path of a model; bytes and what can be turned into them lie in a file for as long as it is read."""
    if isinstance(model, str | os.PathLike):
        yield os.path.abspath(model)
        return
    content = model.SerializeToString() if hasattr(model, "SerializeToString") else model
    if not isinstance(content, bytes | bytearray | memoryview):
        raise DeepError(
            "invalid-arguments",
            f"A {type(model).__name__} is no model that can be saved.",
            hint="Export it to ONNX and give the path or the bytes; docs/models.md has the line for each library.",
        )
    with tempfile.TemporaryDirectory(prefix="deep-model-") as folder:
        path = os.path.join(folder, "model.onnx")
        with open(path, "wb") as file:
            file.write(content)
        yield path


def _place(path: str | os.PathLike[str]) -> dict[str, str]:
    return {"from": "path", "path": os.path.abspath(path)}


def _column(column: Any) -> dict[str, Any]:
    return dict(column) if isinstance(column, Mapping) else {"name": str(column)}


def _example(example: Any) -> dict[str, Any] | None:
    if example is None:
        return None
    return {"values": dict(example)} if isinstance(example, Mapping) else {"file": _place(example)}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}

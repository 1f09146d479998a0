"""Trained models: folders that are there whole, or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

NETWORK, LABELS, COLUMNS, RECORD = "model.onnx", "labels.json", "columns.json", "training.json"
FILES = (NETWORK, LABELS, COLUMNS, RECORD)
VALID_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def home() -> Path:
    """The project's folder, or the one that the environment names where the code is installed elsewhere."""
    return Path(os.environ.get("TABLE_CLASSIFIER_HOME") or Path(__file__).parent.parent)


def models_folder() -> Path:
    return home() / "models"


@dataclass
class Model:
    """Computes with onnxruntime alone: what it was trained with need not be loaded."""

    name: str
    labels: list[str]
    #: `{"name", "example"}` of each, in the network's order.
    columns: list[dict[str, Any]]
    network: onnxruntime.InferenceSession

    @property
    def column_names(self) -> list[str]:
        return [column["name"] for column in self.columns]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """For each row, how likely each class is: [rows, labels]."""
        [source] = self.network.get_inputs()
        _, found = self.network.run(None, {source.name: rows.astype(np.float32)})
        return found


def names() -> list[str]:
    """Those that were trained, the newest first."""
    folder = models_folder()
    if not folder.is_dir():
        return []
    whole = [each for each in folder.iterdir() if VALID_NAME.fullmatch(each.name) and is_whole(each)]
    return [each.name for each in sorted(whole, key=lambda each: (each / RECORD).stat().st_mtime, reverse=True)]


def is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def columns_of(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / COLUMNS).read_text("utf-8"))


def load(folder: Path) -> Model:
    return Model(
        folder.name,
        json.loads((folder / LABELS).read_text("utf-8")),
        columns_of(folder),
        open_network((folder / NETWORK).read_bytes()),
    )


def open_network(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Such a network is small: more threads only get into each other's way.
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def save(parent: Path, name: str, files: dict[str, bytes], taken: tuple[str, ...] = ()) -> str:
    """Writes a new folder and gives it a free name: `name`, else `name-2`, … Nothing that is there is touched."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
        try:
            for file, content in files.items():
                _write(fresh / file, content)
            return _rename(fresh, name, taken)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    except OSError as error:
        raise RuntimeError(
            f"The model could not be saved in {parent}: {error.strerror}. The models that were there are as they were."
        ) from None


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as target:
        target.write(content)
        target.flush()
        # A full disk may say so only now.
        os.fsync(target.fileno())


def _rename(fresh: Path, name: str, taken: tuple[str, ...]) -> str:
    fresh.chmod(0o755)
    for number in count(1):
        free = name if number == 1 else f"{name}-{number}"
        target = fresh.with_name(free)
        if free in taken or target.exists():
            continue
        try:
            fresh.rename(target)
            return free
        except OSError:
            # Another training took the name in this very moment.
            if not target.exists():
                raise
    raise AssertionError("numbers do not end")


def sweep(parent: Path, age_s: float, now: float) -> None:
    """Removes what trainings left that were killed while they saved."""
    for rest in parent.glob(".new-*"):
        if now - rest.stat().st_mtime > age_s:
            shutil.rmtree(rest, ignore_errors=True)

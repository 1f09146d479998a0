"""A training from its arguments to the saved model."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from . import models
from .learning import Learned, Settings, learn
from .refusals import Refused
from .tables import Table, find_table, listed, read_table

#: A training that saves for so long was killed.
LEFT_OVER_S = 3600


def train_model(
    data: str,
    target: str,
    name: str,
    settings: Settings,
    parent: Path,
    say: Callable[[str], None],
    taken: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Trains on the CSV file at `data` and saves the model below `parent`, by another name where it is taken."""
    file = find_table(data, "data")
    name = _model_name(name, file)
    table = read_table(file, "data")
    columns = _columns(table, target)
    labels, classes = _classes(table, target)
    rows = table.numbers(columns)
    say(f"{len(rows)} rows, {len(columns)} columns and {len(labels)} classes ({listed(labels)}) in {table.name}")
    say(f"Learning, epoch 1 of {settings.epochs}")
    learned = learn(rows, classes, settings, say)
    record = _record(file, table, target, labels, settings, learned)
    models.sweep(parent, LEFT_OVER_S, time.time())
    saved = models.save(
        parent,
        name,
        {
            models.NETWORK: learned.network,
            models.LABELS: _json(labels),
            models.COLUMNS: _json(
                [{"name": column, "example": float(value)} for column, value in zip(columns, rows[0], strict=True)]
            ),
            models.RECORD: _json(record),
        },
        taken,
    )
    return {"name": saved, "metrics": record["metrics"], "confusion": record["confusion"]}


def _model_name(name: str, file: Path) -> str:
    if name and not models.VALID_NAME.fullmatch(name):
        raise Refused(
            "name", "A name has letters, digits, dots, - and _, begins with a letter or digit, and is at most 60 long."
        )
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-._")[:60]
    return name or plain or "model"


def _columns(table: Table, target: str) -> list[str]:
    if target not in table.columns:
        raise Refused("target", f"{table.name} has no column {target}: it has {listed(table.columns)}.")
    columns = [column for column in table.columns if column != target]
    if not columns:
        raise table.refuse(f"{table.name} has no column but {target}: there is nothing to learn from.")
    return columns


def _classes(table: Table, target: str) -> tuple[list[str], np.ndarray]:
    texts = table.texts(target)
    labels, classes, counts = np.unique(texts, return_inverse=True, return_counts=True)
    names = [str(label) for label in labels]
    if len(names) < 2:
        raise Refused("target", f"Every row has {names[0]} in the column {target}: there is nothing to tell apart.")
    lonely = [name for name, number in zip(names, counts, strict=True) if number < 2]
    if len(lonely) == len(names):
        raise Refused("target", f"Every row has something else in the column {target}: these are no classes.")
    if lonely:
        raise Refused(
            "target", f"{listed(lonely)} in the column {target} is there in one row only: each class needs two."
        )
    return names, classes


def _record(
    file: Path, table: Table, target: str, labels: list[str], settings: Settings, learned: Learned
) -> dict[str, Any]:
    return {
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "data": {
            "file": file.name,
            "rows": len(table.rows),
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        },
        "arguments": {"target": target, **asdict(settings)},
        "metrics": learned.metrics,
        "confusion": {"labels": labels, "rows": learned.confusion},
        "made_with": {package: version(package) for package in ("scikit-learn", "skl2onnx", "onnxruntime")},
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()

"""The functions that DEEPaaS calls. What they do is in the other files; here is how they ask and answer."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from webargs import fields, validate

from . import __version__, models, sample
from .learning import Settings
from .refusals import Refused
from .tables import LARGEST, listed, read_table
from .training import train_model

JSON, CSV = "application/json", "text/csv"
MOST_ROWS = 100_000

#: What `predict` answers; DEEPaaS checks it, and shows it in its API.
schema = {
    "model": fields.Str(metadata={"description": "The model that was asked"}),
    "labels": fields.List(fields.Str(), metadata={"description": "Of one row: all classes, the likeliest first"}),
    "probabilities": fields.List(fields.Float(), metadata={"description": "Of one row: how likely each class is"}),
    "predictions": fields.List(
        fields.Nested({"row": fields.Int(), "label": fields.Str(), "probability": fields.Float()}),
        metadata={"description": "Of a table: the likeliest class of each row"},
    ),
}

_loaded: dict[str, models.Model] = {}


def get_metadata() -> dict[str, Any]:
    return {
        "id": "table-classifier",
        "name": "table-classifier",
        "title": "Table classifier",
        "description": "Learns the classes of the rows of a table from a CSV file, and names those of others",
        "author": "The jupyterlab-deep developers",
        "license": "Apache-2.0",
        "version": __version__,
        "trained-models": models.names(),
    }


def warm() -> None:
    """Called once in each worker, before the first request."""
    _model(_choices()[0])


def get_predict_args() -> dict[str, Any]:
    # Asked once, when the server starts: a model that is trained later is offered after a restart.
    sample.ensure()
    choices = _choices()
    example = {column["name"]: column["example"] for column in models.columns_of(_folder(choices[0]))}
    return {
        "table": fields.Field(
            # Said, for deepaas-cli: what has no default it hands over as a thing of marshmallow's own.
            load_default=None,
            metadata={
                "type": "file",
                "location": "form",
                "description": "A table of many rows: a CSV file whose first line names the columns",
            },
        ),
        "values": fields.Str(
            load_default=json.dumps(example),
            metadata={
                "description": "Without a table: the numbers of one row by the names of its columns, or a list of rows"
            },
        ),
        "model": fields.Str(
            load_default=choices[0],
            validate=validate.OneOf(choices),
            metadata={"description": "The model to ask: the newest, unless another is chosen"},
        ),
        "accept": fields.Str(
            validate=validate.OneOf([JSON, CSV]), metadata={"location": "headers", "description": "How to answer"}
        ),
    }


def predict(model: str, values: str = "", table: Any = None, accept: str = JSON) -> dict[str, Any] | bytes:
    chosen = _model(model)
    rows, is_table = _rows(chosen, table, values)
    probabilities = chosen.probabilities(rows)
    best = probabilities.argmax(axis=1)
    answers = [
        {"row": number, "label": chosen.labels[index], "probability": float(probabilities[number - 1, index])}
        for number, index in enumerate(best, 1)
    ]
    if accept == CSV:
        return _csv(answers)
    if is_table or len(answers) > 1:
        return {"model": chosen.name, "predictions": answers}
    order = np.argsort(-probabilities[0], kind="stable")
    return {
        "model": chosen.name,
        "labels": [chosen.labels[index] for index in order],
        "probabilities": [float(probabilities[0, index]) for index in order],
    }


def get_train_args() -> dict[str, Any]:
    usual = Settings()
    return {
        "data": fields.Str(
            required=True,
            metadata={
                "description": "Path of a CSV file, or of a folder with one: a column of classes, all others numbers",
                # Says to forms that it is the place of data.
                "format": "path",
            },
        ),
        "target": fields.Str(load_default="label", metadata={"description": "The column that has the classes"}),
        "name": fields.Str(
            load_default="", metadata={"description": "Name of the new model; that of the file when left empty"}
        ),
        "epochs": fields.Int(
            load_default=usual.epochs,
            validate=validate.Range(1, 100_000),
            metadata={"description": "How often every row is seen"},
        ),
        "hidden": fields.Int(
            load_default=usual.hidden,
            validate=validate.Range(1, 1000),
            metadata={"description": "Neurons of the hidden layer"},
        ),
        "learning_rate": fields.Float(
            load_default=usual.learning_rate,
            validate=validate.Range(0.000001, 10),
            metadata={"description": "How far each step goes"},
        ),
        "test_share": fields.Float(
            load_default=usual.test_share,
            validate=validate.Range(0.01, 0.9),
            metadata={"description": "The share of rows that is held out, to try the model on"},
        ),
        "seed": fields.Int(
            load_default=usual.seed, validate=validate.Range(0, 2**32 - 1), metadata={"description": "Of chance"}
        ),
    }


def train(data: str, target: str = "label", name: str = "", **settings: Any) -> dict[str, Any]:
    parent = models.models_folder()
    made = train_model(data, target, name, Settings(**settings), parent, _say, taken=(sample.NAME,))
    _say(f"Saved as {parent.name}/{made['name']}. The module offers it when it has been restarted.")
    return made


def _say(line: str) -> None:
    # DEEPaaS tells nothing of a training but its end. Whoever watches reads the log, and at once.
    print(line, flush=True)


def _choices() -> list[str]:
    return [*models.names(), sample.NAME]


def _folder(name: str) -> Path:
    return sample.ensure() if name == sample.NAME else models.models_folder() / name


def _model(name: str) -> models.Model:
    if name not in _loaded:
        folder = _folder(name)
        if not models.is_whole(folder):
            raise Refused("model", f"The model {name} is not there any more: choose another, or restart the module.")
        _loaded[name] = models.load(folder)
    return _loaded[name]


def _rows(model: models.Model, table: Any, values: str) -> tuple[np.ndarray, bool]:
    """What the network is given, and whether it came as a table."""
    if table is None:
        return _given(model, values), False
    try:
        found = read_table(Path(table.filename), "table", table.original_filename)
        if len(found.rows) > MOST_ROWS:
            raise found.refuse(f"{found.name} has {len(found.rows)} rows; {MOST_ROWS} are taken at once.")
        return found.numbers(model.column_names), True
    finally:
        # DEEPaaS leaves the uploads of its modules behind.
        os.unlink(table.filename)


def _given(model: models.Model, values: str) -> np.ndarray:
    given = _spelled(values)
    rows = given if isinstance(given, list) else [given]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise Refused("values", f"Give a table, or the numbers by their names: {_example(model)}.")
    if len(rows) > MOST_ROWS:
        raise Refused("values", f"{len(rows)} rows are too many: {MOST_ROWS} are taken at once.")
    return np.asarray([_numbers(model, row) for row in rows], float)


def _spelled(values: str) -> Any:
    """As JSON spells it, or as Python does."""
    try:
        return json.loads(values)
    except ValueError:
        pass
    try:
        return ast.literal_eval(values.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _numbers(model: models.Model, row: dict[str, Any]) -> list[float]:
    missing = [name for name in model.column_names if name not in row]
    if missing:
        raise Refused(
            "values", f"{listed(missing)}: no number is given, and the model {model.name} needs it. {_example(model)}"
        )
    for name in model.column_names:
        value = row[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # Neither NaN nor infinity is between these.
        if not is_number or not -LARGEST <= value <= LARGEST:
            raise Refused("values", f"{name}: {value!r} is no number that can be computed with.")
    return [float(row[name]) for name in model.column_names]


def _example(model: models.Model) -> str:
    return json.dumps({column["name"]: column["example"] for column in model.columns})


def _csv(answers: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["row", "label", "probability"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(answers)
    return text.getvalue().encode()

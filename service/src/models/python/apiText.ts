/** `api.py`: what DEEPaaS calls. All that differs from model to model is data: settings.json and labels.json. */
export const apiText = (
  task: string
): string => `"""What DEEPaaS calls: the model behind the standard API.

Made by jupyterlab-deep from a model folder; all that differs from model to model stands in settings.json and labels.json.
"""

import functools
import json
from pathlib import Path

import numpy as np
import onnxruntime
from webargs import fields, validate

HERE = Path(__file__).resolve().parent
TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8,
}


@functools.cache
def settings():
    return json.loads((HERE / "settings.json").read_text("utf-8"))


@functools.cache
def labels():
    return json.loads((HERE / "labels.json").read_text("utf-8"))


@functools.cache
def session():
    available = onnxruntime.get_available_providers()
    wanted = [each for each in ("CUDAExecutionProvider", "CPUExecutionProvider") if each in available]
    return onnxruntime.InferenceSession(str(HERE / "model" / "model.onnx"), providers=wanted)


def warm():
    session()


def get_metadata():
    return settings()["metadata"]


def run(batch):
    """The network's numbers, a row each. One that was exported for so many rows gets no others."""
    network = session()
    wanted = settings()["input"]
    about = next(each for each in network.get_inputs() if each.name == wanted)
    kind = TYPES[about.type]
    batch = batch.astype(kind) if np.issubdtype(kind, np.floating) else np.rint(batch).astype(kind)
    step = about.shape[0] if isinstance(about.shape[0], int) and about.shape[0] > 0 else max(1, len(batch))
    parts = [network.run([settings()["output"]], {wanted: batch[at : at + step]})[0] for at in range(0, len(batch), step)]
    return np.concatenate(parts).reshape(len(batch), -1).astype(np.float32)


def probabilities(values):
    gives = settings()["gives"]
    if gives == "auto":
        gives = "probabilities" if abs(values.sum() - 1) < 1e-3 and (values >= 0).all() else "logits"
    if gives == "logits":
        powers = np.exp(values - values.max())
        return powers / powers.sum()
    if gives in ("probability", "logit"):
        second = 1 / (1 + np.exp(-values[0])) if gives == "logit" else values[0]
        return np.asarray([1 - second, second])
    return values


def best(values, count):
    """The most likely classes, best first: once as columns and once as rows."""
    found = probabilities(values)
    order = np.argsort(-found, kind="stable")[:count]
    predictions = [{"label": labels()[index], "probability": float(found[index]), "index": int(index)} for index in order]
    return {
        "labels": [each["label"] for each in predictions],
        "probabilities": [each["probability"] for each in predictions],
        "predictions": predictions,
    }


${task}`;

/** A test that the project brings along. */
export const TEST_TEXT = `"""Runs the model as DEEPaaS does: pytest."""

import json
from pathlib import Path

from @PACKAGE@ import api

EXAMPLE = json.loads((Path(__file__).parent / "example.json").read_text("utf-8"))


def arguments():
    files = {name: str(Path(__file__).parent / file) for name, file in EXAMPLE["files"].items()}
    return {**EXAMPLE["arguments"], **files}


def test_the_metadata_name_the_model():
    assert api.get_metadata()["name"]


def test_the_arguments_are_declared():
    assert set(EXAMPLE["arguments"]) | set(EXAMPLE["files"]) <= set(api.get_predict_args())


def test_it_answers_its_example():
    api.warm()
    assert api.predict(**arguments())


def test_probabilities_are_some():
    answer = api.predict(**arguments())
    rows = answer["probabilities"] if isinstance(answer, dict) and "probabilities" in answer else []
    assert all(0 <= value <= 1.0001 for value in rows)
`;

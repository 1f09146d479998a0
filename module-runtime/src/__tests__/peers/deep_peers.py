"""What Python developers would write over the same folders as ours: DEEPaaS modules for sound and for tables."""

import csv
import json
import os
import pathlib
import wave

import numpy as np
import onnxruntime
from webargs import fields, validate

MODULES = pathlib.Path(os.environ["PEER_MODULES"])
FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


#: Made by `warm`, in each worker.
sessions = {}


def load(name):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = str(MODULES / name / "onnx" / "model.onnx")
    sessions[name] = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def metadata(name):
    manifest = json.loads((MODULES / name / "module.json").read_text())
    kept = {key: manifest[key] for key in ("title", "description", "version", "license", "author")}
    return {"id": name, "name": name, **kept}


ACCEPT = fields.Str(validate=validate.OneOf(["application/json", "text/csv"]))


class Voice:
    def get_metadata(self):
        return metadata("voice-activity")

    def warm(self):
        load("voice-activity")

    def get_predict_args(self):
        return {
            "audio": fields.Field(required=True, metadata={"type": "file", "location": "form"}),
            "threshold": fields.Float(load_default=0.5, validate=validate.Range(0, 1)),
            "min_speech_ms": fields.Int(load_default=250, validate=validate.Range(0, 60000)),
            "min_silence_ms": fields.Int(load_default=100, validate=validate.Range(0, 60000)),
            "frames": fields.Bool(load_default=False),
            "accept": ACCEPT,
        }

    def predict(self, audio, **_others):
        with wave.open(audio.filename) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f4") / 32768
        count = -(-len(sound) // 512)
        frames = np.zeros((count, 512), "f4")
        frames.reshape(-1)[: len(sound)] = sound
        context = np.zeros((count, 64), "f4")
        context[1:] = frames[:-1, -64:]
        zero = np.zeros((1, 1, 128), "f4")
        found = sessions["voice-activity"].run(None, {"input": np.hstack([context, frames]), "h": zero, "c": zero})[0]
        return {"frame_probabilities": found.tolist()}


class Penguins:
    def get_metadata(self):
        return metadata("penguin-species")

    def warm(self):
        load("penguin-species")

    def get_predict_args(self):
        numbers = {name: fields.Float(validate=validate.Range(min=0)) for name in FEATURES}
        table = fields.Field(metadata={"type": "file", "location": "form"})
        return {**numbers, "table": table, "accept": ACCEPT}

    def predict(self, table=None, accept=None, **numbers):
        if table is None:
            rows = [[numbers[name] for name in FEATURES]]
        else:
            with open(table.filename, newline="") as file:
                rows = [[float(row[name]) for name in FEATURES] for row in csv.DictReader(file)]
        logits = sessions["penguin-species"].run(None, {"features": np.array(rows, "f4")})[0]
        weights = np.exp(logits - logits.max(1, keepdims=True))
        return {"probabilities": (weights / weights.sum(1, keepdims=True)).max(1).tolist()}


voice = Voice()
penguins = Penguins()

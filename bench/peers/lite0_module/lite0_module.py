"""What a Python developer would write to serve a model folder: onnxruntime, Pillow's bicubic resizing, DEEPaaS.

`LITE0_MODEL` names the folder, `LITE0_THREADS` the threads of onnxruntime. Two variants, alike but for where `accept` is read.
"""
import json
import os
import pathlib

import numpy
import onnxruntime
from PIL import Image
from webargs import fields, validate

MEDIA_TYPES = ("application/json", "text/csv")


class Classifier:
    """Loaded once in each worker, by `warm`."""

    def __init__(self):
        self.folder = pathlib.Path(os.environ["LITE0_MODEL"])
        preprocessor = json.loads((self.folder / "preprocessor_config.json").read_text())
        self.labels = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        self.size = (preprocessor["size"]["width"], preprocessor["size"]["height"])
        self.mean = numpy.array(preprocessor["image_mean"], numpy.float32)
        self.deviation = numpy.array(preprocessor["image_std"], numpy.float32)
        self.rescale = numpy.float32(preprocessor["rescale_factor"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("LITE0_THREADS", "0"))
        model = str(self.folder / "onnx" / "model.onnx")
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def probabilities(self, path):
        picture = Image.open(path).convert("RGB").resize(self.size, Image.Resampling.BICUBIC)
        pixels = (numpy.asarray(picture, numpy.float32) * self.rescale - self.mean) / self.deviation
        (logits,) = self.session.run(["logits"], {"pixel_values": pixels.transpose(2, 0, 1)[None]})
        weights = numpy.exp(logits[0] - logits[0].max())
        return weights / weights.sum()

    def classify(self, path, count):
        probabilities = self.probabilities(path)
        best = numpy.argsort(-probabilities, kind="stable")[:count]
        rows = [
            {"label": self.labels[str(index)], "probability": float(probabilities[index]), "index": int(index)} for index in best
        ]
        return {
            "labels": [row["label"] for row in rows],
            "probabilities": [row["probability"] for row in rows],
            "predictions": rows,
        }


classifier = None


def csv_of(rows):
    lines = ["label,probability,index"]
    lines += ['"{label}",{probability},{index}'.format(**row) for row in rows]
    return "\n".join(lines) + "\n"


class Module:
    def __init__(self, name, accept):
        self.name, self.accept = name, accept

    def get_metadata(self):
        return {
            "id": self.name,
            "name": self.name,
            "title": "Image classifier",
            "description": "Says what a photograph shows",
            "version": "1.0.0",
            "license": "Apache-2.0",
        }

    def warm(self):
        global classifier
        classifier = Classifier()

    def get_predict_args(self):
        return {
            "image": fields.Field(required=True, metadata={"type": "file", "location": "form", "description": "An image file"}),
            "top_k": fields.Int(load_default=5, validate=validate.Range(1, 1000), metadata={"description": "Classes to return"}),
            "accept": fields.Str(validate=validate.OneOf(list(MEDIA_TYPES)), metadata=dict(self.accept)),
        }

    def predict(self, image, top_k, accept=MEDIA_TYPES[0]):
        try:
            result = classifier.classify(image.filename, top_k)
        finally:
            # DEEPaaS leaves the uploads of its modules behind.
            os.unlink(image.filename)
        return csv_of(result["predictions"]).encode() if accept == "text/csv" else result


by_query = Module("image-classifier", {})
by_header = Module("image-classifier-headers", {"location": "headers"})

"""What DEEPaaS calls. Every function may be changed; their names and what they return are the API."""

from webargs import fields, validate

from . import __version__, features, files, model

#: What `predict` returns; DEEPaaS checks it and shows it in its API.
schema = {
    "labels": fields.List(fields.Str(), metadata={"description": "Classes, the likeliest first"}),
    "probabilities": fields.List(fields.Float(), metadata={"description": "How likely each of them is"}),
}

_loaded = {}


def get_metadata():
    return {**@METADATA@, "version": __version__}


def warm():
    """Called once in each worker before the first request: load what takes time here."""
    _loaded["model"] = model.load()


def get_predict_args():
    return {
        "image": fields.Field(
            required=True,
            metadata={"type": "file", "location": "form", "description": "An image file, such as JPEG or PNG"},
        ),
        "top_k": fields.Int(
            load_default=3,
            validate=validate.Range(1, 100),
            metadata={"description": "How many of the likeliest classes to name"},
        ),
    }


def predict(**args):
    if not _loaded:
        warm()
    with files.opened(args["image"]) as path:
        numbers = features.numbers_of(path)
    best = model.classify(_loaded["model"], numbers)[: args["top_k"]]
    return {"labels": [label for label, _ in best], "probabilities": [probability for _, probability in best]}


def get_train_args():
    return {
        "data": fields.Str(
            required=True,
            metadata={"description": "Path of a folder of data that has a folder of pictures for each class"},
        ),
    }


def train(**args):
    learnt = model.learn(features.examples_in(args["data"]))
    return {"classes": sorted(learnt["centres"]), "examples": learnt["examples"]}

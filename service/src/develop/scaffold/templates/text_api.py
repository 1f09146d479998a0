"""What DEEPaaS calls. Every function may be changed; their names and what they return are the API."""

from webargs import fields, validate

from . import __version__, features, model

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
        "text": fields.Str(
            load_default="Where can I find the results?",
            validate=validate.Length(min=1),
            metadata={"description": "A sentence or more"},
        ),
    }


def predict(**args):
    if not _loaded:
        warm()
    best = model.classify(_loaded["model"], features.numbers_of(args["text"]))
    return {"labels": [label for label, _ in best], "probabilities": [probability for _, probability in best]}


def get_train_args():
    return {
        "data": fields.Str(
            required=True,
            metadata={"description": "Path of a file of data: CSV with the columns text and label"},
        ),
    }


def train(**args):
    learnt = model.learn(features.examples_in(args["data"]))
    return {"classes": sorted(learnt["centres"]), "examples": learnt["examples"]}

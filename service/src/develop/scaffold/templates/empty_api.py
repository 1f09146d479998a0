"""What DEEPaaS calls. Every function may be changed; their names and what they return are the API."""

from webargs import fields

from . import __version__


def get_metadata():
    return {**@METADATA@, "version": __version__}


def warm():
    """Called once in each worker before the first request: load what takes time here."""


def get_predict_args():
    # A file: fields.Field(required=True, metadata={"type": "file", "location": "form", "description": "An image file"}).
    # It arrives with .filename, the path of a copy that this module has to remove.
    return {
        "name": fields.Str(load_default="world", metadata={"description": "Whom to greet"}),
    }


def predict(**args):
    return {"greeting": f"Hello, {args['name']}!"}


# With these two it can be trained, too:
#
# def get_train_args():
#     return {"data": fields.Str(required=True, metadata={"description": "Path of a folder of data"})}
#
# def train(**args):
#     return {"loss": 0.1}

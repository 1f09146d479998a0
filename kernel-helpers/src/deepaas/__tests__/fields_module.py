"""A DEEPaaS module that echoes its arguments: one of every field type and of every place that it may look for them in."""

import base64
import math
import pathlib
import tempfile

from marshmallow import Schema
from webargs import fields, validate

MEDIA = [
    "application/json",
    "application/octet-stream",
    "image/*",
    "text/plain",
]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


class Node(Schema):
    """A schema that comes back to itself."""

    weight = fields.Float(required=True)
    child = fields.Nested(lambda: Node(), load_default=None, allow_none=True)


def placed(kind, location, default):
    """A field that is looked for in one place alone."""
    return kind(load_default=default, metadata={"location": location})


def optional(kind, *args, **options):
    """A field that may be left out."""
    return kind(*args, load_default=None, allow_none=True, **options)


def get_predict_args():
    """Arguments in the order in which a form shows them."""
    return {
        "file": fields.Field(
            metadata={
                "type": "file",
                "location": "form",
                "description": "an audio file",
            }
        ),
        "text": fields.Str(load_default="none"),
        "number_in_query": placed(fields.Float, "query", 0.5),
        "text_in_form": placed(fields.Str, "form", "none"),
        "text_in_json": placed(fields.Str, "json", "none"),
        "text_in_header": placed(fields.Str, "headers", "none"),
        "mapping": fields.Dict(load_default={"a": 1}),
        "counts": optional(fields.Dict, keys=fields.Str(), values=fields.Int()),
        "node": optional(fields.Nested, Node),
        "nodes": fields.List(fields.Nested(Node), load_default=[]),
        "anything": optional(fields.Raw),
        "share": fields.Float(
            load_default=1.0, validate=validate.Range(min=0, max=math.inf)
        ),
        "word": fields.Str(
            load_default="a", validate=validate.Regexp(r"(?P<x>[a-z]+)")
        ),
        "password": fields.Str(
            load_default="none",
            validate=validate.Length(min=1),
            metadata={"format": "password"},
        ),
        "identifier": optional(fields.UUID),
        "address": optional(fields.Email),
        "moment": optional(fields.DateTime),
        "day": optional(fields.Date),
        "link": optional(fields.Url),
        "choice": optional(fields.Str, validate=validate.OneOf(["a", "b"])),
        "numbers": fields.List(
            fields.Int(),
            load_default=[1],
            validate=validate.Length(min=1, max=3),
        ),
        "switch": fields.Bool(load_default=True),
        "options": fields.Str(load_default="{'a': None}"),
        "settings": fields.Str(load_default='{"a": null}'),
        "accept": fields.Str(
            load_default=MEDIA[0], validate=validate.OneOf(MEDIA)
        ),
    }


def described(value):
    """What an argument came as."""
    if hasattr(value, "original_filename"):
        content = pathlib.Path(value.filename).read_bytes()
        return {"name": value.original_filename, "size": len(content)}
    plain = (str, int, float, list, dict, type(None))
    return value if isinstance(value, plain) else str(value)


def predict(**args):
    """Tell the arguments, or answer with a file."""
    if args["accept"] == "application/octet-stream":
        path = pathlib.Path(tempfile.mkdtemp()) / "Größe 1.csv"
        path.write_text("label,share\nä,0.5\n")
        return open(path, "rb")
    if args["accept"] == "image/*":
        return PNG
    if args["accept"] == "text/plain":
        return b"plain words"
    if args["text"] == "not a number":
        return {"share": math.nan, "bound": -math.inf, "says": 'NaN "NaN"'}
    if args["text"] == "picture":
        return {"picture": base64.b64encode(PNG).decode()}
    return {name: described(value) for name, value in args.items()}

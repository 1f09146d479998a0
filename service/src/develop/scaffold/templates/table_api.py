"""What DEEPaaS calls. Every function may be changed; their names and what they return are the API."""

from webargs import fields

from . import __version__, features, files, model

_loaded = {}


def get_metadata():
    return {**@METADATA@, "version": __version__}


def warm():
    """Called once in each worker before the first request: load what takes time here."""
    _loaded["model"] = model.load()


def get_predict_args():
    columns = ", ".join(columns_now())
    return {
        "table": fields.Field(
            required=True,
            metadata={
                "type": "file",
                "location": "form",
                "description": f"A table: a CSV file whose first line names the columns {columns}",
            },
        ),
    }


def predict(**args):
    if not _loaded:
        warm()
    with files.opened(args["table"]) as path:
        rows = features.rows_in(path)
    answer = []
    for number, row in enumerate(rows, start=1):
        label, probability = model.classify(_loaded["model"], features.numbers_of(row, columns_now()))[0]
        answer.append({"row": number, "label": label, "probability": probability})
    return answer


def get_train_args():
    return {
        "data": fields.Str(
            required=True,
            metadata={"description": "Path of a file of data: CSV with numbers and a column of classes"},
        ),
        "target": fields.Str(load_default="label", metadata={"description": "The column of classes"}),
    }


def train(**args):
    rows = features.rows_in(args["data"])
    columns = features.columns_of(rows[0], args["target"])
    learnt = model.learn(((row[args["target"]], features.numbers_of(row, columns)) for row in rows), columns=columns)
    return {"classes": sorted(learnt["centres"]), "examples": learnt["examples"], "columns": columns}


def columns_now():
    return model.load().get("columns") or features.COLUMNS

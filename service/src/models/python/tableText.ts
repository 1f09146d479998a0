/** `preprocess.py` for tables: CSV as jupyterlab-deep's own runtime reads it. */
export const TABLE_TEXT = `"""Tables as the network wants them. The columns stand in settings.json."""

import csv
import io

import numpy as np

SEPARATORS = (",", ";", "\\t", "|")


def read_table(path, features):
    """The columns of the network, as rows of numbers."""
    text = decoded(path)
    header, rows, separator = split(text, features)
    places = [place_of(header, feature) for feature in features]
    if not rows:
        raise ValueError("The table has names of columns, but no rows.")
    numbers = np.empty((len(rows), len(features)), dtype=np.float64)
    for index, row in enumerate(rows):
        for column, place in enumerate(places):
            try:
                value = row[place].strip()
                numbers[index, column] = float(value.replace(",", ".") if separator == ";" else value)
            except (IndexError, ValueError):
                raise ValueError(f"Row {index + 1} has no number for {features[column]['name']}.") from None
    return numbers


def decoded(path):
    with open(path, "rb") as file:
        content = file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252")


def split(text, features):
    """By the separator that finds most of the columns."""
    tables = []
    for separator in SEPARATORS:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=separator) if line]
        header = [name.strip() for name in lines[0]] if lines else []
        found = sum(place_of(header, feature, None) is not None for feature in features)
        tables.append((found, header, lines[1:], separator))
    _, header, rows, separator = max(tables, key=lambda table: table[0])
    return header, rows, separator


def place_of(header, feature, otherwise=ValueError):
    for name in (feature["name"], feature.get("column")):
        if name in header:
            return header.index(name)
    if otherwise is None:
        return None
    raise ValueError(f"The table lacks the column {feature.get('column', feature['name'])}.")
`;

/** What `api.py` has for tables. */
export const TABLE_API = `import numpy as np

from . import preprocess

TABLE = "table"


def get_predict_args():
    numbers = {
        feature["name"]: fields.Float(required=False, description=feature.get("description", feature["name"]))
        for feature in settings()["features"]
    }
    table = fields.Field(
        required=False, type="file", location="form", description="Instead of the numbers, a CSV table of many rows"
    )
    accept = fields.Str(missing="application/json", validate=validate.OneOf(["application/json"]), location="headers")
    return {**numbers, TABLE: table, "accept": accept}


def predict(**args):
    features = settings()["features"]
    file = args.get(TABLE)
    if file is not None:
        rows = preprocess.read_table(getattr(file, "filename", file), features)
        return [{"row": index + 1, **shape(values)} for index, values in enumerate(run(rows))]
    given = [args.get(feature["name"]) for feature in features]
    if None in given:
        missing = [feature["name"] for feature, value in zip(features, given) if value is None]
        raise ValueError(f"{', '.join(missing)}: missing. A table can stand for all of them.")
    (values,) = run(np.asarray([given], dtype=np.float64))
    return best(values, len(labels())) if labels() else {"value": float(values[0])}


def shape(values):
    if not labels():
        return {"value": float(values[0])}
    found = best(values, 1)["predictions"][0]
    return {"label": found["label"], "probability": found["probability"]}
`;

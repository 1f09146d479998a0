"""Rows of a CSV file as numbers."""

import csv
from pathlib import Path

#: The columns of the model that the module begins with.
COLUMNS = ["length", "width"]

#: What the module tells apart before it has learnt anything else.
START = [("small", (1.0, 1.0)), ("small", (2.0, 1.0)), ("large", (9.0, 6.0)), ("large", (8.0, 7.0))]


def rows_in(file):
    """Rows of a CSV file whose first line names its columns, as dictionaries."""
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"There is no file {file}.")
    text = path.read_text("utf-8-sig")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = list(csv.DictReader(text.splitlines(), delimiter=separator))
    if not rows:
        raise ValueError("The table has no rows below the names of its columns.")
    return rows


def numbers_of(row, columns):
    try:
        return [float(row[column]) for column in columns]
    except KeyError as error:
        raise ValueError(f"The table has no column {error.args[0]}; it needs {', '.join(columns)}.") from None
    except (TypeError, ValueError):
        raise ValueError(f"A row has no numbers for {', '.join(columns)}: {row}") from None


def columns_of(row, target):
    """Those with numbers, beside the one with the classes."""
    if target not in row:
        raise ValueError(f"The table has no column {target}; it has {', '.join(row)}.")
    return [name for name, value in row.items() if name != target and is_number(value)]


def is_number(value):
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True

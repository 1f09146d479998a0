"""A text as numbers: how often its words fall into each of some hundred drawers."""

import csv
import math
import re
import zlib
from pathlib import Path

DRAWERS = 256


def numbers_of(text):
    words = re.findall(r"\w+", text.lower())
    counts = [0.0] * DRAWERS
    for word in words:
        counts[zlib.crc32(word.encode()) % DRAWERS] += 1
    length = math.hypot(*counts) or 1.0
    return [count / length for count in counts]


#: What the module tells apart before it has learnt anything else.
START = [
    (label, numbers_of(text))
    for label, text in (
        ("question", "how what why when where who which is are can could does do would you"),
        ("order", "please open close start stop send give show take bring put make now the"),
    )
]


def examples_in(file):
    """(label, numbers) of a CSV file with the columns `text` and `label`."""
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"There is no file {file}.")
    with path.open(newline="", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            if not row.get("text") or not row.get("label"):
                raise ValueError(f"{path.name} needs the columns text and label, filled in every row.")
            yield row["label"], numbers_of(row["text"])

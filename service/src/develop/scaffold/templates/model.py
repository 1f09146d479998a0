"""Tells classes apart by the nearest centre: small, quick, and made to be replaced.

Put your own network here. All that api.py asks for is `load`, `classify` and `learn`.
"""

import json
import math
import os
from collections import defaultdict
from pathlib import Path

from . import features

#: What is learnt is written here; a server that runs starts anew with it.
FOLDER = Path(os.environ.get("MODELS_FOLDER") or Path(__file__).resolve().parent.parent / "models")
FILE = FOLDER / "model.json"


def load():
    """What was learnt last, else what the module begins with."""
    if FILE.exists():
        return json.loads(FILE.read_text("utf-8"))
    return fitted(features.START)


def fitted(examples):
    """A model of (label, numbers) pairs."""
    rows = defaultdict(list)
    for label, numbers in examples:
        rows[label].append(list(numbers))
    if len(rows) < 2:
        raise ValueError(f"At least two classes are needed; there are {len(rows)}.")
    centres = {label: [sum(column) / len(column) for column in zip(*each)] for label, each in rows.items()}
    spread = [max(column) - min(column) for column in zip(*centres.values())]
    return {"centres": centres, "spread": spread, "examples": sum(len(each) for each in rows.values())}


def classify(model, numbers):
    """(label, probability) of every class, the likeliest first."""
    distances = {label: distance(model, centre, numbers) for label, centre in model["centres"].items()}
    nearest = min(distances.values())
    weights = {label: math.exp(8 * (nearest - far)) for label, far in distances.items()}
    total = sum(weights.values())
    return sorted(((label, weight / total) for label, weight in weights.items()), key=lambda pair: -pair[1])


def distance(model, centre, numbers):
    # A number that is the same for all classes says nothing of them.
    parts = [((a - b) / spread) ** 2 for a, b, spread in zip(centre, numbers, model["spread"]) if spread > 0]
    return math.sqrt(sum(parts) / max(len(parts), 1))


def learn(examples, **more):
    """Learns anew and keeps it, with what else is to be remembered; what was there stays until the new one is whole."""
    model = {**fitted(examples), **more}
    FOLDER.mkdir(parents=True, exist_ok=True)
    unfinished = FILE.with_suffix(".new")
    unfinished.write_text(json.dumps(model), "utf-8")
    unfinished.replace(FILE)
    return model

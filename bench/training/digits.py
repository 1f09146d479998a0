"""Handwritten digits (scikit-learn's, 8 × 8) as pictures of 224 pixels in five classes: digits.py OUTDIR

Two digits make a class (0 and 5, 1 and 6, …), because no digit is there 200 times. 200 pictures of each class to learn from, 60
held out.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

CLASSES = 5
TRAINING = 200
HELD_OUT = 60
SIDE = 224


def main(out: Path) -> None:
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    counts = [0] * CLASSES
    for index in order:
        label = int(digits.target[index]) % CLASSES
        if counts[label] == TRAINING + HELD_OUT:
            continue
        part = "training" if counts[label] < TRAINING else "held-out"
        counts[label] += 1
        folder = out / part / f"class-{label}"
        folder.mkdir(parents=True, exist_ok=True)
        grey = Image.fromarray((digits.images[index] * 15.9375).astype("uint8"))
        grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(folder / f"{index}.jpg", quality=90)
    assert counts == [TRAINING + HELD_OUT] * CLASSES, counts


if __name__ == "__main__":
    main(Path(sys.argv[1]))

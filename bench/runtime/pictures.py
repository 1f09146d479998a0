"""Makes the benchmark's pictures: pictures.py OUTDIR COUNT

Distinct JPEGs of 640 x 427 pixels and about 100 kB, from photographs that scikit-image ships, by crops and colours.
"""
from __future__ import annotations

import io
import random
import sys
from pathlib import Path

import skimage.data
from PIL import Image, ImageEnhance

SOURCES = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "motorcycle_right.png", "retina.jpg", "rocket.jpg")
SIZE = (640, 427)
TARGET_BYTES = 100_000
#: Smallest part of a photograph's side that a crop keeps.
SMALLEST_CROP = 0.6


def varied(source: Image.Image, chance: random.Random) -> Image.Image:
    """A crop in the benchmark's proportions, perhaps mirrored, with other brightness, contrast and colour."""
    width = min(source.width, source.height * SIZE[0] / SIZE[1]) * chance.uniform(SMALLEST_CROP, 1)
    height = width * SIZE[1] / SIZE[0]
    left, top = chance.uniform(0, source.width - width), chance.uniform(0, source.height - height)
    picture = source.resize(SIZE, Image.Resampling.LANCZOS, box=(left, top, left + width, top + height))
    if chance.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhancer(picture).enhance(chance.uniform(0.75, 1.25))
    return picture


def encoded(picture: Image.Image) -> bytes:
    """The JPEG whose size is nearest to the target; quality is searched because the photographs differ in detail."""
    candidates = []
    low, high = 30, 97
    while low <= high:
        quality = (low + high) // 2
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        candidates.append(buffer.getvalue())
        low, high = (quality + 1, high) if buffer.tell() < TARGET_BYTES else (low, quality - 1)
    return min(candidates, key=lambda data: abs(len(data) - TARGET_BYTES))


def main(out: Path, count: int) -> None:
    folder = Path(skimage.data.__file__).parent
    sources = [Image.open(folder / name).convert("RGB") for name in SOURCES]
    chance = random.Random(224)
    out.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        data = encoded(varied(sources[index % len(sources)], chance))
        (out / f"{index:02}.jpg").write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""A picture as numbers: its mean colour and how much it varies."""

from pathlib import Path

from PIL import Image, ImageOps, ImageStat

KINDS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
SIDE = 64

#: What the module tells apart before it has learnt anything else.
START = [
    ("red", (0.8, 0.15, 0.15, 0.1)),
    ("green", (0.15, 0.7, 0.2, 0.1)),
    ("blue", (0.15, 0.2, 0.8, 0.1)),
    ("dark", (0.1, 0.1, 0.1, 0.1)),
    ("bright", (0.9, 0.9, 0.9, 0.1)),
]


def numbers_of(path):
    with Image.open(path) as file:
        picture = ImageOps.exif_transpose(file).convert("RGB").resize((SIDE, SIDE))
    statistics = ImageStat.Stat(picture)
    return (*(mean / 255 for mean in statistics.mean), sum(statistics.stddev) / 3 / 255)


def examples_in(folder):
    """(label, numbers) of a folder that has a folder of pictures for each class."""
    root = Path(folder)
    if not root.is_dir():
        raise ValueError(f"There is no folder {folder}.")
    for file in sorted(root.glob("*/*")):
        if file.suffix.lower() in KINDS:
            yield file.parent.name, numbers_of(file)

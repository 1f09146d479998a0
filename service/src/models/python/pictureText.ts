/** `preprocess.py` for pictures: the same steps as those of jupyterlab-deep's own runtime, by Pillow and numpy. */
export const PICTURE_TEXT = `"""Pictures as the network wants them. What is done stands in settings.json."""

import math

import numpy as np
from PIL import Image, ImageOps

FILTERS = {2: Image.Resampling.BILINEAR, 3: Image.Resampling.BICUBIC}


def prepared(path, settings):
    """A picture file as the input of the network, a batch of one."""
    config = settings["preprocessor"]
    channels = settings["channels"]
    picture = opened(path, channels)
    picture = resized(picture, config)
    pixels = np.asarray(picture, dtype=np.float32).reshape(picture.height, picture.width, channels)
    if config.get("do_rescale", True):
        pixels = pixels * np.float32(config.get("rescale_factor", 1 / 255))
    if config.get("do_normalize", True):
        mean = np.asarray(config.get("image_mean", [0] * channels), dtype=np.float32)
        deviation = np.asarray(config.get("image_std", [1] * channels), dtype=np.float32)
        pixels = (pixels - mean) / deviation
    if config.get("do_flip_channel_order"):
        pixels = pixels[:, :, ::-1]
    if settings["layout"] == "NCHW":
        pixels = pixels.transpose(2, 0, 1)
    return np.ascontiguousarray(pixels[np.newaxis])


def opened(path, channels):
    """Upright, with transparent parts on white as a page shows them."""
    with Image.open(path) as file:
        picture = ImageOps.exif_transpose(file)
        if "A" in picture.getbands() or "transparency" in picture.info:
            layer = picture.convert("RGBA")
            white = Image.new("RGBA", layer.size, "white")
            picture = Image.alpha_composite(white, layer)
        picture = picture.convert("RGB")
        # Through RGB, so that pictures of all modes become grey in the same way.
        return picture.convert("L") if channels == 1 else picture


def resized(picture, config):
    kind = FILTERS[config.get("resample", 3)]
    size = config["size"]
    if "shortest_edge" not in size:
        return picture.resize((size["width"], size["height"]), kind)
    edge = size["shortest_edge"]
    factor = edge / min(picture.size)
    wide, tall = (max(edge, math.floor(side * factor)) for side in picture.size)
    picture = picture.resize((wide, tall), kind)
    crop = config["crop_size"]
    left, top = int((wide - crop["width"]) / 2), int((tall - crop["height"]) / 2)
    return picture.crop((left, top, left + crop["width"], top + crop["height"]))
`;

/** What `api.py` has for pictures. */
export const PICTURE_API = `from . import preprocess

DEFAULT_TOP_K = 5


def get_predict_args():
    classes = len(labels())
    return {
        "image": fields.Field(
            required=True, type="file", location="form", description="An image file: JPEG, PNG, WebP, GIF or TIFF"
        ),
        "top_k": fields.Int(
            missing=min(DEFAULT_TOP_K, classes),
            validate=validate.Range(1, classes),
            description="How many of the most likely classes to return",
        ),
        "accept": fields.Str(missing="application/json", validate=validate.OneOf(["application/json"]), location="headers"),
    }


def predict(**args):
    file = args["image"]
    picture = preprocess.prepared(getattr(file, "filename", file), settings())
    (values,) = run(picture)
    return best(values, args.get("top_k", DEFAULT_TOP_K))
`;

import { DeepError } from '@jupyterlab-deep/protocol';
import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import { readPictureHeader } from './pictureHeader';
import { type IPreparation } from './preparation';

/** By Pillow's numbers; 0, nearest, is refused before. */
const FILTERS = [
  FastResizeFilter.Box,
  FastResizeFilter.Lanczos3,
  FastResizeFilter.Bilinear,
  FastResizeFilter.CatmullRom,
  FastResizeFilter.Box,
  FastResizeFilter.Hamming
];

/** Exif orientations from 5 on turn the picture by a quarter. */
const FIRST_QUARTER_TURN = 5;

interface IResized {
  rgba: Buffer;
  width: number;
  height: number;
}

function checkSize(bytes: Buffer, maxPixels: number): void {
  const { width, height } = readPictureHeader(bytes);
  if (width * height > maxPixels) {
    const limit = Math.round(maxPixels / 1e6);
    throw new DeepError(
      'invalid-picture',
      `The picture is too large: ${width} × ${height} pixels; at most ${limit} million are read here.`,
      { hint: 'Make it smaller.' }
    );
  }
}

/** Size after resizing. Only a shortest edge depends on the picture, and on how its camera was held. */
function sizeAfter(
  picture: Transformer,
  resize: IPreparation['resize']
): { width: number; height: number } {
  if (!('shortestEdge' in resize)) {
    return resize;
  }
  const { width, height, orientation } = picture.metadataSync(true);
  const isTurned = (orientation ?? 1) >= FIRST_QUARTER_TURN;
  const [across, down] = isTurned ? [height, width] : [width, height];
  const factor = resize.shortestEdge / Math.min(across, down);
  return {
    width: Math.max(resize.shortestEdge, Math.floor(across * factor)),
    height: Math.max(resize.shortestEdge, Math.floor(down * factor))
  };
}

function decodeAndResize(bytes: Buffer, preparation: IPreparation): IResized {
  const picture = new Transformer(bytes);
  try {
    const size = sizeAfter(picture, preparation.resize);
    const rgba = picture
      .rotate()
      .fastResize({
        ...size,
        filter: FILTERS[preparation.resample],
        fit: ResizeFit.Fill
      })
      .rawPixelsSync();
    return { rgba, ...size };
  } catch (error) {
    throw new DeepError(
      'invalid-picture',
      'The picture is damaged, or of a kind that cannot be read.',
      {
        hint: 'Open it in a picture program and save it again as PNG or JPEG.',
        technical: (error as Error).message,
        cause: error
      }
    );
  }
}

/** Puts a picture with transparent parts on white, as a page shows it. */
function flatten(rgba: Buffer): void {
  for (let at = 3; at < rgba.length; at += 4) {
    const alpha = rgba[at];
    if (alpha !== 255) {
      for (let channel = at - 3; channel < at; channel++) {
        rgba[channel] = Math.round(
          (rgba[channel] * alpha + 255 * (255 - alpha)) / 255
        );
      }
    }
  }
}

/** The middle of the picture as the network wants it: one plane a channel. */
function normalise(picture: IResized, preparation: IPreparation): Float32Array {
  const { width, height, scale, offset } = preparation;
  const left = Math.trunc((picture.width - width) / 2);
  const top = Math.trunc((picture.height - height) / 2);
  const planeLength = width * height;
  const out = new Float32Array(3 * planeLength);
  const { rgba } = picture;
  for (let channel = 0; channel < 3; channel++) {
    const values = Float32Array.from(
      { length: 256 },
      (_, value) => value * scale[channel] + offset[channel]
    );
    let to = channel * planeLength;
    for (let y = top; y < top + height; y++) {
      let from = (y * picture.width + left) * 4 + channel;
      for (let x = 0; x < width; x++, from += 4) {
        out[to++] = values[rgba[from]];
      }
    }
  }
  return out;
}

/**
 * The input that a picture file gives: float32 [3, height, width], RGB.
 * @throws DeepError `invalid-picture` in words when the bytes are no picture, a damaged one, or one too large.
 */
export function preparePicture(
  bytes: Buffer,
  preparation: IPreparation
): Float32Array {
  checkSize(bytes, preparation.maxPixels);
  const picture = decodeAndResize(bytes, preparation);
  flatten(picture.rgba);
  return normalise(picture, preparation);
}

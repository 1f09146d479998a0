import { DeepError } from '@jupyterlab-deep/protocol';
import { freeNow } from './freeNow';
import { pictureDecoder as sharp } from './pictureDecoder';
import { type IPreparation, isGrey } from './preparation';
import { type IPixels, Resizer } from './resizer';

const READ = 'JPEG, PNG, WebP, GIF, TIFF or AVIF';
/** Longer sides are refused: no camera makes them, and resizing needs memory for each row. */
const MAX_SIDE = 65_535;

const refuse = (detail: string, hint: string, cause?: unknown): DeepError =>
  new DeepError('invalid-picture', detail, {
    hint,
    technical: cause instanceof Error ? cause.message : undefined,
    cause
  });

const tooLarge = (
  width: number,
  height: number,
  maxPixels: number
): DeepError =>
  refuse(
    `The picture is too large: ${width} × ${height} pixels; at most ${Math.round(maxPixels / 1e6)} million, and ${MAX_SIDE} a side, are read here.`,
    'Make it smaller.'
  );

/** Why a picture could not be decoded, from what its header says. */
async function explain(
  bytes: Buffer,
  maxPixels: number,
  cause: unknown
): Promise<DeepError> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (!header) {
    return refuse(
      'The file is not a picture that can be read.',
      `Use a ${READ} file.`,
      cause
    );
  }
  if (header.width * header.height > maxPixels) {
    return tooLarge(header.width, header.height, maxPixels);
  }
  return refuse(
    'The picture is damaged: it cannot be read to its end.',
    'Open it in a picture program and save it again.',
    cause
  );
}

/**
 * Decodes to 8-bit RGB, upright, transparent parts on white as a page shows them. The declared size is checked before anything is
 * decoded.
 */
async function decode(bytes: Buffer, maxPixels: number): Promise<IPixels> {
  if (bytes.length === 0) {
    throw refuse('The file is empty.', 'Choose another one.');
  }
  // Profiles are ignored, as Pillow does: networks were trained on pictures read so.
  const picture = sharp(bytes, {
    failOn: 'error',
    ignoreIcc: true,
    limitInputPixels: maxPixels
  });
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(async error => {
      throw await explain(bytes, maxPixels, error);
    });
  const { width, height } = info;
  if (Math.max(width, height) > MAX_SIDE) {
    throw tooLarge(width, height, maxPixels);
  }
  return { data, width, height, stride: width * 3 };
}

/** Grey as Pillow's mode L has it, in all three channels. */
function turnGrey({ data }: IPixels): void {
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    const grey = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    data.fill(grey, at, at + 3);
  }
}

/** Size after resizing; with a shortest edge it depends on the picture. */
function sizeAfter(
  { width, height }: IPixels,
  resize: IPreparation['resize']
): { width: number; height: number } {
  if (!('shortestEdge' in resize)) {
    return resize;
  }
  const factor = resize.shortestEdge / Math.min(width, height);
  return {
    width: Math.max(resize.shortestEdge, Math.floor(width * factor)),
    height: Math.max(resize.shortestEdge, Math.floor(height * factor))
  };
}

/** Prepares pictures one after the other. */
export class PicturePreparer {
  constructor(private readonly _preparation: IPreparation) {
    this._resizer = new Resizer(_preparation.resample);
  }

  /**
   * Writes the network's input for a picture file, float32 [planes, height, width], to `out`.
   * @throws DeepError `invalid-picture` in words when the bytes are no picture, a damaged one, or one too large.
   */
  async prepare(bytes: Buffer, out: Float32Array): Promise<void> {
    const { resize, width, height, planes, scale, offset, maxPixels } =
      this._preparation;
    const picture = await decode(bytes, maxPixels);
    if (isGrey(this._preparation)) {
      turnGrey(picture);
    }
    const size = sizeAfter(picture, resize);
    const resized = this._resizer.resize(picture, size.width, size.height);
    freeNow(picture.data);
    const middle = {
      left: Math.trunc((size.width - width) / 2),
      top: Math.trunc((size.height - height) / 2),
      width,
      height
    };
    this._resizer.writePlanes(resized, middle, scale, offset, out, planes);
    this._resizer.trim();
  }

  private readonly _resizer: Resizer;
}

import path from 'node:path';
import {
  Box,
  DeepError,
  recognise,
  TopologyNode
} from '@jupyterlab-deep/protocol';
import { keepFile } from './cache';
import { IOutput, ITopologyFile } from './token';

type CropNode = Extract<TopologyNode, { kind: 'crop' }>;
type ResizeNode = Extract<TopologyNode, { kind: 'resize' }>;

const MOST_PIXELS = 100_000_000;
const MOST_BOXES = 10_000;
const JPEG_QUALITY = 95;

/** A part of a picture, in pixels. */
export interface IBox {
  left: number;
  top: number;
  width: number;
  height: number;
  label?: string;
  score?: number;
}

/** A box as it was found or given: of pixels, or of 0 to 1. */
type GivenBox = IBox & { isFraction?: boolean };

/** Loaded with the first picture: it is native and large. */
const decoder = async () =>
  (await import('@jupyterlab-deep/kernel-helpers/models/pictureDecoder'))
    .pictureDecoder;

/**
 * Parts of a picture, an item each.
 *
 * @param given What a module or an expression said of boxes.
 * @param isExpression It is a list of boxes already.
 */
export async function crop(
  { margin = 0, most = MOST_BOXES }: CropNode,
  picture: ITopologyFile,
  given: unknown,
  isExpression: boolean,
  folder: string
): Promise<IOutput[]> {
  const boxes = isExpression ? listedBoxes(given) : foundBoxes(given);
  const some = boxes.slice(0, most);
  if (some.length === 0) {
    return [];
  }
  const sharp = await decoder();
  const { data, info } = await sharp(picture.path, {
    failOn: 'error',
    limitInputPixels: MOST_PIXELS
  })
    .autoOrient()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(error => {
      throw unreadable(picture, error);
    });
  const { width, height, channels } = info;
  const outputs: IOutput[] = [];
  for (const each of some) {
    const box = inPixels(each, margin, width, height);
    if (!box) {
      continue;
    }
    const part = outputs.length / 2;
    const { label, score, ...area } = box;
    const cut = sharp(data, { raw: { width, height, channels } }).extract(area);
    const file = await written(cut, picture, `-${part + 1}`, folder);
    outputs.push({ port: 'picture', part, file });
    outputs.push({ port: 'box', part, value: { ...area, label, score } });
  }
  return outputs;
}

export async function resize(
  { width, height, manner }: ResizeNode,
  picture: ITopologyFile,
  folder: string
): Promise<ITopologyFile> {
  const sharp = await decoder();
  const fit = { contain: 'inside', cover: 'cover', stretch: 'fill' } as const;
  const resized = sharp(picture.path, {
    failOn: 'error',
    limitInputPixels: MOST_PIXELS
  })
    .autoOrient()
    .resize({ width, height, fit: fit[manner] });
  return written(resized, picture, '', folder).catch(error => {
    throw error instanceof DeepError || error.code
      ? error
      : unreadable(picture, error);
  });
}

type Sharp = ReturnType<Awaited<ReturnType<typeof decoder>>>;

/** JPEG stays JPEG; everything else becomes PNG, which loses nothing. */
async function written(
  picture: Sharp,
  { name, contentType }: ITopologyFile,
  suffix: string,
  folder: string
): Promise<ITopologyFile> {
  const isJpeg = contentType === 'image/jpeg';
  const bytes = await (
    isJpeg ? picture.jpeg({ quality: JPEG_QUALITY }) : picture.png()
  ).toBuffer();
  return keepFile(folder, bytes, {
    name: `${path.parse(name).name}${suffix}.${isJpeg ? 'jpg' : 'png'}`,
    contentType: isJpeg ? 'image/jpeg' : 'image/png'
  });
}

/** In an answer, as results are drawn. */
export function foundBoxes(answer: unknown): GivenBox[] {
  const found = recognise(answer).find(part => part.kind === 'detections');
  if (!found) {
    // A detector that finds nothing answers with a list of nothing.
    return [];
  }
  const isFraction = found.units === 'fraction';
  return found.items.flatMap(({ box, label, score }) =>
    box ? [{ ...ofCorners(box), label, score, isFraction }] : []
  );
}

const ofCorners = ([x1, y1, x2, y2]: Box): IBox => ({
  left: x1,
  top: y1,
  width: x2 - x1,
  height: y2 - y1
});

/** @throws DeepError where the expression made something else. */
function listedBoxes(given: unknown): GivenBox[] {
  const list = given === undefined || given === null ? [] : [given].flat();
  const boxes = list.map((each, index) => {
    const { left, top, width, height, label } = (each ?? {}) as IBox;
    const numbers = [left, top, width, height];
    if (!numbers.every(number => Number.isFinite(number))) {
      throw new DeepError(
        'expression-failed',
        `Box ${index + 1} of what \`boxes\` makes has no left, top, width and height.`,
        { hint: 'Make a list of { left, top, width, height }.' }
      );
    }
    return { left, top, width, height, ...(label && { label: String(label) }) };
  });
  const isFraction =
    boxes.length > 0 &&
    boxes.every(box =>
      [box.left + box.width, box.top + box.height].every(end => end <= 1.001)
    );
  return boxes.map(box => ({ ...box, isFraction }));
}

/** Within the picture; undefined where nothing of it is. */
function inPixels(
  { isFraction, label, score, ...box }: GivenBox,
  margin: number,
  width: number,
  height: number
): IBox | undefined {
  const [across, down] = isFraction ? [width, height] : [1, 1];
  const around = [box.width * across * margin, box.height * down * margin];
  const left = Math.max(0, Math.round(box.left * across - around[0]));
  const top = Math.max(0, Math.round(box.top * down - around[1]));
  const right = Math.min(
    width,
    Math.round((box.left + box.width) * across + around[0])
  );
  const bottom = Math.min(
    height,
    Math.round((box.top + box.height) * down + around[1])
  );
  return right > left && bottom > top
    ? {
        left,
        top,
        width: right - left,
        height: bottom - top,
        ...(label && { label }),
        ...(score !== undefined && { score })
      }
    : undefined;
}

const unreadable = ({ name }: ITopologyFile, cause: Error): DeepError =>
  new DeepError('invalid-picture', `${name} is no picture that can be read.`, {
    hint: 'Use a JPEG, PNG, WebP, GIF, TIFF or AVIF file.',
    technical: cause.message,
    cause
  });

import {
  bitmapOf,
  classColour,
  classPixel,
  extentOf,
  type IDetection,
  type IDetectionsPart,
  sizeOfMasks
} from '@jupyterlab-deep/protocol';
import type { FileSource } from '../deepaas/types';
import { escapeHtml, IMimeBundle } from './bundle';
import { bytesOf, IThumbnail, napiImage, thumbnail } from './picture';
import { tableBundle } from './table';

/** Longest side in the notebook, pixels. */
const SIDE = 640;
/** More is too much for an output that a notebook keeps. */
const MOST_DRAWN = 300;
const MOST_MASKS = 50;
const MOST_NAMED = 40;
const MOST_LISTED = 20;
const MOST_CHARACTERS = 40;
/** Of 255. */
const MASK_OPACITY = 120;
const FONT_PX = 12;

interface ISheet {
  width: number;
  height: number;
  picture?: IThumbnail;
  /** From coordinates of the answer to pixels of the sheet. */
  x: number;
  y: number;
}

/**
 * Boxes, outlines and masks over the picture that they were found in: an SVG inside of an `img`, where nothing of it can act,
 * with a list of what was found.
 *
 * @param input - the file that was looked at, where it is known.
 */
export function detectionsBundle(
  part: IDetectionsPart,
  input?: FileSource
): IMimeBundle {
  const items = part.items.filter(({ frame }) => frame === firstFrame(part));
  const list = listOf(part, items);
  if (items.length === 0) {
    return { 'text/plain': list['text/plain'] };
  }
  const svg = svgOf(part, items.slice(0, MOST_DRAWN), sheetFor(part, input));
  const data = Buffer.from(svg).toString('base64');
  const alt = escapeHtml(summary(part, items));
  return {
    'text/plain': list['text/plain'],
    'text/html': [
      '<figure style="margin:0">',
      `<img alt="${alt}" style="max-width:100%" src="data:image/svg+xml;base64,${data}"/>`,
      `<figcaption>${alt}</figcaption></figure>`,
      String(list['text/html'])
    ].join('')
  };
}

/** The first picture of an answer in which something was found. */
const firstFrame = ({ items }: IDetectionsPart): number => items[0]?.frame ?? 0;

function summary(part: IDetectionsPart, items: readonly IDetection[]): string {
  const counts = new Map<string, number>();
  items.forEach(({ label }) => counts.set(label, (counts.get(label) ?? 0) + 1));
  const classes = [...counts]
    .slice(0, 10)
    .map(([label, n]) => `${n} × ${label}`);
  const where =
    part.frames > 1
      ? ` (picture ${firstFrame(part) + 1} of ${part.frames})`
      : '';
  const cut =
    items.length > MOST_DRAWN ? `; the first ${MOST_DRAWN} are drawn` : '';
  return `${part.total} found${where}: ${classes.join(', ')}${counts.size > 10 ? ', …' : ''}${cut}`;
}

function listOf(
  part: IDetectionsPart,
  items: readonly IDetection[]
): IMimeBundle {
  if (part.total === 0) {
    return { 'text/plain': 'Nothing was found.' };
  }
  const shown = items.slice(0, MOST_LISTED);
  const rows = shown.map(({ label, score, box }) => ({
    label,
    ...(score === undefined ? {} : { score }),
    ...(box ? { box: box.map(value => Number(value.toPrecision(5))) } : {})
  }));
  const rest = part.total - shown.length;
  const caption = rest > 0 ? `The first ${shown.length} of ${part.total}` : '';
  return tableBundle(rows, undefined, caption);
}

function sheetFor(part: IDetectionsPart, input?: FileSource): ISheet {
  const known = input && pictureOf(input);
  const { right, bottom } = extentOf(part.items);
  const isFraction = part.units === 'fraction';
  const spread = part.size ??
    sizeOfMasks(part.items) ?? {
      width: (isFraction ? 1 : right * 1.02) || 1,
      height: (isFraction ? 1 : bottom * 1.02) || 1
    };
  const { width, height } = known?.size ?? spread;
  const scale = Math.min(
    SIDE / Math.max(width, height),
    Math.max(1, 240 / width)
  );
  const sheet = {
    width: Math.round(width * scale) || 1,
    height: Math.round(height * scale) || 1
  };
  const own = isFraction
    ? { width: 1, height: 1 }
    : (part.size ?? { width, height });
  return {
    ...sheet,
    picture: known?.picture,
    x: sheet.width / own.width,
    y: sheet.height / own.height
  };
}

/** Small, and the size that it really has. */
function pictureOf(
  input: FileSource
):
  { picture: IThumbnail; size: { width: number; height: number } } | undefined {
  try {
    const picture = thumbnail(input, SIDE);
    const { Transformer } = napiImage();
    const size = new Transformer(bytesOf(input)).metadataSync();
    const small = new Transformer(picture.data).metadataSync();
    // A camera that was turned: the small one stands upright.
    const isTurned =
      size.width > size.height !== small.width > small.height &&
      small.width !== small.height;
    const { width, height } = size;
    return {
      picture,
      size: isTurned ? { width: height, height: width } : { width, height }
    };
  } catch {
    // Not a picture, or gone meanwhile: an empty sheet shows where things are.
    return undefined;
  }
}

function svgOf(
  part: IDetectionsPart,
  items: readonly IDetection[],
  sheet: ISheet
): string {
  const { width, height, picture } = sheet;
  const classes = [...new Set(part.items.map(({ label }) => label))];
  const indexOf = ({ label }: IDetection): number => classes.indexOf(label);
  const background = picture
    ? imageTag(picture.contentType, picture.data.toString('base64'), sheet)
    : `<rect width="${width}" height="${height}" fill="#e0e0e0"/>`;
  const masks = items.filter(({ mask }) => mask).slice(0, MOST_MASKS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${FONT_PX}">`,
    background,
    ...masks.map((item, at) => maskTag(item, indexOf(item), at, sheet)),
    ...items.map(item => shapeTags(item, indexOf(item), sheet)),
    ...items
      .slice(0, MOST_NAMED)
      .map(item => nameTag(item, indexOf(item), sheet)),
    '</svg>'
  ].join('');
}

const imageTag = (
  type: string,
  base64: string,
  { width, height }: ISheet
): string =>
  `<image width="${width}" height="${height}" preserveAspectRatio="none" href="data:${type};base64,${base64}"/>`;

function maskTag(
  { mask }: IDetection,
  index: number,
  at: number,
  sheet: ISheet
): string {
  const { width, height } = sheet;
  if (mask?.form === 'picture') {
    const inside = imageTag(
      'image/png',
      mask.base64.replace(/[^\w+/=]/g, ''),
      sheet
    );
    return (
      `<mask id="m${at}">${inside}</mask>` +
      `<rect width="${width}" height="${height}" fill="${classColour(index)}" fill-opacity="0.5" mask="url(#m${at})"/>`
    );
  }
  const bitmap = mask && bitmapOf(mask);
  if (!bitmap) {
    return '';
  }
  const colour = classPixel(index);
  const pixels = new Uint8Array(bitmap.width * bitmap.height * 4);
  bitmap.pixels.forEach((isInside, place) =>
    pixels.set([...colour, isInside ? MASK_OPACITY : 0], place * 4)
  );
  const png = napiImage()
    .Transformer.fromRgbaPixels(pixels, bitmap.width, bitmap.height)
    .pngSync();
  return imageTag('image/png', png.toString('base64'), sheet);
}

function shapeTags(
  { box, polygons = [] }: IDetection,
  index: number,
  { x, y }: ISheet
): string {
  const colour = classColour(index);
  const tags: string[] = [];
  const twice = (tag: string, fill: string): void => {
    // A light line below: the outline is seen on any picture.
    tags.push(
      `${tag} fill="none" stroke="#fff" stroke-opacity="0.7" stroke-width="4"/>`,
      `${tag} fill="${fill}" fill-opacity="0.25" stroke="${colour}" stroke-width="2"/>`
    );
  };
  if (box) {
    const [x1, y1, x2, y2] = box;
    twice(
      `<rect x="${px(x1 * x)}" y="${px(y1 * y)}" width="${px((x2 - x1) * x)}" height="${px((y2 - y1) * y)}"`,
      'none'
    );
  }
  for (const points of polygons) {
    const list = points.map((value, at) => px(value * (at % 2 ? y : x)));
    twice(`<polygon points="${list.join(' ')}"`, colour);
  }
  return tags.join('');
}

const px = (value: number): string => value.toFixed(1);

function nameTag(
  { label, score, box, polygons }: IDetection,
  index: number,
  { x, y, width }: ISheet
): string {
  const [left, top] = box ?? polygons?.[0] ?? [];
  if (left === undefined || top === undefined) {
    return '';
  }
  const percent =
    score === undefined
      ? ''
      : score >= 0 && score <= 1
        ? ` ${Math.round(score * 100)} %`
        : ` ${Number(score.toPrecision(4))}`;
  const text = `${label.slice(0, MOST_CHARACTERS)}${percent}`;
  const long = text.length * FONT_PX * 0.6 + 12;
  const at = Math.max(0, Math.min(left * x, width - long));
  const up = Math.max(0, top * y - FONT_PX - 5);
  return (
    `<rect x="${px(at)}" y="${px(up)}" width="${px(long)}" height="${FONT_PX + 5}" fill="#000" fill-opacity="0.75"/>` +
    `<rect x="${px(at)}" y="${px(up)}" width="4" height="${FONT_PX + 5}" fill="${classColour(index)}"/>` +
    `<text x="${px(at + 8)}" y="${px(up + FONT_PX + 1)}" fill="#fff">${escapeHtml(withoutControls(text))}</text>`
  );
}

/** XML has no control characters, not even escaped. */
const withoutControls = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/g, ' ');

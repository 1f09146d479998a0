import { Mask } from './parts';
import { numberOf } from './reading';

/** A mask as pixels: 1 inside, 0 outside. */
export interface IBitmap {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** A mask is drawn with at most this many pixels on its longer side. */
const LONGEST = 1024;

/** The size that a mask has by itself; undefined for a picture, whose file says it. Pixels. */
export function maskSize(
  mask: Mask
): { width: number; height: number } | undefined {
  switch (mask.form) {
    case 'picture':
      return undefined;
    case 'runs':
      return { width: mask.width, height: mask.height };
    case 'grid': {
      const [first] = mask.rows;
      return {
        width: Array.isArray(first) ? first.length : 0,
        height: mask.rows.length
      };
    }
  }
}

/** The pixels of a mask, made smaller where it is large; undefined for a picture and for a mask without pixels. */
export function bitmapOf(mask: Mask): IBitmap | undefined {
  const size = maskSize(mask);
  if (mask.form === 'picture' || !size || size.width < 1 || size.height < 1) {
    return undefined;
  }
  const step = Math.ceil(Math.max(size.width, size.height) / LONGEST);
  const width = Math.ceil(size.width / step);
  const height = Math.ceil(size.height / step);
  const bitmap = { width, height, pixels: new Uint8Array(width * height) };
  if (mask.form === 'grid') {
    fillGrid(bitmap, mask, step);
  } else {
    fillRuns(bitmap, mask, step);
  }
  return bitmap;
}

function fillGrid(
  { width, height, pixels }: IBitmap,
  { rows, value }: Extract<Mask, { form: 'grid' }>,
  step: number
): void {
  for (let y = 0; y < height; y++) {
    const row = rows[y * step] as readonly unknown[] | undefined;
    for (let x = 0; x < width; x++) {
      const cell = row?.[x * step];
      const isInside =
        value === undefined
          ? cell === true || (numberOf(cell) ?? 0) > 0.5
          : cell === value;
      pixels[y * width + x] = isInside ? 1 : 0;
    }
  }
}

function fillRuns(
  bitmap: IBitmap,
  { width, height, counts }: Extract<Mask, { form: 'runs' }>,
  step: number
): void {
  const total = width * height;
  let at = 0;
  counts.forEach((count, index) => {
    const length = Math.max(0, Math.floor(numberOf(count) ?? 0));
    const end = Math.min(total, at + length);
    if (index % 2 === 1) {
      fillRun(bitmap, { from: at, to: end, height, step });
    }
    at = end;
  });
}

function fillRun(
  { width, pixels }: IBitmap,
  run: { from: number; to: number; height: number; step: number }
): void {
  const { from, to, height, step } = run;
  for (let at = from; at < to; at++) {
    const x = Math.floor(at / height);
    const y = at % height;
    if (x % step === 0 && y % step === 0) {
      pixels[(y / step) * width + x / step] = 1;
    }
  }
}

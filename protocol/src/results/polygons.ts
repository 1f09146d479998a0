import { SHOWN } from './parts';
import { fieldOf, isRecord, JsonRecord, numberOf } from './reading';

/** Outlines of one thing that are drawn. */
const MOST_OUTLINES = 50;

const NAMES = [
  'polygons',
  'polygon',
  'segments',
  'segmentation',
  'contours',
  'contour',
  'outline',
  'points'
];

/** The outlines of a thing, each `x, y, x, y, …`; undefined where it has none. */
export function polygonsIn(record: JsonRecord): number[][] | undefined {
  const value = fieldOf(record, NAMES);
  const found = outlinesOf(value).filter(points => points.length >= 6);
  return found.length > 0 ? found : undefined;
}

function outlinesOf(value: unknown): number[][] {
  if (isRecord(value)) {
    return value.x !== undefined || value.points !== undefined
      ? [outlineOf(value)]
      : [];
  }
  if (!Array.isArray(value) || value.length === 0) {
    return [];
  }
  return isOutline(value)
    ? [outlineOf(value)]
    : value.slice(0, MOST_OUTLINES).map(outlineOf);
}

/** One outline rather than a list of them: numbers, points of two, or records with x and y. */
function isOutline([first]: readonly unknown[]): boolean {
  return (
    numberOf(first) !== undefined ||
    (Array.isArray(first) &&
      first.length === 2 &&
      numberOf(first[0]) !== undefined) ||
    (isRecord(first) && numberOf(first.x) !== undefined)
  );
}

function outlineOf(value: unknown): number[] {
  const flat = isRecord(value)
    ? Array.isArray(value.points)
      ? flatOf(value.points)
      : zipped(value)
    : Array.isArray(value)
      ? flatOf(value)
      : [];
  const numbers = flat.map(numberOf);
  return numbers.includes(undefined) ? [] : thinned(numbers as number[]);
}

function flatOf(list: readonly unknown[]): unknown[] {
  return list.flatMap(point =>
    isRecord(point)
      ? [point.x, point.y]
      : Array.isArray(point)
        ? point.slice(0, 2)
        : [point]
  );
}

/** Ultralytics: `{x: [], y: []}`. */
function zipped({ x, y }: JsonRecord): unknown[] {
  return Array.isArray(x) && Array.isArray(y) && x.length === y.length
    ? x.flatMap((value, index) => [value, y[index]])
    : [];
}

/** Fewer corners where there are more than an eye can tell apart. */
function thinned(points: number[]): number[] {
  const step = Math.ceil(points.length / 2 / SHOWN.corners);
  return step <= 1
    ? points
    : points.filter((_, index) => Math.floor(index / 2) % step === 0);
}

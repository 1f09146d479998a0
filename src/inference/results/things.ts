import {
  classColour,
  extentOf,
  type IDetection,
  type IDetectionsPart,
  sizeOfMasks
} from '@jupyterlab-deep/protocol/lib/results';

/** Pixels. */
export interface ISize {
  width: number;
  height: number;
}

/** A class of things that were found. */
export interface IThingClass {
  label: string;
  count: number;

  /** Place among the classes; the colour follows from it. */
  index: number;
  colour: string;
}

/** A thing with its place in the answer. */
export interface IThing extends IDetection {
  id: number;
}

/** What the controls beside the picture say. */
export interface IThingFilter {
  threshold: number;
  hidden: ReadonlySet<string>;
  frame: number;
}

/** The classes in the order of the answer. */
export function classesOf(items: readonly IDetection[]): IThingClass[] {
  const counts = new Map<string, number>();
  for (const { label } of items) {
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].map(([label, count], index) => ({
    label,
    count,
    index,
    colour: classColour(index)
  }));
}

/** The things that are shown. A thing without a score always passes the threshold. */
export function visibleThings(
  items: readonly IDetection[],
  { threshold, hidden, frame }: IThingFilter
): IThing[] {
  return items
    .map((item, id) => ({ ...item, id }))
    .filter(
      item =>
        item.frame === frame &&
        !hidden.has(item.label) &&
        (item.score ?? Infinity) >= threshold
    );
}

/** The scores that a threshold can stand between; null where things have none. */
export function scoreRange(
  items: readonly IDetection[]
): { least: number; most: number } | null {
  let range: { least: number; most: number } | null = null;
  for (const { score } of items) {
    if (score !== undefined) {
      range ??= { least: 0, most: 1 };
      range.least = Math.min(range.least, score);
      range.most = Math.max(range.most, score);
    }
  }
  return range;
}

/** The size that the coordinates belong to, where no picture says it. */
export function sizeWithoutPicture(part: IDetectionsPart): ISize {
  const { right, bottom } = extentOf(part.items);
  const ends = { width: right * 1.02, height: bottom * 1.02 };
  const known = part.size ?? sizeOfMasks(part.items);
  return part.units === 'fraction'
    ? (known ?? { width: 1000, height: 1000 })
    : (known ?? { width: ends.width || 1, height: ends.height || 1 });
}

/** How much larger the picture is than what the coordinates are given in. */
export function factorsOf(
  { units, size }: Pick<IDetectionsPart, 'units' | 'size'>,
  picture: ISize
): { x: number; y: number } {
  if (units === 'fraction') {
    return { x: picture.width, y: picture.height };
  }
  return size
    ? { x: picture.width / size.width, y: picture.height / size.height }
    : { x: 1, y: 1 };
}

/** Whether things lie outside of the picture: then they belong to a picture of another size. */
export function areOutside(part: IDetectionsPart, picture: ISize): boolean {
  const { right, bottom } = extentOf(part.items);
  const factors = factorsOf(part, picture);
  return (
    right * factors.x > picture.width * 1.05 ||
    bottom * factors.y > picture.height * 1.05
  );
}

/** The smallest box around a thing, in pixels of the picture; undefined for one that has a mask only. */
export function boundsOf(
  { box, polygons = [] }: IDetection,
  { x, y }: { x: number; y: number }
): { left: number; top: number; width: number; height: number } | undefined {
  const points = box ? [box, ...polygons].slice(0, 1) : polygons;
  const xs = points.flatMap(list => list.filter((_, at) => at % 2 === 0));
  const ys = points.flatMap(list => list.filter((_, at) => at % 2 === 1));
  if (xs.length === 0) {
    return undefined;
  }
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    left: left * x,
    top: top * y,
    width: (Math.max(...xs) - left) * x,
    height: (Math.max(...ys) - top) * y
  };
}

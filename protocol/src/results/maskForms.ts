import { encodedFile } from './base64';
import type { IDetectionContext, IFound } from './detections';
import { Mask } from './parts';
import { fieldOf, isRecord, JsonRecord, numberOf } from './reading';

const MASK = ['mask', 'segmentation', 'rle', 'mask_png', 'instance_mask'];
/** Fields of an answer that hold one map for the whole picture. */
const MAPS =
  /^(mask|segmentation|segmentation_map|segmentation_mask|seg_map|label_map|class_map|pred_mask|prediction_mask)$/i;
/** A map with more classes than this is a picture of something else. */
const MOST_CLASSES = 64;
/** Cells of a map that are read to learn its classes: about 256 by 256. */
const SAMPLED_SIDE = 256;
/** Smaller is a table of numbers. */
const SHORTEST_SIDE = 4;

/** The mask of one thing. */
export const maskIn = (record: JsonRecord): Mask | undefined =>
  maskOfValue(fieldOf(record, MASK));

/** A mask in any of its forms; undefined for what is none. */
export function maskOfValue(value: unknown): Mask | undefined {
  if (typeof value === 'string') {
    const file = encodedFile(value);
    return file?.contentType.startsWith('image/')
      ? { form: 'picture', base64: file.base64 }
      : undefined;
  }
  if (isRecord(value)) {
    return runsOf(value);
  }
  return isGrid(value) ? { form: 'grid', rows: gridOf(value) } : undefined;
}

/** COCO: `{size: [height, width], counts: [outside, inside, outside, …]}`. */
function runsOf({ size, counts }: JsonRecord): Mask | undefined {
  if (!Array.isArray(size) || !Array.isArray(counts)) {
    return undefined;
  }
  const [height, width] = size.map(numberOf);
  const fits =
    width !== undefined &&
    height !== undefined &&
    [width, height].every(
      side => Number.isInteger(side) && side > 0 && side <= 65_536
    );
  return fits ? { form: 'runs', width, height, counts } : undefined;
}

/** Rows of numbers of equal length; torchvision has one more list around them. */
function isGrid(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) {
    return false;
  }
  const rows = gridOf(value);
  const [first] = rows;
  return (
    rows.length >= SHORTEST_SIDE &&
    Array.isArray(first) &&
    first.length >= SHORTEST_SIDE &&
    [first[0], first[first.length - 1]].every(
      cell => typeof cell === 'number' || typeof cell === 'boolean'
    )
  );
}

const gridOf = (value: readonly unknown[]): readonly unknown[] =>
  value.length === 1 && Array.isArray(value[0]) && Array.isArray(value[0][0])
    ? value[0]
    : value;

/** A map of the whole picture: a mask for each class but 0, which is the background. */
export function classMasks(
  record: JsonRecord,
  { frame, nameOf }: IDetectionContext
): IFound | undefined {
  const name = Object.keys(record)
    .slice(0, 100)
    .find(key => MAPS.test(key) && maskOfValue(record[key]));
  const mask = name === undefined ? undefined : maskOfValue(record[name]);
  if (name === undefined || !mask) {
    return undefined;
  }
  const classes = mask.form === 'grid' ? classesOf(mask.rows) : [];
  const items =
    mask.form === 'grid' && classes.length > 0
      ? classes.map(value => ({
          label: nameOf(value),
          mask: { ...mask, value },
          frame
        }))
      : [{ label: name, mask, frame }];
  return { items, total: items.length, unreadable: 0 };
}

/** The classes of a map of whole numbers; empty for shares and for yes and no. */
function classesOf(rows: readonly unknown[]): number[] {
  const found = new Set<number>();
  const rowStep = Math.ceil(rows.length / SAMPLED_SIDE);
  for (let y = 0; y < rows.length; y += rowStep) {
    const row = rows[y];
    const cells = Array.isArray(row) ? row : [];
    const step = Math.ceil(cells.length / SAMPLED_SIDE);
    for (let x = 0; x < cells.length; x += step) {
      const cell: unknown = cells[x];
      if (typeof cell !== 'number' || !Number.isInteger(cell)) {
        return [];
      }
      found.add(cell);
    }
    if (found.size > MOST_CLASSES) {
      return [];
    }
  }
  found.delete(0);
  return found.size > 1 ? [...found].sort((a, b) => a - b) : [];
}

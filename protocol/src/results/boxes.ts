import { Box } from './parts';
import { fieldOf, isRecord, JsonRecord, numberOf } from './reading';

/** What four numbers mean. */
export type BoxOrder = 'corners' | 'yx-corners' | 'corner-size' | 'centre-size';

/** Four numbers, or more: raw detectors add score and class. */
export function boxOfNumbers(
  list: readonly unknown[],
  order: BoxOrder
): Box | undefined {
  const numbers = list.slice(0, 4).map(numberOf);
  if (numbers.length < 4 || numbers.includes(undefined)) {
    return undefined;
  }
  const [a, b, c, d] = numbers as number[];
  switch (order) {
    case 'corners':
      return ordered(a, b, c, d);
    case 'yx-corners':
      return ordered(b, a, d, c);
    case 'corner-size':
      return ordered(a, b, a + c, b + d);
    case 'centre-size':
      return ordered(a - c / 2, b - d / 2, a + c / 2, b + d / 2);
  }
}

const ordered = (x1: number, y1: number, x2: number, y2: number): Box => [
  Math.min(x1, x2),
  Math.min(y1, y2),
  Math.max(x1, x2),
  Math.max(y1, y2)
];

/** Names of the four numbers, and what they mean. */
const NAMED: [string[], BoxOrder][] = [
  [['xmin', 'ymin', 'xmax', 'ymax'], 'corners'],
  [['x_min', 'y_min', 'x_max', 'y_max'], 'corners'],
  [['x1', 'y1', 'x2', 'y2'], 'corners'],
  [['x0', 'y0', 'x1', 'y1'], 'corners'],
  [['left', 'top', 'right', 'bottom'], 'corners'],
  [['left', 'top', 'width', 'height'], 'corner-size'],
  [['x', 'y', 'width', 'height'], 'corner-size'],
  [['x', 'y', 'w', 'h'], 'corner-size'],
  [['cx', 'cy', 'w', 'h'], 'centre-size'],
  [['x_center', 'y_center', 'width', 'height'], 'centre-size']
];

/** A box whose numbers have names. */
export function boxOfRecord(record: JsonRecord): Box | undefined {
  for (const [names, order] of NAMED) {
    if (names.every(name => record[name] !== undefined)) {
      return boxOfNumbers(
        names.map(name => record[name]),
        order
      );
    }
  }
  return undefined;
}

/** Lists have corners, unless their name says that they have a size. */
const LISTS: [string[], BoxOrder][] = [
  [['bbox_xywh', 'box_xywh', 'xywh'], 'corner-size'],
  [['cxcywh', 'bbox_cxcywh', 'xywhn'], 'centre-size'],
  [
    [
      'box',
      'bbox',
      'bounding_box',
      'boundingBox',
      'bounding-box',
      'xyxy',
      'bbox_xyxy',
      'rect',
      'rectangle',
      'roi',
      'coordinates',
      'coords',
      'rectangle Coodinates'
    ],
    'corners'
  ]
];

/**
 * The box of a thing that was found, in any of the forms that detectors of the catalogues answer.
 *
 * @param said - what the answer says that lists of four numbers are.
 */
export function boxIn(record: JsonRecord, said?: BoxOrder): Box | undefined {
  for (const [names, order] of LISTS) {
    const value = fieldOf(record, names);
    if (value !== undefined) {
      const plain = order === 'corners' ? (said ?? sizeSaid(record)) : order;
      return boxOfValue(value, plain ?? 'corners');
    }
  }
  return boxOfRecord(record);
}

/** COCO's own records have a corner and a size. */
const sizeSaid = (record: JsonRecord): BoxOrder | undefined =>
  orderSaid(record) ??
  (record.category_id !== undefined &&
  ['image_id', 'iscrowd', 'area'].some(name => record[name] !== undefined)
    ? 'corner-size'
    : undefined);

/** What an answer says of its boxes: `box_format: "xywh"`. */
export function orderSaid(record: JsonRecord): BoxOrder | undefined {
  const said = fieldOf(record, ['box_format', 'bbox_format', 'format']);
  switch (typeof said === 'string' ? said.toLowerCase() : '') {
    case 'xywh':
    case 'coco':
      return 'corner-size';
    case 'cxcywh':
    case 'yolo':
      return 'centre-size';
    case 'yxyx':
      return 'yx-corners';
    default:
      return undefined;
  }
}

function boxOfValue(value: unknown, order: BoxOrder): Box | undefined {
  if (Array.isArray(value)) {
    // Two corners: each a list, a record, or text such as `(12.5, 8)`.
    const corners = value.length === 2 ? value.flatMap(cornerOf) : value;
    return boxOfNumbers(corners, value.length === 2 ? 'corners' : order);
  }
  if (!isRecord(value)) {
    return undefined;
  }
  const inner = fieldOf(value, ['coords', 'coordinates']);
  return Array.isArray(inner) ? boxOfValue(inner, order) : boxOfRecord(value);
}

function cornerOf(corner: unknown): unknown[] {
  if (Array.isArray(corner)) {
    return corner.slice(0, 2);
  }
  if (isRecord(corner)) {
    return corner.x === undefined
      ? Object.values(corner).slice(0, 1).flatMap(cornerOf)
      : [corner.x, corner.y];
  }
  return typeof corner === 'string' && corner.length < 100
    ? (corner.match(/[-+]?\d+(\.\d+)?(e[-+]?\d+)?/gi) ?? []).slice(0, 2)
    : [];
}

import { boxOfNumbers } from './boxes';
import type { IDetectionContext, IFound } from './detections';
import { maskOfValue } from './maskForms';
import { IDetection, SHOWN } from './parts';
import { defined, fieldOf, JsonRecord, numberOf } from './reading';

const BOXES = [
  'boxes',
  'bboxes',
  'bounding_boxes',
  'pred_boxes',
  'rois',
  'xyxy',
  'detections'
];
/** TensorFlow's detection API: `ymin, xmin, ymax, xmax`. */
const YX_BOXES = ['detection_boxes'];
const LABELS = [
  'labels',
  'classes',
  'class_names',
  'pred_classes',
  'detection_classes',
  'class_ids',
  'category_ids',
  'cls',
  'names'
];
const SCORES = [
  'scores',
  'confidences',
  'confidence',
  'probabilities',
  'pred_scores',
  'detection_scores',
  'conf'
];
const MASKS = ['masks', 'pred_masks', 'detection_masks'];
/** A box with a class beside it: `x1, y1, x2, y2, score, class`. */
const SCORE_AT = 4;
const CLASS_AT = 5;

interface IColumns {
  boxes: readonly unknown[];
  masks: readonly unknown[];
  labels: readonly unknown[];
  scores: readonly unknown[];
  isYx: boolean;
}

/** Boxes, labels and scores as lists beside each other, as torchvision and TensorFlow have them. */
export function columnsIn(
  record: JsonRecord,
  context: IDetectionContext
): IFound | undefined {
  const columns = readColumns(record);
  const total = Math.max(columns.boxes.length, columns.masks.length);
  const isThere = total > 0 || isEmptyAnswer(record);
  if (!isThere || !isPlausible(columns)) {
    return undefined;
  }
  const looked = Math.min(total, SHOWN.detections);
  const items = Array.from({ length: looked }, (_, index) =>
    thingAt(columns, index, context)
  ).filter(item => item !== undefined);
  return { items, total, unreadable: looked - items.length };
}

function readColumns(record: JsonRecord): IColumns {
  const list = (names: readonly string[]): readonly unknown[] => {
    const value = fieldOf(record, names);
    return Array.isArray(value) ? value : [];
  };
  const yx = list(YX_BOXES);
  return {
    boxes: yx.length > 0 ? yx : list(BOXES),
    masks: list(MASKS),
    labels: list(LABELS),
    scores: list(SCORES),
    isYx: yx.length > 0
  };
}

/** Nothing was found: the lists are there and empty. */
const isEmptyAnswer = (record: JsonRecord): boolean =>
  Array.isArray(fieldOf(record, [...BOXES, ...YX_BOXES])) &&
  Array.isArray(fieldOf(record, [...LABELS, ...SCORES]));

/** Lists of records are no columns. */
const isPlausible = ({ boxes, masks }: IColumns): boolean =>
  boxes.slice(0, 20).every(box => Array.isArray(box)) &&
  masks.slice(0, 20).every(mask => maskOfValue(mask) !== undefined);

function thingAt(
  { boxes, masks, labels, scores, isYx }: IColumns,
  index: number,
  { frame, order, nameOf }: IDetectionContext
): IDetection | undefined {
  const numbers = boxes[index];
  const raw =
    Array.isArray(numbers) && numbers.length > SCORE_AT ? numbers : [];
  const box = Array.isArray(numbers)
    ? boxOfNumbers(numbers, isYx ? 'yx-corners' : (order ?? 'corners'))
    : undefined;
  const mask = maskOfValue(masks[index]);
  const found = {
    label: nameOf(labels[index] ?? raw[CLASS_AT]),
    score: numberOf(scores[index] ?? raw[SCORE_AT]),
    box,
    mask,
    frame
  };
  return box || mask ? (defined(found) as IDetection) : undefined;
}

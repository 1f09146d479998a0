import { boxIn, BoxOrder, orderSaid } from './boxes';
import { columnsIn } from './detectionColumns';
import { classMasks, maskIn } from './maskForms';
import { IDetection, IDetectionsPart, SHOWN } from './parts';
import { polygonsIn } from './polygons';
import {
  defined,
  fieldOf,
  isRecord,
  JsonRecord,
  numberOf,
  parsed,
  places,
  sampled
} from './reading';
import { extentOf, sizeIn, unitsOf } from './extent';

/** What is known around the things themselves. */
export interface IDetectionContext {
  frame: number;
  /** What the answer says that lists of four numbers are. */
  order?: BoxOrder;
  /** The name of a class by its number. */
  nameOf: (id: unknown) => string;
}

/** Things of one picture. */
export interface IFound {
  items: IDetection[];
  total: number;
  unreadable: number;
}

const LABEL = [
  'label',
  'name',
  'class_name',
  'className',
  'category',
  'category_name',
  'class',
  'class_id',
  'classId',
  'category_id',
  'type'
];
const SCORE = ['score', 'confidence', 'probability', 'conf', 'prob'];
const ENTRIES_SAMPLED = 20;

/** Boxes, polygons and masks in an answer; null where it has none. */
export function findDetections(body: unknown): IDetectionsPart | null {
  const nameOf = namesIn(body);
  const order = isRecord(body) ? orderSaid(body) : undefined;
  const context = { frame: 0, order, nameOf };
  for (const place of places(body)) {
    const frames = framesOf(place, context);
    if (frames) {
      return asPart(frames, isRecord(place) ? [place, body] : [body]);
    }
  }
  return null;
}

function asPart(frames: IFound[], around: unknown[]): IDetectionsPart {
  const items = frames.flatMap(found => found.items).slice(0, SHOWN.detections);
  const sum = (of: (found: IFound) => number): number =>
    frames.reduce((total, found) => total + of(found), 0);
  return {
    kind: 'detections',
    items,
    total: sum(({ total }) => total),
    unreadable: sum(({ unreadable }) => unreadable),
    units: unitsOf(items),
    size: sizeIn(around, extentOf(items)),
    frames: frames.length
  };
}

/** Things of one picture, or of each picture of a list. */
function framesOf(
  place: unknown,
  context: IDetectionContext
): IFound[] | undefined {
  const one = foundIn(place, context);
  if (one) {
    return [one];
  }
  const isList =
    Array.isArray(place) &&
    place.length > 0 &&
    sampled(place, ENTRIES_SAMPLED).some(
      entry => foundIn(parsed(entry), context)?.items.length
    );
  return isList
    ? place
        .slice(0, SHOWN.detections)
        .map(
          (entry, frame) =>
            foundIn(parsed(entry), { ...context, frame }) ?? NOTHING
        )
    : undefined;
}

const NOTHING: IFound = { items: [], total: 0, unreadable: 0 };

function foundIn(
  place: unknown,
  context: IDetectionContext
): IFound | undefined {
  if (isRecord(place)) {
    const order = orderSaid(place) ?? context.order;
    return (
      columnsIn(place, { ...context, order }) ??
      classMasks(place, context) ??
      oneIn(place, context)
    );
  }
  return Array.isArray(place) ? listIn(place, context) : undefined;
}

/** A record that is a thing itself. */
function oneIn(
  record: JsonRecord,
  context: IDetectionContext
): IFound | undefined {
  const thing = thingIn(record, context);
  const isTold = thing && (thing.label !== '' || thing.score !== undefined);
  return isTold ? { items: [thing], total: 1, unreadable: 0 } : undefined;
}

/** A list of records, of which at least half are things. */
function listIn(
  list: readonly unknown[],
  context: IDetectionContext
): IFound | undefined {
  const sample = sampled(list, ENTRIES_SAMPLED);
  const readable = sample.filter(entry => thingIn(entry, context));
  if (readable.length === 0 || readable.length * 2 < sample.length) {
    return undefined;
  }
  const looked = list.slice(0, SHOWN.detections);
  const items = looked.flatMap(entry => thingIn(entry, context) ?? []);
  return {
    items,
    total: list.length,
    unreadable: looked.length - items.length
  };
}

function thingIn(
  entry: unknown,
  context: IDetectionContext
): IDetection | undefined {
  if (!isRecord(entry)) {
    return undefined;
  }
  const thing: IDetection = {
    label: labelIn(entry, context),
    frame: context.frame
  };
  const found = {
    score: numberOf(fieldOf(entry, SCORE)),
    box: boxIn(entry, context.order),
    polygons: polygonsIn(entry),
    mask: maskIn(entry)
  };
  const hasPlace = found.box || found.polygons || found.mask;
  return hasPlace ? Object.assign(thing, defined(found)) : undefined;
}

function labelIn(entry: JsonRecord, { nameOf }: IDetectionContext): string {
  const said = fieldOf(entry, LABEL);
  return isRecord(said) ? nameOf(fieldOf(said, LABEL)) : nameOf(said);
}

/** Names by number: COCO's `categories`, or Ultralytics' `names`. */
function namesIn(body: unknown): (id: unknown) => string {
  const names = new Map<string, string>();
  for (const place of places(body, 1)) {
    const listed = isRecord(place)
      ? fieldOf(place, ['categories', 'names', 'class_names', 'category_index'])
      : undefined;
    for (const [key, entry] of Object.entries(listed ?? {}).slice(0, 10_000)) {
      const id = isRecord(entry) ? (entry.id ?? key) : key;
      const name = isRecord(entry) ? entry.name : entry;
      if (typeof name === 'string') {
        names.set(String(id), name);
      }
    }
  }
  return id =>
    typeof id === 'string' || typeof id === 'number'
      ? (names.get(String(id)) ?? String(id))
      : '';
}

import { IRowsPart, ISeriesPart, SHOWN } from './parts';
import { isRecord, numberOf, places, sampled } from './reading';
import { equalColumns } from './rows';

/** Fewer points are read faster than a chart. */
const FEWEST_POINTS = 3;
const VALUES_SAMPLED = 50;
const TIME_NAME =
  /^(date|time|datetime|timestamp|date_?time|ds|day|month|year|hour|t)$|[_\s-](date|time|timestamp)$|^(date|time)[_\s-]/i;
const STEP_NAME = /^(step|epoch|frame|index|x|iteration|seconds?|second_?s)$/i;
/** Seconds since 1970 that lie between 1973 and 2286. */
const EPOCH_SECONDS = [1e8, 1e10] as const;
const EPOCH_MILLISECONDS = [1e11, 1e13] as const;

type Column = [name: string, values: readonly unknown[]];

/** Numbers over time in an answer: lists of numbers beside each other, or one list of numbers. */
export function findSeries(body: unknown): ISeriesPart | null {
  for (const place of places(body, 2)) {
    const found =
      seriesOfColumns(equalColumns(place)) ?? seriesOfNumbers(place);
    if (found) {
      return found;
    }
  }
  return null;
}

/** The chart of a table, where one of its columns is time-like. The rows are all there is to draw. */
export function seriesOfRows({ columns, rows }: IRowsPart): ISeriesPart | null {
  const list = columns.map((name, index): Column => [
    name,
    rows.map(row => row[index])
  ]);
  return list.some(isTimeLike) ? seriesOfColumns(list) : null;
}

/** One list of numbers, by itself or the only one of a record. */
function seriesOfNumbers(place: unknown): ISeriesPart | null {
  const columns: Column[] = Array.isArray(place)
    ? [['', place]]
    : isRecord(place)
      ? Object.entries(place)
          .slice(0, SHOWN.columns)
          .filter((entry): entry is [string, unknown[]] =>
            Array.isArray(entry[1])
          )
      : [];
  const numeric = columns.filter(isNumeric);
  return numeric.length === 1 ? seriesOfColumns(numeric) : null;
}

function seriesOfColumns(
  columns: readonly Column[] | null
): ISeriesPart | null {
  const total = columns?.[0]?.[1].length ?? 0;
  if (!columns || total < FEWEST_POINTS) {
    return null;
  }
  const time = columns.find(isTimeLike);
  const lines = columns
    .filter(column => column !== time && isNumeric(column))
    .slice(0, SHOWN.lines);
  if (lines.length === 0 || (!time && lines.length < columns.length)) {
    return null;
  }
  return drawn(time, lines, total);
}

function drawn(
  time: Column | undefined,
  lines: readonly Column[],
  total: number
): ISeriesPart {
  const step = Math.ceil(total / SHOWN.points);
  const places = Array.from(
    { length: Math.ceil(total / step) },
    (_, index) => index * step
  );
  const xOf = time ? readerOf(time) : { scale: 'number' as const, read: null };
  const at = places
    .map(place => ({
      place,
      x: xOf.read ? xOf.read(time![1][place]) : place
    }))
    .filter((entry): entry is { place: number; x: number } =>
      Number.isFinite(entry.x)
    )
    .sort((a, b) => a.x! - b.x!);
  return {
    kind: 'series',
    scale: xOf.scale,
    xName: time?.[0] ?? '',
    x: at.map(({ x }) => x),
    lines: lines.map(([name, values]) => ({
      name,
      values: at.map(({ place }) => numberOf(values[place]) ?? null)
    })),
    total,
    step
  };
}

const isNumeric = ([, values]: Column): boolean =>
  values.length >= FEWEST_POINTS &&
  sampled(values, VALUES_SAMPLED).every(
    value => value === null || numberOf(value) !== undefined
  ) &&
  sampled(values, VALUES_SAMPLED).some(value => numberOf(value) !== undefined);

/** A column that says when: dates by their form, numbers only where the name says so. */
function isTimeLike([name, values]: Column): boolean {
  const sample = sampled(values, VALUES_SAMPLED);
  if (sample.length < FEWEST_POINTS) {
    return false;
  }
  return sample.every(isDate)
    ? true
    : (TIME_NAME.test(name) || STEP_NAME.test(name)) &&
        sample.every(value => numberOf(value) !== undefined);
}

const isDate = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d\d(-\d\d)?([T ]\d\d:\d\d|$)/.test(value) &&
  !Number.isNaN(Date.parse(value));

interface IReader {
  scale: ISeriesPart['scale'];
  read: (value: unknown) => number | undefined;
}

function readerOf([name, values]: Column): IReader {
  const sample = sampled(values, VALUES_SAMPLED);
  if (sample.every(isDate)) {
    return { scale: 'time', read: value => Date.parse(String(value)) };
  }
  const within = ([from, to]: readonly [number, number]): boolean =>
    TIME_NAME.test(name) &&
    sample.every(value => {
      const number = numberOf(value) ?? 0;
      return number >= from && number < to;
    });
  if (within(EPOCH_SECONDS)) {
    return { scale: 'time', read: value => (numberOf(value) ?? NaN) * 1000 };
  }
  return {
    scale: within(EPOCH_MILLISECONDS) ? 'time' : 'number',
    read: numberOf
  };
}

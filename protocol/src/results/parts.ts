/** How much is taken from an answer to be looked at. The whole stays in the JSON and in the file. */
export const SHOWN = {
  /** Boxes, polygons and masks of all pictures together. */
  detections: 2000,
  /** Corners of one polygon. */
  corners: 2000,
  /** Classes of one classification. */
  classes: 1000,
  rows: 1000,
  columns: 100,
  /** Points of one line. */
  points: 10_000,
  lines: 20,
  files: 50
} as const;

/** Corners `x1, y1, x2, y2` with `x1 <= x2` and `y1 <= y2`; beginning at the upper left of the picture. */
export type Box = [number, number, number, number];

/** Which pixels belong to a thing. */
export type Mask =
  /** A PNG or other picture as base64: light is inside. */
  | { form: 'picture'; base64: string }
  /** Rows of numbers: inside is what equals `value`, or what is above one half where there is none. */
  | { form: 'grid'; rows: readonly unknown[]; value?: number }
  /** COCO's uncompressed run lengths, column by column, beginning outside. */
  | { form: 'runs'; width: number; height: number; counts: readonly unknown[] };

/** A thing that was found in a picture. */
export interface IDetection {
  label: string;
  /** As answered; usually 0 to 1. */
  score?: number;
  box?: Box;
  /** Each `x, y, x, y, …`. */
  polygons?: number[][];
  mask?: Mask;
  /** Which picture of the answer, from 0: a film or a list of pictures has several. */
  frame: number;
}

/** Things that were found in a picture. */
export interface IDetectionsPart {
  kind: 'detections';
  items: IDetection[];
  /** How many the answer has; `items` may be fewer. */
  total: number;
  /** How many of those looked at were no boxes: not numbers, too few numbers. */
  unreadable: number;
  /** Of all coordinates: pixels of the picture, or parts of its width and height from 0 to 1. */
  units: 'pixels' | 'fraction';
  /** Of the picture that the coordinates belong to, where the answer says it; pixels. */
  size?: { width: number; height: number };
  frames: number;
}

/** A class with its probability. */
export interface IClassScore {
  label: string;
  /** 0 to 1. */
  probability: number;
  /** Class number, or the place in the answer. */
  index: number;
}

/** A classification, best first. */
export interface IScoresPart {
  kind: 'scores';
  scores: IClassScore[];
  total: number;
}

/** Rows of a table. */
export interface IRowsPart {
  kind: 'rows';
  columns: string[];
  /** Cells in the order of the columns. */
  rows: unknown[][];
  total: number;
}

/** Numbers over time, or over their place. */
export interface ISeriesPart {
  kind: 'series';
  /** What `x` is: milliseconds since 1970, or plain numbers. */
  scale: 'time' | 'number';
  xName: string;
  x: number[];
  lines: { name: string; values: (number | null)[] }[];
  /** Of the answer; `x` has each `step`-th. */
  total: number;
  step: number;
}

/** A file inside the answer, as base64. */
export interface IFileInside {
  /** Where it stands: `output.mask` or `[0].picture`. */
  name: string;
  contentType: string;
  /** Without a `data:` prefix. */
  base64: string;
  sizeBytes: number;
}

export interface IFilesPart {
  kind: 'files';
  files: IFileInside[];
  total: number;
}

/** Words. */
export interface ITextPart {
  kind: 'text';
  text: string;
}

/** What a person would look at. An answer may have several: classes and a picture. */
export type ResultPart =
  | IDetectionsPart
  | IScoresPart
  | IRowsPart
  | ISeriesPart
  | IFilesPart
  | ITextPart;

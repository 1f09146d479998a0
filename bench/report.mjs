/**
 * What all benchmarks print: a table for people, or with `--json` one object a line,
 * {"bench","figure","value","unit","peer","peer_value","ratio","better","n","spread"}.
 * A ratio above 1 is always good; without a peer, "goal" stands for it.
 */

/** The median of an unsorted list. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How far the values lie apart, as a part of their median. */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values) || 0;
}

/**
 * A figure with its comparison.
 * @param {object} given
 * @param {string} given.bench
 * @param {string} given.figure
 * @param {number[]} given.values - Measurements of ours; their median is the figure's value.
 * @param {string} given.unit
 * @param {'higher' | 'lower'} given.better
 * @param {{ name: string, values: number[] }} [given.peer] - Measurements of the peer.
 * @param {number} [given.goal] - What is to be reached, where there is no peer.
 */
export function figure({ bench, figure, values, unit, better, peer, goal }) {
  const value = median(values);
  const peerValue = peer ? median(peer.values) : (goal ?? null);
  const ratio =
    peerValue === null
      ? null
      : better === 'higher'
        ? value / peerValue
        : peerValue / value;
  return {
    bench,
    figure,
    value: rounded(value),
    unit,
    peer: peer ? peer.name : goal === undefined ? null : 'goal',
    peer_value: rounded(peerValue),
    ratio: rounded(ratio),
    better,
    n: values.length,
    spread: rounded(spread(values))
  };
}

/** Four significant digits: more would be noise. */
const rounded = value => (value === null ? null : Number(value.toPrecision(4)));

/** Milliseconds for a fixed loop: tells how busy or how fast the machine was. The best of `times`. */
export function cpuReferenceMs(times = 5) {
  const measured = Array.from({ length: times }, () => {
    const start = performance.now();
    let state = 1;
    for (let step = 0; step < 2e7; step++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
    }
    // Its result is used, so that the loop cannot be left out.
    return performance.now() - start + (state === 0 ? 1 : 0) * 1e-9;
  });
  return Math.min(...measured);
}

/** `cpu_reference_ms` as a figure of a benchmark. */
export const cpuReference = bench =>
  figure({
    bench,
    figure: 'cpu_reference_ms',
    values: [cpuReferenceMs()],
    unit: 'ms',
    better: 'lower'
  });

const COLUMNS = [
  'figure',
  'value',
  'unit',
  'peer',
  'peer_value',
  'ratio',
  'n',
  'spread'
];

function printTable(figures) {
  const rows = figures.map(each =>
    COLUMNS.map(column => String(each[column] ?? ''))
  );
  const widths = COLUMNS.map((column, index) =>
    Math.max(column.length, ...rows.map(row => row[index].length))
  );
  for (const row of [COLUMNS, ...rows]) {
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd()
    );
  }
}

/** Prints the figures; nothing else of a benchmark may go to standard output. */
export function print(
  figures,
  { json = process.argv.includes('--json') } = {}
) {
  if (json) {
    figures.forEach(each => console.log(JSON.stringify(each)));
  } else {
    printTable(figures);
  }
}

/** Runs a benchmark: prints its figures, or why it cannot measure, with exit code 1. */
export async function measure(name, work) {
  try {
    print([...(await work()), cpuReference(name)]);
  } catch (error) {
    console.error(`The benchmark ${name} could not measure: ${error.stack}`);
    process.exitCode = 1;
  }
}

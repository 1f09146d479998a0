/** Reads tables and runs the network on their rows. */
import { workerData } from 'node:worker_threads';
import { readTable } from './csvTable';
import { type FileInput } from './inputFile';
import { type INetwork, type INetworkOptions, openNetwork } from './network';
import { checkStopped, type StopFlag } from './stoppable';
import { type INetworkState, serveNetwork } from './workerNetwork';

export interface ITabularData {
  network: INetworkOptions;
  threads: number;
  input: string;
  output: string;
  columns: string[];
  /** What a table may call them instead. */
  otherNames: (string | undefined)[];
  maxBytes: number;
}

/** One row, or a table; without either the call only waits for the network. */
export interface ITabularCall {
  row?: number[];
  table?: FileInput;
  stop: StopFlag;
}

/** What the network gives for all rows, one behind the other. */
export interface ITabularOutput {
  values: Float32Array;
  rows: number;
}

export type TabularAnswer = ITabularOutput | INetworkState;

const ROWS_AT_ONCE = 4096;

const data = workerData as ITabularData;
const { columns, otherNames, input, output } = data;

async function runRows(
  network: INetwork,
  numbers: Float32Array,
  stop: StopFlag
): Promise<ITabularOutput> {
  const width = columns.length;
  const parts: Float32Array[] = [];
  // Some are exported for so many rows, and take no others.
  const rowsAtOnce = network.shapeOf(input)?.[0] ?? ROWS_AT_ONCE;
  const step = rowsAtOnce * width;
  for (let at = 0; at < numbers.length; at += step) {
    checkStopped(stop);
    const part = numbers.subarray(at, at + step);
    const feed = { data: part, dims: [part.length / width, width] };
    const [result] = await network.run({ [input]: feed }, [output]);
    parts.push(result.data);
  }
  const values = new Float32Array(
    parts.reduce((sum, { length }) => sum + length, 0)
  );
  parts.reduce((at, part) => {
    values.set(part, at);
    return at + part.length;
  }, 0);
  return { values, rows: numbers.length / width };
}

serveNetwork(
  openNetwork(data.network, data.threads),
  async (
    network,
    { row, table, stop }: ITabularCall
  ): Promise<TabularAnswer> => {
    if (row) {
      return runRows(network, Float32Array.from(row), stop);
    }
    return table === undefined
      ? { backend: network.backend, detail: network.detail }
      : runRows(
          network,
          readTable(table, columns, data.maxBytes, otherNames),
          stop
        );
  }
);

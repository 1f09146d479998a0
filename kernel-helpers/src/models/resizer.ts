import { axisOf, type IAxis } from './resample';
import { RESIZE_KERNEL } from './resizeKernel';

/** What is used of it; Node has it, its types do not. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory } });
    readonly exports: object;
  }
}

interface IKernel {
  horizontal(
    input: number,
    rows: number,
    inputStride: number,
    output: number,
    outputStride: number,
    width: number,
    bounds: number,
    weights: number,
    taps: number
  ): void;
  vertical(
    input: number,
    stride: number,
    output: number,
    height: number,
    bounds: number,
    weights: number,
    taps: number
  ): void;
}

export interface IPixels {
  /** RGB, or RGBX after resizing. */
  data: Uint8Array;
  width: number;
  height: number;
  /** Bytes from one row to the next. */
  stride: number;
}

const PAGE_BYTES = 65_536;
/** Of the picture's rows, at once in the kernel's memory. */
const STRIP_BYTES = 1024 ** 2;
/** The kernel's memory cannot shrink: after an unusually tall picture it is made anew. */
const KEPT_MEMORY_BYTES = 64 * 1024 ** 2;

const KEPT_AXES = 32;

const compiled = new WebAssembly.Module(Buffer.from(RESIZE_KERNEL, 'base64'));

const aligned = (bytes: number): number => (bytes + 15) & ~15;

interface ITables {
  bounds: number;
  weights: number;
  taps: number;
}

/** Where everything lies in the kernel's memory during one resizing. */
interface IPlan {
  strip: number;
  stripRows: number;
  between: number;
  output: number;
  stride: number;
  endBytes: number;
}

/** Resizes 8-bit RGB pictures with exactly Pillow's result. */
export class Resizer {
  /** @param resample - Pillow's number of the filter. */
  constructor(private readonly _resample: number) {
    this._start();
  }

  /**
   * The picture in another size, as RGBX. Its data lie in the kernel's memory and last until the next call.
   */
  resize(picture: IPixels, width: number, height: number): IPixels {
    const across = this._axis(picture.width, width);
    const down = this._axis(picture.height, height);
    const plan = this._plan(picture, across, down, width, height);
    this._reserve(plan.endBytes);
    const tables = this._writeTables([across, down]);
    this._passAcross(picture, plan, tables[0], width);
    const { bounds, weights, taps } = tables[1];
    const { between, stride, output } = plan;
    this._kernel.vertical(
      between,
      stride,
      output,
      height,
      bounds,
      weights,
      taps
    );
    const data = new Uint8Array(this._memory.buffer, output, stride * height);
    return { data, width, height, stride };
  }

  /** Pictures often come in series of one size. */
  private _axis(from: number, to: number): IAxis {
    const key = `${from} ${to}`;
    const axis = this._axes.get(key) ?? axisOf(from, to, this._resample);
    if (this._axes.size >= KEPT_AXES) {
      this._axes.clear();
    }
    this._axes.set(key, axis);
    return axis;
  }

  private _plan(
    picture: IPixels,
    across: IAxis,
    down: IAxis,
    width: number,
    height: number
  ): IPlan {
    const tableBytes = [across, down]
      .flatMap(({ bounds, weights }) => [bounds, weights])
      .reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
    const wanted = Math.floor(STRIP_BYTES / picture.stride);
    const stripRows = Math.min(picture.height, Math.max(1, wanted));
    const stride = aligned(width * 4);
    // One more group of bytes, because the kernel reads over the end of the last row.
    const between = tableBytes + aligned(stripRows * picture.stride) + 16;
    const output = between + stride * picture.height;
    const endBytes = output + stride * height;
    return { strip: tableBytes, stripRows, between, output, stride, endBytes };
  }

  private _reserve(bytes: number): void {
    if (this._memory.buffer.byteLength > Math.max(bytes, KEPT_MEMORY_BYTES)) {
      this._start();
    }
    const missing = bytes - this._memory.buffer.byteLength;
    if (missing > 0) {
      this._memory.grow(Math.ceil(missing / PAGE_BYTES));
    }
  }

  private _start(): void {
    this._memory = new WebAssembly.Memory({ initial: 1 });
    const imports = { env: { memory: this._memory } };
    const instance = new WebAssembly.Instance(compiled, imports);
    this._kernel = instance.exports as unknown as IKernel;
  }

  /** Puts the tables at the beginning of the memory; returns their places. */
  private _writeTables(axes: IAxis[]): ITables[] {
    let at = 0;
    const write = (table: Int32Array): number => {
      new Int32Array(this._memory.buffer, at, table.length).set(table);
      const place = at;
      at += aligned(table.byteLength);
      return place;
    };
    return axes.map(({ bounds, weights, taps }) => ({
      bounds: write(bounds),
      weights: write(weights),
      taps
    }));
  }

  private _passAcross(
    { data, height, stride }: IPixels,
    plan: IPlan,
    { bounds, weights, taps }: ITables,
    width: number
  ): void {
    const memory = new Uint8Array(this._memory.buffer);
    for (let row = 0; row < height; row += plan.stripRows) {
      const rows = Math.min(plan.stripRows, height - row);
      memory.set(
        data.subarray(row * stride, (row + rows) * stride),
        plan.strip
      );
      this._kernel.horizontal(
        plan.strip,
        rows,
        stride,
        plan.between + row * plan.stride,
        plan.stride,
        width,
        bounds,
        weights,
        taps
      );
    }
  }

  private readonly _axes = new Map<string, IAxis>();
  private _memory!: WebAssembly.Memory;
  private _kernel!: IKernel;
}

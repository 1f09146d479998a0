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
    readonly exports: Record<string, (...args: number[]) => void>;
  }
}

/** The functions of assembly/resize.ts, which says what their arguments are. */
type Kernel = Record<
  'horizontal' | 'vertical' | 'plane',
  (...args: number[]) => void
>;

export interface IPixels {
  /** RGB, or RGBX after resizing. */
  data: Uint8Array;
  width: number;
  height: number;
  /** Bytes from one row to the next. */
  stride: number;
}

/** A part of a picture. */
export interface IArea {
  left: number;
  top: number;
  width: number;
  height: number;
}

const PAGE_BYTES = 65_536;
/** Of the picture's rows, at once in the kernel's memory. */
const STRIP_BYTES = 1024 ** 2;
/** The kernel's memory cannot shrink: after an unusually tall picture it is made anew. */
const KEPT_MEMORY_BYTES = 64 * 1024 ** 2;
/** It reads and writes up to this much behind the end of its data. */
const MARGIN_BYTES = 16;
const KEPT_AXES = 32;

const compiled = new WebAssembly.Module(Buffer.from(RESIZE_KERNEL, 'base64'));

const aligned = (bytes: number): number => (bytes + 15) & ~15;

/** Tables in the kernel's memory. */
interface IPlacedAxis {
  bounds: number;
  weights: number;
  taps: number;
}

/** Where the data lie in the kernel's memory during one resizing. */
interface IPlan {
  strip: number;
  stripRows: number;
  between: number;
  output: number;
  stride: number;
  endBytes: number;
}

function planOf(
  picture: IPixels,
  axes: IAxis[],
  width: number,
  height: number
): IPlan {
  const strip = axes
    .flatMap(({ bounds, weights }) => [bounds, weights])
    .reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
  const wanted = Math.floor(STRIP_BYTES / picture.stride);
  const stripRows = Math.min(picture.height, Math.max(1, wanted));
  const stride = aligned(width * 4);
  const between = strip + aligned(stripRows * picture.stride) + MARGIN_BYTES;
  const output = between + stride * picture.height;
  const endBytes = output + stride * height + MARGIN_BYTES;
  return { strip, stripRows, between, output, stride, endBytes };
}

/** Resizes 8-bit RGB pictures with exactly Pillow's result, and turns them into the planes of a network's input. */
export class Resizer {
  /** @param resample - Pillow's number of the filter. */
  constructor(private readonly _resample: number) {
    this._start();
  }

  /** The picture in another size, as RGBX. Its data lie in the kernel's memory and last until the next call. */
  resize(picture: IPixels, width: number, height: number): IPixels {
    const across = this._axis(picture.width, width);
    const down = this._axis(picture.height, height);
    const plan = planOf(picture, [across, down], width, height);
    this._reserve(plan.endBytes);
    const [placedAcross, placedDown] = this._place([across, down]);
    this._passAcross(picture, plan, placedAcross, width);
    const { between, stride, output } = plan;
    const { bounds, weights, taps } = placedDown;
    this._kernel.vertical(
      ...[between, stride, output, height, bounds, weights, taps]
    );
    const data = new Uint8Array(this._memory.buffer, output, stride * height);
    return { data, width, height, stride };
  }

  /**
   * Writes an area of what `resize` returned to `out`, float32 [3, height, width]; a value is `pixel * scale + offset`, by channel.
   */
  writePlanes(
    { data, stride }: IPixels,
    { left, top, width, height }: IArea,
    scale: number[],
    offset: number[],
    out: Float32Array,
    planes: number[] = [0, 1, 2]
  ): void {
    const from = data.byteOffset + top * stride + left * 4;
    const to = aligned(data.byteOffset + data.byteLength + MARGIN_BYTES);
    const planeBytes = width * height * 4;
    this._reserve(to + planes.length * planeBytes + MARGIN_BYTES);
    for (const [index, channel] of planes.entries()) {
      const plane = to + index * planeBytes;
      this._kernel.plane(
        ...[from, stride, channel, width, height, plane],
        ...[scale[channel], offset[channel]]
      );
    }
    const length = planes.length * width * height;
    out.set(new Float32Array(this._memory.buffer, to, length));
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

  private _reserve(bytes: number): void {
    const missing = bytes - this._memory.buffer.byteLength;
    if (missing > 0) {
      this._memory.grow(Math.ceil(missing / PAGE_BYTES));
    }
  }

  private _start(): void {
    this._memory = new WebAssembly.Memory({ initial: 1 });
    const imports = { env: { memory: this._memory } };
    const instance = new WebAssembly.Instance(compiled, imports);
    this._kernel = instance.exports as Kernel;
  }

  /** Gives an unusual amount of memory back; what `resize` returned is gone then. */
  trim(): void {
    if (this._memory.buffer.byteLength > KEPT_MEMORY_BYTES) {
      this._start();
    }
  }

  /** Puts the tables at the beginning of the memory. */
  private _place(axes: IAxis[]): IPlacedAxis[] {
    const memory = new Uint8Array(this._memory.buffer);
    let at = 0;
    const write = (table: Int32Array): number => {
      const { buffer, byteOffset, byteLength } = table;
      memory.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += aligned(byteLength);
      return at - aligned(byteLength);
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
    { bounds, weights, taps }: IPlacedAxis,
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
        ...[plan.strip, rows, stride],
        ...[plan.between + row * plan.stride, plan.stride, width],
        ...[bounds, weights, taps]
      );
    }
  }

  private readonly _axes = new Map<string, IAxis>();
  private _memory!: WebAssembly.Memory;
  private _kernel!: Kernel;
}

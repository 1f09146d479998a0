/**
 * The two passes of Pillow's resizing of 8-bit pictures, in AssemblyScript with SIMD; exact to the last bit.
 * `src/models/resizeKernel.ts` holds it built; `node kernel-helpers/assembly/build.mjs` makes that file anew.
 *
 * Tables of one axis: `bounds` has two i32 an output position (first input position, number of weights), `weights` has
 * `taps` i32 an output position, with PRECISION bits after the point.
 */

/** 8 bits for the pixel and 2 for sums above 255 are left of 32. */
const PRECISION: i32 = 22;
/** Rounds when the bits after the point are cut off. */
const HALF: i32 = 1 << (PRECISION - 1);

/** Rows of RGB become rows of `width` RGBX pixels, `outputStride` bytes apart. Reads one byte behind the last pixel. */
export function horizontal(
  input: usize,
  rows: i32,
  inputStride: i32,
  output: usize,
  outputStride: i32,
  width: i32,
  bounds: usize,
  weights: usize,
  taps: i32
): void {
  for (let y = 0; y < rows; y++) {
    const row = input + <usize>(y * inputStride);
    let to = output + <usize>(y * outputStride);
    for (let x = 0; x < width; x++) {
      const first = load<i32>(bounds + <usize>(x << 3));
      const count = load<i32>(bounds + <usize>(x << 3), 4);
      let pixel = row + <usize>(first * 3);
      let weight = weights + <usize>((x * taps) << 2);
      const end = weight + <usize>(count << 2);
      let sum = i32x4.splat(HALF);
      while (weight < end) {
        const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(pixel));
        const value = i32x4.extend_low_i16x8_u(bytes);
        sum = i32x4.add(sum, i32x4.mul(value, v128.load32_splat(weight)));
        pixel += 3;
        weight += 4;
      }
      const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, PRECISION), sum);
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
      to += 4;
    }
  }
}

/** Rows of `stride` bytes, a multiple of 16, become `height` rows of the same length. */
export function vertical(
  input: usize,
  stride: i32,
  output: usize,
  height: i32,
  bounds: usize,
  weights: usize,
  taps: i32
): void {
  for (let y = 0; y < height; y++) {
    const first = load<i32>(bounds + <usize>(y << 3));
    const count = load<i32>(bounds + <usize>(y << 3), 4);
    const top = input + <usize>(first * stride);
    const begin = weights + <usize>((y * taps) << 2);
    const end = begin + <usize>(count << 2);
    for (let x = 0; x < stride; x += 16) {
      let source = top + <usize>x;
      let a = i32x4.splat(HALF);
      let b = a;
      let c = a;
      let d = a;
      for (let at = begin; at < end; at += 4) {
        const weight = v128.load32_splat(at);
        const bytes = v128.load(source);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
        source += <usize>stride;
      }
      const left = i16x8.narrow_i32x4_s(
        i32x4.shr_s(a, PRECISION),
        i32x4.shr_s(b, PRECISION)
      );
      const right = i16x8.narrow_i32x4_s(
        i32x4.shr_s(c, PRECISION),
        i32x4.shr_s(d, PRECISION)
      );
      v128.store(output, i8x16.narrow_i16x8_u(left, right));
      output += 16;
    }
  }
}

/** One channel of RGBX rows as float32, `value * scale + offset`. Writes up to 12 bytes behind the end. */
export function plane(
  input: usize,
  stride: i32,
  channel: i32,
  width: i32,
  height: i32,
  output: usize,
  scale: f32,
  offset: f32
): void {
  const factors = f32x4.splat(scale);
  const offsets = f32x4.splat(offset);
  const byte = i32x4.splat(0xff);
  const bits = channel << 3;
  for (let y = 0; y < height; y++) {
    const row = input + <usize>(y * stride);
    const to = output + <usize>((y * width) << 2);
    for (let x = 0; x < width; x += 4) {
      const pixels = v128.load(row + <usize>(x << 2));
      const values = v128.and(i32x4.shr_u(pixels, bits), byte);
      const scaled = f32x4.mul(f32x4.convert_i32x4_s(values), factors);
      v128.store(to + <usize>(x << 2), f32x4.add(scaled, offsets));
    }
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Resizer } from '../resizer';
import { PYTHON, Scratch } from './surroundings';

const SCRIPT = `
import sys
from PIL import Image
source, target, *numbers = sys.argv[1:]
width, height, to_width, to_height, resample = map(int, numbers)
picture = Image.frombytes("RGB", (width, height), open(source, "rb").read())
open(target, "wb").write(picture.resize((to_width, to_height), Image.Resampling(resample)).tobytes())
`;

/** Numbers that look random and are the same each time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  });
}

const hasPillow = existsSync(PYTHON);
if (!hasPillow) {
  console.warn(`Not compared with Pillow: there is no ${PYTHON}.`);
}

(hasPillow ? describe : describe.skip)('Resizing', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.remove());

  const byPillow = (data: Uint8Array, ...numbers: number[]): Buffer => {
    const [source, target] = [scratch.file('in'), scratch.file('out')];
    writeFileSync(source, data);
    execFileSync(PYTHON, [
      ...['-c', SCRIPT, source, target],
      ...numbers.map(String)
    ]);
    return readFileSync(target);
  };

  /** Without the unused fourth bytes and the padding of rows. */
  const byUs = (
    data: Uint8Array,
    width: number,
    height: number,
    toWidth: number,
    toHeight: number,
    resample: number
  ): Buffer => {
    const picture = { data, width, height, stride: width * 3 };
    const out = new Resizer(resample).resize(picture, toWidth, toHeight);
    const rgb = Buffer.alloc(toWidth * toHeight * 3);
    for (let y = 0; y < toHeight; y++) {
      for (let x = 0; x < toWidth; x++) {
        const from = y * out.stride + x * 4;
        rgb.set(out.data.subarray(from, from + 3), (y * toWidth + x) * 3);
      }
    }
    return rgb;
  };

  it.each([
    ['a photograph, bicubic', 640, 427, 224, 224, 3],
    ['to a width that is no multiple of four', 301, 200, 97, 55, 3],
    ['larger', 20, 30, 64, 65, 3],
    ['from one pixel', 1, 1, 8, 8, 3],
    ['in one direction only', 224, 500, 224, 224, 3],
    ['not at all', 50, 40, 50, 40, 3],
    ['in several strips', 3000, 900, 224, 224, 3],
    ['bilinear', 320, 200, 224, 224, 2],
    ['Lanczos', 320, 200, 100, 120, 1],
    ['box', 320, 200, 100, 120, 4],
    ['Hamming', 320, 200, 100, 120, 5]
  ])('%s, is exactly that of Pillow', (_name, width, height, ...rest) => {
    const [toWidth, toHeight, resample] = rest;
    const data = noise(width * height * 3);
    const ours = byUs(data, width, height, toWidth, toHeight, resample);
    const theirs = byPillow(data, width, height, toWidth, toHeight, resample);
    expect(ours.equals(theirs)).toBe(true);
  });

  it('can be used again with other sizes', () => {
    const resizer = new Resizer(3);
    const out = new Float32Array(48);
    const area = { left: 0, top: 0, width: 4, height: 4 };
    const planes = (data: Uint8Array, side: number): Float32Array => {
      const picture = { data, width: side, height: side, stride: 3 * side };
      const small = resizer.resize(picture, 4, 4);
      resizer.writePlanes(small, area, [1, 1, 1], [0, 0, 0], out);
      return Float32Array.from(out);
    };
    const first = planes(noise(300), 10);
    planes(noise(300_000), 316);
    expect(planes(noise(300), 10)).toEqual(first);
  });
});

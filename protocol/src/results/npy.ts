/** The header of a NumPy file. */
export interface INpyHeader {
  /** NumPy's own name: `<f4`. */
  dtype: string;
  shape: number[];
  isFortranOrder: boolean;
}

/**
 * What a `.npy` file holds. The format is that of NumPy's `numpy.lib.format`: magic, version, length, a Python dictionary as text.
 *
 * @param head - its first bytes, {@link HEAD_BYTES} or more.
 * @returns undefined when it is none, or its header is longer than what was given.
 */
export function npyHeader(head: Uint8Array): INpyHeader | undefined {
  const isNpy = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every(
    (byte, index) => head[index] === byte
  );
  if (!isNpy || head.length < 12) {
    return undefined;
  }
  const start = head[6] === 1 ? 10 : 12;
  const text = String.fromCharCode(...head.subarray(start));
  const dtype = /'descr':\s*'([^']{1,20})'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (dtype === undefined || shape === undefined) {
    return undefined;
  }
  return {
    dtype,
    shape: (shape.match(/\d+/g) ?? []).map(Number),
    isFortranOrder: /'fortran_order':\s*True/.test(text)
  };
}

import { strToU8, zipSync } from 'fflate';
import { ownName } from '../fileName';
import { listZip, takeFromZip } from '../zipListing';

const endOf = (bytes: Uint8Array, signature: number[]): number =>
  Buffer.from(bytes).lastIndexOf(Buffer.from(signature));

describe('An archive', () => {
  it('is listed without being unpacked', () => {
    const zip = zipSync({ big: new Uint8Array(50_000_000) });
    expect(zip.length).toBeLessThan(100_000);
    // Work is counted and not time, which other programs take as well.
    const begin = process.cpuUsage();
    expect(listZip(zip)).toEqual({
      entries: [{ name: 'big', sizeBytes: 50_000_000, isFolder: false }],
      isCut: false
    });
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(100);
  });

  it('with very many entries is listed in part', () => {
    const files = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [`f${index}`, strToU8('')])
    );
    const { entries, isCut } = listZip(zipSync(files, { level: 0 }));
    expect(entries).toHaveLength(5000);
    expect(isCut).toBe(true);
  });

  it('gives the file at a place, though names repeat', () => {
    const zip = zipSync({ a: strToU8('first'), b: strToU8('second') });
    const renamed = Buffer.from(zip);
    // In both headers of the second file.
    for (let at = 0; (at = renamed.indexOf('b', at)) >= 0; at++) {
      renamed.write('a', at);
    }
    expect(Buffer.from(takeFromZip(renamed, 1)).toString()).toBe('second');
  });

  it('cannot give more than its directory says', () => {
    const zip = zipSync({ bomb: new Uint8Array(10_000_000) });
    // The uncompressed size in the central directory: 24 bytes after its signature.
    const central = endOf(zip, [0x50, 0x4b, 1, 2]);
    Buffer.from(zip.buffer).writeUInt32LE(10, zip.byteOffset + central + 24);
    let length = 0;
    try {
      length = takeFromZip(zip, 0).length;
    } catch {
      // Refused: also right.
    }
    expect(length).toBeLessThanOrEqual(10);
  });

  it('does not unpack what is too large', () => {
    const zip = zipSync({ huge: new Uint8Array(10) });
    const central = endOf(zip, [0x50, 0x4b, 1, 2]);
    Buffer.from(zip.buffer).writeUInt32LE(
      2_000_000_000,
      zip.byteOffset + central + 24
    );
    expect(() => takeFromZip(zip, 0)).toThrow(RangeError);
  });
});

describe('ownName', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\x.exe', 'x.exe'],
    ['a\nb', 'a_b'],
    ['..', 'file'],
    ['', 'file']
  ])('makes of %j %j', (name, own) => {
    expect(ownName(name)).toBe(own);
  });
});

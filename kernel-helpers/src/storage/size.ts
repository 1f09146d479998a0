const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** Bytes as people say them: `1.5 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) {
    return `${Math.round(bytes)} bytes`;
  }
  const power = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  const value = Number((bytes / 1000 ** power).toPrecision(3));
  return `${value} ${UNITS[power - 1]}`;
}

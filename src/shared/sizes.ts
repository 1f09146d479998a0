const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** `1.2 MB`, in the language of the page. */
export function formatSize(sizeBytes: number): string {
  const power = sizeBytes < 1 ? 0 : Math.floor(Math.log10(sizeBytes) / 3);
  const index = Math.min(power, UNITS.length - 1);
  return new Intl.NumberFormat(document.documentElement.lang || undefined, {
    style: 'unit',
    unit: UNITS[index],
    unitDisplay: index === 0 ? 'long' : 'short',
    maximumFractionDigits: 1
  }).format(sizeBytes / 1000 ** index);
}

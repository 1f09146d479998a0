/** By a name's ending. */
export const MEDIA_TYPES: Record<string, string> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  csv: 'text/csv',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip'
};

/** The media type that a file's name promises. */
export const typeOfName = (name: string): string => {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1] ?? '';
  return MEDIA_TYPES[ending.toLowerCase()] ?? 'application/octet-stream';
};

import path from 'node:path';
import { Readable } from 'node:stream';
import { FastifyReply } from 'fastify';

/** Shown in place by a browser without running anything. SVG and HTML are not among them. */
const INLINE =
  /^(application\/json|text\/plain|image\/(png|jpeg|gif|webp|bmp|tiff|avif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** Content that is not ours. */
export interface IForeignContent {
  contentType: string;
  content: Readable | string | Buffer;
  filename?: string;
  sizeBytes?: number;
}

/** Headers that keep foreign content from acting in Jupyter's origin. */
export function guardHeaders(
  contentType: string,
  filename?: string
): Record<string, string> {
  const media = contentType.split(';')[0].trim().toLowerCase();
  return {
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    'content-disposition': disposition(
      INLINE.test(media) ? 'inline' : 'attachment',
      filename
    )
  };
}

/** Answer with content that is not ours. */
export function sendGuarded(
  reply: FastifyReply,
  { contentType, content, filename, sizeBytes }: IForeignContent
): FastifyReply {
  if (sizeBytes !== undefined) {
    reply.header('content-length', sizeBytes);
  }
  return reply
    .headers(guardHeaders(contentType, filename))
    .type(contentType)
    .send(content);
}

function disposition(kind: string, filename?: string): string {
  if (!filename) {
    return kind;
  }
  const name = path.basename(filename);
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}

const TYPES: Record<string, string> = {
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
export const typeOfName = (name: string): string =>
  TYPES[path.extname(name).slice(1).toLowerCase()] ??
  'application/octet-stream';

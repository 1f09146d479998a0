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

export { typeOfName } from '@jupyterlab-deep/protocol';

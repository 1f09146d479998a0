import type { StorageEntry } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { base64OfBytes, bytesOfBase64 } from '../../inference/results/base64';

/** A tab holds a text several times over: beyond this the page stands still. */
export const MOST_TEXT_BYTES = 50_000_000;
export const MOST_BINARY_BYTES = 200_000_000;

const TEXT_TYPE = /^text\/|[/+](json|xml|yaml|javascript|x-sh|toml)$/;
const TEXT_NAME =
  /\.(txt|md|py|ts|tsx|js|json|ya?ml|toml|csv|tsv|r|sh|cfg|ini|xml|html|css|log|rst|tex)$/i;

/** How Lab wants the content of a file: as it asks, else by type and name. */
export function formatOf(
  entry: StorageEntry,
  { type, format }: Contents.IFetchOptions = {}
): Contents.FileFormat {
  if (isNotebook(entry, type)) {
    return 'json';
  }
  if (format === 'text' || format === 'base64') {
    return format;
  }
  const { contentType = '', name } = entry;
  return TEXT_TYPE.test(contentType) || TEXT_NAME.test(name)
    ? 'text'
    : 'base64';
}

export const isNotebook = (
  { name }: StorageEntry,
  type?: Contents.ContentType
): boolean =>
  type === 'notebook' ||
  (type === undefined && PathExt.extname(name) === '.ipynb');

/** Lab's description of an entry, without content. */
export function modelOf(
  entry: StorageEntry,
  type?: Contents.ContentType
): Contents.IModel {
  const { path, name, sizeBytes, modifiedAt, isReadOnly, contentType } = entry;
  const at = modifiedAt ?? new Date(0).toISOString();
  const isFolder = entry.type === 'folder';
  return {
    name,
    path,
    type: isFolder
      ? 'directory'
      : isNotebook(entry, type)
        ? 'notebook'
        : 'file',
    writable: !isReadOnly,
    created: at,
    last_modified: at,
    mimetype: isFolder ? '' : (contentType ?? ''),
    content: null,
    format: null as unknown as Contents.FileFormat,
    size: isFolder ? undefined : sizeBytes
  };
}

/**
 * The bytes as Lab wants them.
 *
 * @throws SyntaxError for a notebook that is no JSON.
 */
export async function contentOf(
  blob: Blob,
  format: Contents.FileFormat
): Promise<unknown> {
  const bytes = new Uint8Array(await arrayBufferOf(blob));
  if (format === 'base64') {
    return base64OfBytes(bytes);
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  return format === 'json' ? JSON.parse(text) : text;
}

/** Older browsers' Blob, and the one of tests, has no `arrayBuffer`. */
const arrayBufferOf = (blob: Blob): Promise<ArrayBuffer> =>
  typeof blob.arrayBuffer === 'function'
    ? blob.arrayBuffer()
    : new Response(blob).arrayBuffer();

/** The bytes that Lab wants saved. */
export function bytesOf({ content, format }: Partial<Contents.IModel>): Blob {
  if (format === 'base64') {
    return new Blob([bytesOfBase64(String(content ?? ''))]);
  }
  const text =
    format === 'json' ? `${JSON.stringify(content, null, 1)}\n` : content;
  return new Blob([text ?? '']);
}

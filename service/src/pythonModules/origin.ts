import { createHash } from 'node:crypto';
import { Module } from '@jupyterlab-deep/protocol';
import type { ICatalogueEntry } from '../catalogue/source';

/** Where the code of a Python module comes from. */
export type PythonOrigin =
  | {
      kind: 'folder';
      folder: string;
      /** Its user edits it just now: it starts often, and with the packages that are here already. */
      isEdited?: boolean;
    }
  | {
      kind: 'git';
      /** `https://…`; a path of this machine only where its user typed it. */
      url: string;
      ref?: string;
      /** Its user typed it. */
      isTyped?: boolean;
      /** The user confirmed an address that is not public. */
      allowPrivate?: boolean;
    }
  | { kind: 'package'; name: string; version: string }
  | {
      kind: 'shared';
      /** Who shares it, where, signed by which key. */
      title: string;
      /** Of all of its files. */
      digest: string;
      /** Fetch them, checked. */
      bring(signal: AbortSignal): Promise<string>;
    };

/** A Python module and where its code is. */
export interface IPythonModule {
  module: Module;
  origin: PythonOrigin;
}

/** A container image, by the name that it is fetched under. */
export interface IImageOrigin {
  kind: 'image';
  image: string;
}

export const imageOrigin = (image: string): IImageOrigin => ({
  kind: 'image',
  image
});

/** The origin as people know it. */
export function originText(origin: PythonOrigin | IImageOrigin): string {
  switch (origin.kind) {
    case 'folder':
      return origin.folder;
    case 'git':
      return origin.ref ? `${origin.url} (${origin.ref})` : origin.url;
    case 'package':
      return `${origin.name} on the package index`;
    case 'shared':
      return origin.title;
    case 'image':
      return `image ${origin.image}`;
  }
}

/** Short name of some text, for folders. */
export const shortHash = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);

/** The same for every start of the same code. */
export const codeKey = (
  origin: PythonOrigin | IImageOrigin,
  commit: string
): string => shortHash(origin.kind, originText(origin), commit);

/** The Python module that a catalogue entry is, or has the code of. */
export function pythonOf({
  module,
  python
}: ICatalogueEntry): IPythonModule | undefined {
  const origin = python ?? repositoryOf(module);
  return origin && { module, origin };
}

/** Repositories of catalogues: only what anybody can fetch without a login. */
export function repositoryOf({ links }: Module): PythonOrigin | undefined {
  const url = URL.parse(links.source_code ?? '');
  if (url?.protocol !== 'https:' || url.username || url.search) {
    return undefined;
  }
  // Pages of a branch or a folder: the repository is before them.
  const [path] = url.pathname.split(/\/(?:-\/)?(?:tree|blob)\//);
  const isRepository = path.split('/').filter(part => part).length >= 2;
  return isRepository
    ? { kind: 'git', url: `${url.origin}${path.replace(/\/+$/, '')}` }
    : undefined;
}

import { DeepError } from '@jupyterlab-deep/protocol';

/** Whether a path below a root stays one: no empty segment, no way up, nothing that a file system cannot hold. */
export const isSafePath = (path: string): boolean =>
  path === '' || path.split('/').every(isSafeName);

/** Whether a name is one segment of a path on every system that we run on. */
export const isSafeName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[\0\\/]/.test(name);

/** @throws DeepError `invalid-request` */
export function checkPath(path: string): void {
  if (!isSafePath(path)) {
    throw new DeepError(
      'invalid-request',
      `“${path}” is not a path of a file: it has an empty part, a part “..” or a character that no name may have.`
    );
  }
}

/** A path as it stands in a URL. */
export const encodePath = (path: string): string =>
  path.split('/').map(encodeURIComponent).join('/');

/** Folder and path below it: `a/b` in `a` is `b`. */
export const joined = (...parts: string[]): string =>
  parts.filter(part => part !== '').join('/');

export const parentOf = (path: string): string =>
  path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('/') + 1);

/**
 * The path below a root that an `href` of a multistatus names (RFC 4918, 8.3: a path or a whole URL).
 *
 * @param root Decoded path of the root's URL, with a slash at its end.
 * @returns undefined for what lies elsewhere, and for names that cannot be.
 */
export function pathOfHref(
  href: string,
  root: string,
  origin: string
): string | undefined {
  const withoutOrigin = href.startsWith('/') ? href : ownPath(href, origin);
  const decoded = withoutOrigin && decode(withoutOrigin);
  if (decoded === undefined) {
    return undefined;
  }
  const folder = decoded.endsWith('/') ? decoded : `${decoded}/`;
  if (!folder.startsWith(root)) {
    return undefined;
  }
  const path = folder.slice(root.length, -1);
  return isSafePath(path) ? path : undefined;
}

function ownPath(href: string, origin: string): string | undefined {
  // Not by URL: it would take away the parts “..” that are to be refused.
  return href.startsWith(`${origin}/`) ? href.slice(origin.length) : undefined;
}

function decode(text: string): string | undefined {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text;
  } catch {
    return undefined;
  }
}

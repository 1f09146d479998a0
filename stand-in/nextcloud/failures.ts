import { escapeXml } from './xml.ts';

/** A failure as sabre/dav answers it. */
export class DavError extends Error {
  constructor(
    status: number,
    exception: string,
    message: string,
    options: { extra?: string; headers?: Record<string, string> } = {}
  ) {
    super(message);
    this.status = status;
    this.exception = exception;
    this.extra = options.extra ?? '';
    this.headers = options.headers ?? {};
  }

  body(): string {
    return `<?xml version="1.0" encoding="utf-8"?>
<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">
  <s:exception>${this.exception}</s:exception>
  <s:message>${escapeXml(this.message)}</s:message>${this.extra}
</d:error>
`;
  }

  readonly status: number;
  readonly exception: string;
  readonly extra: string;
  readonly headers: Record<string, string>;
}

const sabre = (name: string) => `Sabre\\DAV\\Exception\\${name}`;

export const badRequest = (message: string) =>
  new DavError(400, sabre('BadRequest'), message);

export const invalidPath = (reason: string) =>
  new DavError(
    400,
    'OCA\\DAV\\Connector\\Sabre\\Exception\\InvalidPath',
    reason,
    {
      extra: `
  <o:retry xmlns:o="o:">false</o:retry>
  <o:reason xmlns:o="o:">${escapeXml(reason)}</o:reason>`
    }
  );

export const notAuthenticated = (message: string) =>
  new DavError(401, sabre('NotAuthenticated'), message, {
    headers: { 'www-authenticate': 'Basic realm="Nextcloud", charset="UTF-8"' }
  });

/** The real one says nothing either. */
export const forbidden = (message = '') =>
  new DavError(
    403,
    message
      ? sabre('Forbidden')
      : 'OCA\\DAV\\Connector\\Sabre\\Exception\\Forbidden',
    message
  );

export const notFound = (path: string) =>
  new DavError(
    404,
    sabre('NotFound'),
    `File with name ${path} could not be located`
  );

export const notAllowed = (message: string) =>
  new DavError(405, sabre('MethodNotAllowed'), message);

export const conflict = (message: string) =>
  new DavError(409, sabre('Conflict'), message);

export const preconditionFailed = (header: string, message: string) =>
  new DavError(412, sabre('PreconditionFailed'), message, {
    extra: `\n  <s:header>${header}</s:header>`
  });

export const locked = (path: string) =>
  new DavError(
    423,
    'OCA\\DAV\\Connector\\Sabre\\Exception\\FileLocked',
    `"${path}" is locked`
  );

export const notImplemented = (message: string) =>
  new DavError(501, sabre('NotImplemented'), message);

export const insufficientStorage = (needed: number, available: number) =>
  new DavError(
    507,
    sabre('InsufficientStorage'),
    `Insufficient space in /, ${needed} required, ${available} available`
  );

import type { INextcloud } from '../nextcloud/server.ts';

interface IAsk {
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream;
  headers?: Record<string, string>;
  /** The first user's app password when absent; null for nobody. */
  password?: string | null;
  user?: string;
}

export interface IAnswer {
  status: number;
  headers: Headers;
  text: string;
  json(): any; // eslint-disable-line @typescript-eslint/no-explicit-any -- what servers answer
}

export type Ask = (
  method: string,
  path: string,
  options?: IAsk
) => Promise<IAnswer>;

const authorization = (user: string, password: string | null) =>
  password === null
    ? undefined
    : { authorization: `Basic ${btoa(`${user}:${password}`)}` };

/** Requests to a stand-in; a path without `/` in front is below the first user's files. */
export function asker(cloud: INextcloud): Ask {
  const { uid, loginName, appPassword } = cloud.user;
  return async (method, path, options = {}) => {
    const { body, user = loginName, password = appPassword } = options;
    const below = path.startsWith('/')
      ? path
      : `/remote.php/dav/files/${uid}/${path}`;
    const response = await fetch(cloud.url + below, {
      method,
      body,
      redirect: 'manual',
      ...(body instanceof ReadableStream && { duplex: 'half' }),
      headers: { ...authorization(user, password), ...options.headers }
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, json: () => JSON.parse(text) };
  };
}

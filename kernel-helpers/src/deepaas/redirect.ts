import type { IAnswer } from './refusals';
import type { IWire } from './network';

export const MAX_REDIRECTS = 3;

/** These keep method and body; 308 is how DEEPaaS asks for the slash at the end. */
const KEEPING = [307, 308];
const FOR_READING = [...KEEPING, 301, 302];

/**
 * Path that an answer sends its caller to: only within the endpoint, and never with a token, which another place must not see.
 *
 * @returns undefined when the answer is to be taken as it is.
 */
export function redirectedPath(
  { status, headers }: IAnswer,
  { endpoint, token }: IWire,
  method: string,
  path: string
): string | undefined {
  const followed = method === 'GET' ? FOR_READING : KEEPING;
  const { location } = headers;
  const from = endpoint.origin + path;
  if (
    token !== undefined ||
    !followed.includes(status) ||
    typeof location !== 'string' ||
    !URL.canParse(location, from)
  ) {
    return undefined;
  }
  const to = new URL(location, from);
  const isInside =
    to.origin === endpoint.origin &&
    to.pathname.startsWith(`${endpoint.basePath}/`);
  return isInside ? to.pathname + to.search : undefined;
}

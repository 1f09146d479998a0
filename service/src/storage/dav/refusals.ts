import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';

/** A refusal of a server, with the status that it used. */
export class DavRefusal extends DeepError {
  constructor(
    key: ErrorKey,
    detail: string,
    readonly httpStatus: number,
    options: { hint?: string; technical?: string } = {}
  ) {
    super(key, detail, options);
  }
}

/** What was tried, for the words of a refusal. */
export interface IAttempt {
  host: string;
  /** Such as `write plants/a.jpg`. */
  act: string;
  isWrite: boolean;
}

/** What a server said (sabre/dav's `d:error`): class of its exception, its message, the header that did not hold. */
interface ISaid {
  exception: string;
  message: string;
  header: string;
}

const MAX_SAID = 300;

/** A refusal in words: the statuses and classes that Nextcloud and other servers use. */
export function refusalOf(
  status: number,
  body: string,
  { host, act, isWrite }: IAttempt
): DavRefusal {
  const said = readError(body);
  const technical = `${status} ${said.exception} ${said.message}`.trim();
  const [key, because, hint] = meaningOf(status, said, isWrite);
  const words = said.message && !because.includes(said.message);
  const detail = `${host} did not ${act}: ${because}${words ? ` It says: ${said.message}` : ''}`;
  return new DavRefusal(key, detail, status, { hint, technical });
}

type Meaning = [key: ErrorKey, because: string, hint?: string];

function meaningOf(status: number, said: ISaid, isWrite: boolean): Meaning {
  switch (status) {
    case 400:
      return ['storage-refused', 'it takes no such name or content.'];
    case 401:
      return [
        'storage-login',
        'it refused the password of this account.',
        'Link the account again in the storage panel.'
      ];
    case 403:
      return [
        'storage-refused',
        isWrite ? 'you may not change this.' : 'you may not see this.',
        isWrite ? 'Ask whoever shared it for the right to edit.' : undefined
      ];
    case 404:
      return ['not-found', 'it is not there, or a folder above it is not.'];
    case 405:
      return ['conflict', 'something with this name is there already.'];
    case 409:
      return ['conflict', 'the folder that it belongs into is not there.'];
    case 412:
      return [
        'conflict',
        said.header.toLowerCase() === 'if-none-match'
          ? 'there is a file with this name already.'
          : 'it was changed there meanwhile.'
      ];
    case 413:
      return ['too-large', 'it takes no file of this size at once.'];
    case 423:
      return ['conflict', 'it is locked there.', 'Try again in a moment.'];
    case 429:
      return [
        'storage-unreachable',
        'it takes no more requests for now.',
        'It may have seen wrong passwords from this address: wait some minutes.'
      ];
    case 507:
      return ['storage-full', 'there is no space left.', 'Free space there.'];
    default:
      return status >= 500
        ? ['storage-unreachable', `it had an error of its own (${status}).`]
        : ['storage-refused', `it answered ${status}.`];
  }
}

/** An answer is read for its words alone: whatever it is, a short text comes out. */
function readError(body: string): ISaid {
  const inside = (name: string): string =>
    new RegExp(`<s:${name}>([^<]{0,2000})</s:${name}>`).exec(body)?.[1] ?? '';
  return {
    exception: inside('exception').split('\\').pop() ?? '',
    message: unescape(inside('message')).trim().slice(0, MAX_SAID),
    header: inside('header')
  };
}

const unescape = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#039;', "'")
    .replaceAll('&amp;', '&');

/** The HTTP status behind a failure; undefined when nothing answered. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof DavRefusal ? error.httpStatus : undefined;

import { retryAfterMs } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { DeepError } from '@jupyterlab-deep/protocol';

/** What a failed try says about its item. */
export type Verdict =
  /** The module is busy: the item was not looked at. */
  | { kind: 'busy'; waitMs: number }
  /** The module was not there: the item was not looked at. */
  | { kind: 'away' }
  /** The module went while it had the item: the item may be why. */
  | { kind: 'lost' }
  /** This is the item's answer. */
  | { kind: 'failed' };

/** Nobody had the whole request. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT'
]);

export function judge(error: DeepError): Verdict {
  const waitMs = retryAfterMs(error);
  if (waitMs !== undefined) {
    return { kind: 'busy', waitMs };
  }
  const isTransport = error.key === 'module-unreachable';
  if (isTransport && NOT_SENT.has(codeOf(error))) {
    return { kind: 'away' };
  }
  return { kind: isTransport ? 'lost' : 'failed' };
}

const codeOf = ({ cause }: DeepError): string =>
  String((cause as { code?: unknown } | undefined)?.code ?? '');

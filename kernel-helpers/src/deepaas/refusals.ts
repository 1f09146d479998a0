import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';
import type { IAttempt } from './failures';

/** How long to wait for a module that does not say it, milliseconds. */
const UNSAID_WAIT_MS = 1_000;

/** A module has too much to do now (429) or is not ready (503): the same call can go well later. */
class BusyError extends DeepError {
  constructor(
    readonly retryAfterMs: number,
    ...rest: ConstructorParameters<typeof DeepError>
  ) {
    super(...rest);
  }
}

/**
 * How long to wait before the same call is worth another try, milliseconds: what the module asked for (`Retry-After`), else a
 * second. Undefined for failures that asking again does not cure.
 */
export const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof BusyError ? error.retryAfterMs : undefined;

/** An answer that is no success. */
export interface IAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** The failure that a module answered with, in words. */
export function answeredFailure(answer: IAnswer, attempt: IAttempt): DeepError {
  const parts = failureParts(answer, attempt);
  const isBusy = answer.status === 429 || answer.status === 503;
  return isBusy
    ? new BusyError(waitMs(answer.headers['retry-after']), ...parts)
    : new DeepError(...parts);
}

interface IRefusal {
  key: ErrorKey;
  says: string;
  hint?: string;
}

const REFUSALS: Record<number, IRefusal> = {
  401: {
    key: 'unauthorized',
    says: 'it wants other credentials',
    hint: 'Give a valid token for this module.'
  },
  402: {
    key: 'module-disabled',
    says: 'whoever runs the module has switched this off'
  },
  403: { key: 'unauthorized', says: 'it does not allow this' },
  404: {
    key: 'not-found',
    says: 'it has nothing at this address',
    hint: 'Check the address; DEEPaaS has its API below /v2/models/.'
  },
  407: {
    key: 'unauthorized',
    says: 'the proxy on the way to it wants credentials'
  },
  413: {
    key: 'too-large',
    says: 'the files are too large for it',
    hint: 'Send smaller files.'
  },
  422: {
    key: 'invalid-arguments',
    says: 'it refused the arguments without a word'
  },
  429: {
    key: 'module-unreachable',
    says: 'it has too much to do now',
    hint: 'Ask again later.'
  },
  500: {
    key: 'module-failed',
    says: 'the module itself failed',
    hint: "The reason is in the module's log alone; whoever runs it can read it."
  },
  501: {
    key: 'module-not-implemented',
    says: 'its author has not written this function'
  },
  502: { key: 'module-unreachable', says: 'the module behind it is down' },
  503: {
    key: 'module-unreachable',
    says: 'it is not available now',
    hint: 'Ask again later.'
  },
  504: { key: 'timeout', says: 'the module behind it took too long' }
};

function failureParts(
  { status, headers, body }: IAnswer,
  attempt: IAttempt
): ConstructorParameters<typeof DeepError> {
  const parsed = parseObject(body);
  if (String(parsed?.type).startsWith('urn:jupyterlab-deep:')) {
    const problem = DeepError.fromProblem(parsed as object);
    return [problem.key, problem.detail, problem];
  }
  if (status === 422 && parsed) {
    return refusedArguments(parsed, attempt);
  }
  const { key, says, hint } = REFUSALS[status] ?? otherRefusal(status, headers);
  const text = body.subarray(0, 4096).toString('utf8').trim();
  return [
    key,
    `${attempt.action} of ${attempt.name} failed: ${says} (HTTP ${status}).`,
    { hint, technical: text || undefined }
  ];
}

/** `Retry-After` is in seconds or a date. */
function waitMs(header: unknown): number {
  const text = String(header ?? '').trim();
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : UNSAID_WAIT_MS;
}

function otherRefusal(
  status: number,
  { location }: Record<string, unknown>
): IRefusal {
  if (status < 300 || status >= 400) {
    return {
      key: 'module-failed',
      says: 'it answered in a way that DEEPaaS does not'
    };
  }
  // What comes after “?” may be a secret.
  const where = location ? `: ${String(location).replace(/[?#].*$/s, '')}` : '';
  return {
    key: 'module-unreachable',
    says: `it sends its callers to another address${where}`,
    hint: 'Use that address itself if you trust it: only redirects within the same address are followed, and none with a token.'
  };
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Most failures of DEEPaaS are plain text: the caller shows it as it is.
    return undefined;
  }
}

function refusedArguments(
  body: Record<string, unknown>,
  { action, name }: IAttempt
): ConstructorParameters<typeof DeepError> {
  const fields = Object.fromEntries(
    Object.entries(body).map(([field, says]) => [field, messages(says)])
  );
  const list = Object.entries(fields).map(
    ([field, says]) => `${field}: ${says.join(' ')}`
  );
  return [
    'invalid-arguments',
    `${name} refused the arguments of ${action}. ${list.join(' ')}`,
    { fields, technical: JSON.stringify(body).slice(0, 4096) }
  ];
}

/** Marshmallow nests messages by list index or key. */
function messages(says: unknown): string[] {
  if (Array.isArray(says)) {
    return says.flatMap(messages);
  }
  if (typeof says === 'object' && says) {
    return Object.entries(says).flatMap(([key, inner]) =>
      messages(inner).map(message => `${key}: ${message}`)
    );
  }
  return [String(says)];
}

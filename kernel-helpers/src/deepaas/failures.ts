import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';

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

/** What was tried, for messages: “predict of 127.0.0.1:5000”. */
export interface IAttempt {
  /** What was asked of the module: `describe`, `predict`. */
  action: string;
  /** Who was asked: host or socket. */
  name: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'its socket does not exist',
  EACCES: 'the system does not allow the connection',
  ENOTFOUND: 'no machine has this name',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no way to this machine',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'it closed the connection before its answer was complete',
  EPIPE: 'it closed the connection while the request was sent',
  ECONNABORTED: 'it closed the connection before its answer was complete',
  UND_ERR_SOCKET: 'it closed the connection before its answer was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer is shorter than announced'
};

/** No connection came about: the call itself had not begun. */
const CONNECT_TIMEOUTS = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

const UNTRUSTED = /CERT|UNABLE_TO_|SELF_SIGNED/;

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (cause && typeof (cause as { code?: unknown }).code === 'string') {
    return (cause as { code: string }).code;
  }
  return typeof code === 'string' ? code : '';
};

/** The failure of a call that got no answer, in words. */
export function transportFailure(error: unknown, attempt: IAttempt): DeepError {
  if (error instanceof DeepError) {
    return error;
  }
  const { action, name, signal, timeoutMs } = attempt;
  if (signal?.aborted) {
    return new DeepError('cancelled', `${action} of ${name} was cancelled.`, {
      cause: error
    });
  }
  const code = codeOf(error);
  const technical = `${code} ${(error as Error).message}`.trim();
  if ((error as Error).name === 'TimeoutError') {
    return new DeepError(
      'timeout',
      `${name} gave no complete answer to ${action} within ${seconds(timeoutMs)}.`,
      { hint: 'Ask again, or allow more time.', technical, cause: error }
    );
  }
  if (CONNECT_TIMEOUTS.has(code)) {
    return new DeepError(
      'timeout',
      `${action} of ${name} failed: no connection came about in time.`,
      {
        hint: 'See whether its machine runs and can be reached from here.',
        technical,
        cause: error
      }
    );
  }
  if (UNTRUSTED.test(code)) {
    return new DeepError(
      'module-unreachable',
      `${action} of ${name} failed: its certificate is not trusted.`,
      {
        hint: 'If your organisation signs its own certificates, name its authority: `ca` in a call, `network.caFile` for everybody.',
        technical,
        cause: error
      }
    );
  }
  const reason = UNREACHABLE[code] ?? protocolOf(code) ?? technical;
  return new DeepError(
    'module-unreachable',
    `${action} of ${name} failed: ${reason}.`,
    {
      hint:
        code === 'EPIPE'
          ? 'The files may be too large for it; else see whether it still runs.'
          : 'See whether the module still runs; its log says why it ended.',
      technical,
      cause: error
    }
  );
}

function protocolOf(code: string): string | undefined {
  if (code.startsWith('HPE_')) {
    return 'what answers there is not HTTP';
  }
  return code === 'EPROTO' || code.startsWith('ERR_SSL_')
    ? 'it does not speak https'
    : undefined;
}

const seconds = (timeoutMs: number): string =>
  timeoutMs < 120_000
    ? `${Math.round(timeoutMs / 100) / 10} s`
    : `${Math.round(timeoutMs / 60_000)} minutes`;

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

import { DeepError, ErrorKey } from '@jupyterlab-deep/protocol';

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
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH:
    'a file changed its size while it was sent',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer is shorter than announced'
};

const TIMEOUTS = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT'
]);

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
  if (TIMEOUTS.has(code) || (error as Error).name === 'TimeoutError') {
    return new DeepError(
      'timeout',
      `${name} gave no answer to ${action} within ${seconds(timeoutMs)}.`,
      { hint: 'Ask again, or allow more time.', technical, cause: error }
    );
  }
  const reason =
    UNREACHABLE[code] ??
    (code.startsWith('HPE_') ? 'what answers there is not HTTP' : technical);
  return new DeepError(
    'module-unreachable',
    `${action} of ${name} failed: ${reason}.`,
    {
      hint: 'See whether the module still runs; its log says why it ended.',
      technical,
      cause: error
    }
  );
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
  413: { key: 'too-large', says: 'the files are too large for it' },
  500: {
    key: 'module-failed',
    says: 'the module itself failed',
    hint: "The reason is in the module's log."
  },
  501: {
    key: 'module-not-implemented',
    says: 'its author has not written this function'
  },
  502: { key: 'module-unreachable', says: 'the module behind it is down' },
  503: { key: 'module-unreachable', says: 'it is not available now' },
  504: { key: 'timeout', says: 'the module behind it took too long' }
};

/** The failure that a module answered with, in words. */
export function answeredFailure(
  status: number,
  body: Buffer,
  attempt: IAttempt
): DeepError {
  const text = body.subarray(0, 4096).toString('utf8').trim();
  const parsed = parseObject(body);
  if (String(parsed?.type).startsWith('urn:jupyterlab-deep:')) {
    return DeepError.fromProblem(parsed as object);
  }
  if (status === 422 && parsed) {
    return refusedArguments(parsed, attempt);
  }
  const refusal = REFUSALS[status] ?? otherRefusal(status);
  return new DeepError(
    refusal.key,
    `${attempt.action} of ${attempt.name} failed: ${refusal.says} (HTTP ${status}).`,
    { hint: refusal.hint, technical: text || undefined }
  );
}

const otherRefusal = (status: number): IRefusal =>
  status >= 300 && status < 400
    ? {
        key: 'module-unreachable',
        says: 'it sends its callers to another address',
        hint: 'Use that address itself: redirects are not followed.'
      }
    : {
        key: 'module-failed',
        says: 'it answered in a way that DEEPaaS does not'
      };

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
): DeepError {
  const fields = Object.fromEntries(
    Object.entries(body).map(([field, says]) => [field, messages(says)])
  );
  const list = Object.entries(fields).map(
    ([field, says]) => `${field}: ${says.join(' ')}`
  );
  return new DeepError(
    'invalid-arguments',
    `${name} refused the arguments of ${action}. ${list.join(' ')}`,
    { fields, technical: JSON.stringify(body) }
  );
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

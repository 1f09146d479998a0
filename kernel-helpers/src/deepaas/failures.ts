import { DeepError } from '@jupyterlab-deep/protocol';

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

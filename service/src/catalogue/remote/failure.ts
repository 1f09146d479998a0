import { hostOf } from '../../admin/addresses';

interface IFailureOptions extends ErrorOptions {
  /** It may go better the next moment. */
  isTransient?: boolean;
  /** Nobody answered; whoever asks for the next file will wait for nothing as well. */
  isSilence?: boolean;
}

/** Why something that was asked for did not come: a whole sentence for people. */
export class RemoteFailure extends Error {
  constructor(message: string, options: IFailureOptions = {}) {
    super(message, options);
    this.name = 'RemoteFailure';
    this.isTransient = options.isTransient ?? false;
    this.isSilence = options.isSilence ?? false;
  }

  readonly isTransient: boolean;
  readonly isSilence: boolean;
}

/** Connections that were kept may end just when they are used again; what was cut may come whole. */
const TRANSIENT = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'Z_BUF_ERROR'
]);

/** What undici, Node and zlib call it, in words. */
const WORDS: Record<string, (host: string) => string> = {
  ENOTFOUND: host =>
    `There is no machine with the name ${host}, or this machine is offline.`,
  EAI_AGAIN: host =>
    `The name ${host} cannot be looked up now: this machine may be offline.`,
  ECONNREFUSED: host => `${host} refused the connection.`,
  ENETUNREACH: host => `There is no way to ${host} from this network.`,
  EHOSTUNREACH: host => `There is no way to ${host} from this network.`,
  UND_ERR_CONNECT_TIMEOUT: host => `${host} did not accept a connection.`,
  ETIMEDOUT: host => `${host} did not accept a connection.`,
  UND_ERR_HEADERS_TIMEOUT: host => `${host} did not answer in time.`,
  UND_ERR_BODY_TIMEOUT: host => `${host} stopped in the middle of its answer.`,
  UND_ERR_HEADERS_OVERFLOW: host => `${host} sent too many headers.`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: host =>
    `The answer of ${host} was cut: it is not as long as it says.`,
  UND_ERR_SOCKET: host => `${host} ended the connection before its answer.`,
  ECONNRESET: host => `${host} ended the connection before its answer.`,
  EPIPE: host => `${host} ended the connection before its answer.`,
  Z_BUF_ERROR: host => `The answer of ${host} was cut.`,
  Z_DATA_ERROR: host => `The answer of ${host} is damaged.`
};

/** The failure of a request to a host in words. */
export function failureOf(error: unknown, url: URL): RemoteFailure {
  if (error instanceof RemoteFailure) {
    return error;
  }
  const host = hostOf(url);
  const cause = rootOf(error as Error);
  const { code = '', message, name } = cause as NodeJS.ErrnoException;
  const says = WORDS[code] ?? wordsByKind(code || name);
  return new RemoteFailure(
    says?.(host) ?? `${host} could not be asked: ${message}.`,
    { isTransient: TRANSIENT.has(code), isSilence: true, cause: error }
  );
}

/** Of several attempts (IPv6, IPv4) the first tells most. */
function rootOf(error: Error): Error {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return rootOf(error.errors[0]);
  }
  return error;
}

function wordsByKind(code: string): ((host: string) => string) | undefined {
  if (code.startsWith('HPE_') || code === 'HTTPParserError') {
    return host => `What ${host} answered is not HTTP.`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return host =>
      `The certificate of ${host} is not trusted (${code}). Where a proxy renews certificates, the administrator names its authority in \`network.caFile\`.`;
  }
  if (code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT')) {
    return host => `The answer of ${host} is damaged.`;
  }
  return undefined;
}

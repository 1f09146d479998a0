import { DeepError } from '@jupyterlab-deep/protocol';

/** What the client of the engine throws: an answer of the engine, or a failure on the way to it. */
interface IFailure {
  statusCode?: number;
  json?: { message?: string; cause?: string };
  code?: string;
  level?: string;
  name?: string;
  message: string;
}

const NO_SPACE = /no space left on device|disk quota exceeded/i;

const WAY: Record<string, [string, string]> = {
  ENOENT: ['there is no such socket', 'Start the engine.'],
  ECONNREFUSED: ['nothing listens there', 'Start the engine.'],
  EACCES: [
    'this user may not open it',
    'Join the group that may (`docker`), or use Podman as this user: `systemctl --user start podman.socket`.'
  ],
  EPERM: ['this user may not open it', 'Ask the administrator of the engine.'],
  ENOTFOUND: ['its host has no address', 'Check the name of the host.'],
  EHOSTUNREACH: ['there is no way to its host', 'Check the network.'],
  ECONNRESET: [
    'it ended the connection',
    'See whether the engine runs. One that wants TLS has to be named with `caFile`, and with a `certFile` and `keyFile` that it knows.'
  ],
  ETIMEDOUT: ['it did not answer in time', 'Check the network and the engine.']
};

const UNKNOWN_AUTHORITY: [string, string] = [
  'its certificate is of an authority that is not known here',
  'Name that authority by `caFile`.'
];

/** What goes wrong where certificates are looked at, by the beginning of the code. */
const TLS: [RegExp, [string, string]][] = [
  [/SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)/, UNKNOWN_AUTHORITY],
  [
    /^CERT_HAS_EXPIRED/,
    ['its certificate has expired', 'Ask whoever runs it for a new one.']
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    [
      'its certificate is of another host',
      'Use the name that its certificate was made for.'
    ]
  ],
  [
    /^ERR_SSL_.*ALERT/,
    [
      'it did not take the certificate of this user',
      'Name one that it knows by `certFile` and `keyFile`.'
    ]
  ],
  [
    /^HPE_|^ERR_SSL_/,
    [
      'what it says is not what was expected',
      'With `caFile` it is asked by TLS, without it as plain http: see which of them it speaks.'
    ]
  ]
];

/** Whether the engine answered that there is no such thing. */
export const isMissing = (error: unknown): boolean =>
  (error as IFailure).statusCode === 404;

/** What an engine answered, without the client's words around it. */
export const wordsOf = ({ json, message }: IFailure): string =>
  (json?.message || json?.cause || message)
    .replace(/^\(HTTP code \d+\) [\w ]+ - /, '')
    .trim()
    .replace(/\.$/, '');

/**
 * A failure of an engine in words.
 *
 * @param doing What was tried: `starting the container`.
 * @param cancelled The signal of whoever may give it up.
 */
export function engineFailure(
  error: unknown,
  engine: string,
  doing: string,
  cancelled?: AbortSignal
): DeepError {
  if (error instanceof DeepError) {
    return error;
  }
  const failure = error as IFailure;
  if (cancelled?.aborted) {
    return new DeepError('cancelled', `${capital(doing)} was given up.`);
  }
  if (failure.statusCode !== undefined) {
    return refusal(wordsOf(failure), engine, doing);
  }
  const [why, hint] = wayWords(failure);
  return new DeepError(
    'target-unreachable',
    `${engine} could not be asked for ${doing}: ${why}.`,
    { hint, technical: failure.message, cause: error }
  );
}

/** A refusal of an engine, by its own words. */
export function refusal(
  words: string,
  engine: string,
  doing: string
): DeepError {
  if (NO_SPACE.test(words)) {
    return new DeepError(
      'no-space',
      `${engine} has no space left for ${doing}.`,
      {
        hint: 'Remove images and containers that nobody uses, then try again.',
        technical: words
      }
    );
  }
  return new DeepError(
    'target-refused',
    `${engine} refused ${doing}: ${words}.`,
    { hint: hintFor(words), technical: words }
  );
}

/** What went wrong on the way, and what to do. */
export function wayWords(failure: {
  code?: string;
  level?: string;
  name?: string;
  message: string;
}): [string, string] {
  if (failure.level === 'client-authentication') {
    return [
      'its host refused the keys of this user',
      'Name a key by `keyFile`, or add one to ssh-agent; passwords are not used.'
    ];
  }
  const isLate =
    failure.name === 'AbortError' || failure.name === 'TimeoutError';
  const { code = '' } = failure;
  const [, ofTls] = TLS.find(([codes]) => codes.test(code)) ?? [];
  return (
    WAY[isLate ? 'ETIMEDOUT' : code] ??
    ofTls ?? [failure.message, 'See whether the engine runs.']
  );
}

function hintFor(words: string): string | undefined {
  if (
    /unauthorized|authentication required|denied|not authorized/i.test(words)
  ) {
    return 'The registry wants a login: `podman login REGISTRY` or `docker login REGISTRY` on this machine, then try again. The name of the image may also be wrong.';
  }
  if (/\bcdi\b|nvidia\.com\/gpu|select device driver/i.test(words)) {
    return 'Its host has no such GPU, or the engine was not told of it (`nvidia-ctk cdi generate` for Podman, `nvidia-ctk runtime configure` for Docker). Ask for fewer, or for none.';
  }
  if (/deep-start/.test(words)) {
    return 'Only images that are made for the platform have Jupyter and VS Code: choose the service `deepaas`.';
  }
  if (/manifest unknown|not found|no such image|name unknown/i.test(words)) {
    return 'Check the name and the tag of the image.';
  }
  if (/address already in use|port is already allocated/i.test(words)) {
    return 'Choose another port, or 0 for any that is free.';
  }
  return undefined;
}

const capital = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1);

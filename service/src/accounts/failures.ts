import { DeepError } from '@jupyterlab-deep/protocol';
import { RemoteFailure } from '../catalogue/remote/failure';

/** Any failure of openid-client; told by its parts, as its classes are loaded only when somebody signs in. */
interface IRefusal {
  /** Of OAuth: `invalid_grant`. */
  error?: string;
  error_description?: string;
  status?: number;
  /** Of openid-client: `OAUTH_JWT_TIMESTAMP_CHECK_FAILED`. */
  code?: string;
  message?: string;
  cause?: unknown;
}

const LONGEST_WORDS = 300;

/** What OAuth calls it, in words. */
const WORDS = new Map<string, (host: string) => [says: string, hint: string]>([
  [
    'access_denied',
    host => [
      `The sign-in was declined on the page of ${host}.`,
      'Sign in again if that was not meant.'
    ]
  ],
  [
    'expired_token',
    host => [`The code was not entered at ${host} in time.`, 'Sign in again.']
  ],
  [
    'invalid_client',
    host => [
      `${host} does not know this installation by its client id.`,
      'The administrator sets it in `accounts.providers` of deep.json.'
    ]
  ],
  [
    'unauthorized_client',
    host => [
      `${host} does not let this installation sign people in by a code.`,
      'Whoever runs it has to allow the device flow for this client id.'
    ]
  ],
  [
    'invalid_scope',
    host => [
      `${host} does not give what was asked for.`,
      'The administrator sets `scopes` in `accounts.providers` of deep.json.'
    ]
  ]
]);

/**
 * A failure at a provider of OpenID Connect in words: `account-unreachable` when it may be over the next moment.
 *
 * @param act What was being done: `sign you in`.
 */
export function oidcFailure(
  error: unknown,
  issuer: string,
  act: string
): DeepError {
  if (error instanceof DeepError) {
    return error;
  }
  const { host } = new URL(issuer);
  const refusal = error as IRefusal;
  const remote = remoteOf(error);
  const status = refusal.status ?? statusOf(refusal.cause);
  if (remote || refusal.code === 'OAUTH_TIMEOUT' || isBusy(status)) {
    return new DeepError(
      'account-unreachable',
      remote?.message ?? silence(host, act, status),
      { hint: 'Try again in a moment.', cause: error }
    );
  }
  const [says, hint] = inWords(refusal, host, act, status);
  return new DeepError('account-refused', says, {
    hint,
    technical: [refusal.error, refusal.code, status].filter(Boolean).join(' '),
    cause: error
  });
}

/** Whether a provider takes a refresh token no more. */
export const isEnded = (error: unknown): boolean =>
  (error as IRefusal).error === 'invalid_grant';

/** What it said itself, for people. */
export const saidBy = (error: unknown): string => {
  const { error: code, error_description: says } = error as IRefusal;
  return (says ?? code ?? '').slice(0, LONGEST_WORDS);
};

function inWords(
  refusal: IRefusal,
  host: string,
  act: string,
  status?: number
): [says: string, hint?: string] {
  const [says, hint] = WORDS.get(refusal.error ?? '')?.(host) ?? [];
  if (says) {
    return [`${says}${quoted(refusal)}`, hint];
  }
  if (refusal.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') {
    return [
      `What ${host} answered is not valid at this time: the clock of this machine and that of ${host} differ.`,
      'The administrator can set the clock of this machine.'
    ];
  }
  if (refusal.error) {
    return [`${host} refused to ${act}.${quoted(refusal)}`];
  }
  return [
    status && status >= 300
      ? `${host} did not ${act}: it answered ${status}.`
      : `${host} did not ${act}: its answer is not one of OpenID Connect.`,
    'Check the address of the issuer, and its client id.'
  ];
}

const quoted = (refusal: IRefusal): string => ` It says: “${saidBy(refusal)}”.`;

const silence = (host: string, act: string, status?: number): string =>
  status
    ? `${host} could not ${act}: it answered ${status}.`
    : `${host} did not answer in time when asked to ${act}.`;

const isBusy = (status = 0): boolean => status >= 500 || status === 429;

const statusOf = (cause: unknown): number | undefined =>
  typeof (cause as Response | undefined)?.status === 'number'
    ? (cause as Response).status
    : undefined;

/** openid-client wraps what our own `fetch` throws. */
function remoteOf(error: unknown): RemoteFailure | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof RemoteFailure) {
      return each;
    }
  }
  return undefined;
}

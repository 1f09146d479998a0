import type { Problem } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';

const TYPE_PREFIX = 'urn:jupyterlab-deep:';

/** Of failures that the browser itself notices; no service sends it. */
const OFFLINE_TYPE = 'urn:jupyterlab-deep:offline';

/** A failure for people: what happened, what the other side said, what to do. */
export class DeepRequestError extends Error {
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions
  ) {
    super(problem.detail, options);
    this.name = 'DeepRequestError';
  }

  /** The stable key, such as `not-found`; empty for failures that are not the service's. */
  get key(): string {
    const { type } = this.problem;
    return type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : '';
  }

  get status(): number {
    return this.problem.status;
  }

  /** Whether no reply came: over as soon as there is a connection again. */
  get isOffline(): boolean {
    return this.problem.type === OFFLINE_TYPE;
  }
}

/** The failure that a refused request describes. */
export async function errorOfResponse(
  response: Response,
  trans: TranslationBundle
): Promise<DeepRequestError> {
  const text = await response.text().catch(() => '');
  const problem = parseProblem(text);
  return new DeepRequestError(problem ?? foreignProblem(response, text, trans));
}

/** The failure of a request that got no reply. */
export function errorOfNetwork(
  reason: unknown,
  trans: TranslationBundle
): DeepRequestError {
  return new DeepRequestError(
    {
      type: OFFLINE_TYPE,
      title: trans.__('Jupyter does not answer'),
      status: 0,
      detail: trans.__('The request did not reach the Jupyter server.'),
      hint: trans.__(
        'Check that Jupyter still runs and that the network works.'
      ),
      technical: String(reason)
    },
    { cause: reason }
  );
}

/** Any thrown value in the shape that people see. */
export function asRequestError(
  reason: unknown,
  trans: TranslationBundle
): DeepRequestError {
  if (reason instanceof DeepRequestError) {
    return reason;
  }
  return new DeepRequestError(
    {
      type: 'about:blank',
      title: trans.__('An error inside jupyterlab-deep'),
      status: 0,
      detail: reason instanceof Error ? reason.message : String(reason),
      technical: reason instanceof Error ? reason.stack : undefined
    },
    { cause: reason }
  );
}

function parseProblem(text: string): Problem | null {
  try {
    const data = JSON.parse(text) as Partial<Problem> | null;
    return data?.type && data.title ? (data as Problem) : null;
  } catch {
    // Not JSON: the reply is not the service's, and foreignProblem describes it.
    return null;
  }
}

/** A refusal by Jupyter itself, by a hub or by a proxy before it. */
function foreignProblem(
  response: Response,
  text: string,
  trans: TranslationBundle
): Problem {
  const { status, statusText } = response;
  const technical = `${status} ${statusText}\n${text.slice(0, 2000)}`.trim();
  return {
    type: 'about:blank',
    status,
    technical,
    ...foreignWords(status, trans)
  };
}

function foreignWords(
  status: number,
  trans: TranslationBundle
): Pick<Problem, 'title' | 'detail' | 'hint'> {
  if (status === 404) {
    return {
      title: trans.__('The server half of jupyterlab-deep is not active'),
      detail: trans.__(
        'This Jupyter server does not know the address “deep/”.'
      ),
      hint: trans.__(
        'Run “jupyter server extension enable jupyterlab_deep” in a terminal and restart Jupyter.'
      )
    };
  }
  if (status === 401 || status === 403) {
    return {
      title: trans.__('Jupyter refused the request'),
      detail: trans.__(
        'Jupyter answered %1: the login has probably ended.',
        status
      ),
      hint: trans.__('Reload the page and log in again.')
    };
  }
  return {
    title: trans.__('The service did not answer'),
    detail: trans.__('Jupyter answered %1 for the DEEP service.', status),
    hint: trans.__(
      'Try again; “jupyter deep doctor” in a terminal says what is wrong.'
    )
  };
}

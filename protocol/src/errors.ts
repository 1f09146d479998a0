import { Static, Type } from '@sinclair/typebox';

/** Where in a file of a model folder a fault lies. */
export const FaultPlace = Type.Object({
  file: Type.String({ description: 'Below the folder.' }),
  pointer: Type.Optional(
    Type.String({ description: 'JSON pointer of the value that is wrong.' })
  )
});
export type FaultPlace = Static<typeof FaultPlace>;

/** RFC 9457 problem details. `hint` says what to do, `fields` maps argument names to what is wrong with them. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    hint: Type.Optional(Type.String()),
    fields: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String()))
    ),
    technical: Type.Optional(Type.String({ description: 'For *Details*.' })),
    place: Type.Optional(FaultPlace)
  },
  { $id: 'Problem' }
);
export type Problem = Static<typeof Problem>;

/**
 * Every failure that can reach a person: its stable `type` is `urn:jupyterlab-deep:<key>`.
 * docs/errors.md has a line for each; a test compares the two.
 */
export const ERRORS = {
  'invalid-request': [400, 'The request is not valid'],
  unauthorized: [403, 'This request is not allowed'],
  'consent-needed': [403, 'It needs your consent'],
  'environment-failed': [503, 'Its environment could not be made'],
  'link-password': [403, 'The link asks for a password'],
  'not-found': [404, 'Not found'],
  conflict: [409, 'In the way of something else'],
  'too-large': [413, 'Too large'],
  'unsupported-media-type': [415, 'This type of content is not accepted'],
  'invalid-arguments': [422, 'Some arguments are not valid'],
  'invalid-picture': [422, 'This is not a picture that can be read'],
  'address-private': [422, 'This address is not public'],
  'address-refused': [422, 'This address cannot be used'],
  'module-broken': [422, 'The module cannot be used'],
  'model-invalid': [422, 'The model folder is not valid'],
  'topology-invalid': [422, 'The topology is not valid'],
  'expression-failed': [422, 'The expression gives no answer'],
  'topology-newer': [422, 'The topology was written by a newer version'],
  'share-refused': [422, 'What was shared is not as its author signed it'],
  'module-not-implemented': [501, 'The module does not do this'],
  'module-disabled': [502, 'The module has this switched off'],
  'module-failed': [502, 'The module failed'],
  'module-unreachable': [503, 'The module does not answer'],
  'module-start-failed': [503, 'The module could not be started'],
  'target-unreachable': [503, 'The place for deployments does not answer'],
  'target-refused': [502, 'The place for deployments refused'],
  'account-needed': [424, 'Somebody has to sign in first'],
  'account-refused': [502, 'The sign-in was refused'],
  'account-unreachable': [503, 'The sign-in service does not answer'],
  'service-unavailable': [503, 'The service is not running'],
  'service-elsewhere': [503, 'The service runs on another host'],
  'configuration-invalid': [503, "The administrator's settings are not valid"],
  'store-newer': [503, 'The store was written by a newer version'],
  'storage-login': [424, 'The cloud storage asks to be linked again'],
  'storage-refused': [502, 'The cloud storage refused it'],
  'storage-unreachable': [503, 'The cloud storage does not answer'],
  'storage-full': [507, 'The cloud storage is full'],
  'no-space': [507, 'No space left on the disk'],
  cancelled: [499, 'Cancelled'],
  interrupted: [503, 'Interrupted'],
  timeout: [504, 'It took too long'],
  internal: [500, 'An error inside jupyterlab-deep']
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorKey = keyof typeof ERRORS;

const TYPE_PREFIX = 'urn:jupyterlab-deep:';

/** The stable `type` of a failure, such as `urn:jupyterlab-deep:not-found`. */
export const errorType = (key: ErrorKey): string => TYPE_PREFIX + key;

export interface IDeepErrorOptions {
  /** What to do now. */
  hint?: string;
  /** What is wrong, by argument. */
  fields?: Record<string, string[]>;
  /** The technical part, behind *Details*. */
  technical?: string;
  /** In which of the user's own files it lies. */
  place?: FaultPlace;
  cause?: unknown;
}

/** Every failure of ours, in the shape that people see. */
export class DeepError extends Error {
  constructor(
    readonly key: ErrorKey,
    readonly detail: string,
    options: IDeepErrorOptions = {}
  ) {
    super(options.hint ? `${detail} ${options.hint}` : detail, {
      cause: options.cause
    });
    this.name = 'DeepError';
    [this.status, this.title] = ERRORS[key];
    this.type = errorType(key);
    this.hint = options.hint;
    this.fields = options.fields;
    this.technical = options.technical;
    this.place = options.place;
  }

  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly hint?: string;
  readonly fields?: Record<string, string[]>;
  readonly technical?: string;
  readonly place?: FaultPlace;

  toProblem(): Problem {
    const { type, title, status, detail, hint, fields, technical, place } =
      this;
    const said = {
      type,
      title,
      status,
      detail,
      hint,
      fields,
      technical,
      place
    };
    return JSON.parse(JSON.stringify(said));
  }

  /** The error that a problem document describes; an unknown `type` becomes `internal`. */
  static fromProblem(problem: Partial<Problem>): DeepError {
    const key = (problem.type ?? '').replace(TYPE_PREFIX, '') as ErrorKey;
    const known = key in ERRORS ? key : 'internal';
    return new DeepError(
      known,
      problem.detail ?? problem.title ?? ERRORS[known][1],
      problem
    );
  }
}

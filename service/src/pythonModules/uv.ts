import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { ICommand, IOutcome, runCommand } from './commands';

/** DEEPaaS asks for these two, which were never published as wheels. */
export const ALWAYS_BUILT = ['aiohttp-apispec', 'pyinotify'];

/** What making an environment is done with. */
export interface IUvTools {
  /** Path of uv; undefined where it is not installed. */
  uv?: string;
  /** The interpreter that environments are made of. */
  python: string;
}

export type UvCall = Pick<
  ICommand,
  'args' | 'cwd' | 'logFile' | 'signal' | 'onLine'
> & {
  /** What is being done, for a failure: `What Plants needs could not be installed`. */
  failed: string;
  /** Wraps the command, such as into bubblewrap. */
  wrap?(command: string, args: string[]): { command: string; args: string[] };
};

/** Calls uv, and says in words why it failed. */
export class Uv {
  constructor(
    private readonly _tools: IUvTools,
    private readonly _env: Record<string, string>
  ) {}

  get python(): string {
    return this._tools.python;
  }

  /**
   * What is known of the interpreter.
   *
   * @throws DeepError `environment-failed`; the signal's reason
   */
  async interpreter(signal: AbortSignal): Promise<IInterpreter> {
    if (!this._known) {
      const { output, code, errors } = await runCommand({
        command: this._tools.python,
        args: ['-c', ASK],
        env: this._env,
        signal
      });
      if (code !== 0) {
        throw new DeepError(
          'environment-failed',
          `The interpreter ${this._tools.python} cannot be used.`,
          { hint: 'Restart Jupyter, or install it again.', technical: errors }
        );
      }
      const [version, ...prefixes] = output.trim().split('\n');
      this._known = { version, prefixes };
    }
    return this._known;
  }

  /** Folders without which nothing of it runs. */
  get programs(): string[] {
    return this._tools.uv ? [path.dirname(this._tools.uv)] : [];
  }

  /** @throws DeepError `environment-failed`, `no-space`; the signal's reason */
  async run({ failed, wrap, ...call }: UvCall): Promise<IOutcome> {
    const { uv } = this._tools;
    if (!uv) {
      throw new DeepError(
        'environment-failed',
        'Environments of Python are made by the program uv, which is not installed beside jupyterlab-deep.',
        {
          hint: 'Run `pip install uv` where Jupyter is installed, and restart Jupyter.'
        }
      );
    }
    const args = [
      ...call.args,
      '--no-config',
      '--no-python-downloads',
      '--color=never'
    ];
    const outcome = await runCommand({
      ...call,
      ...(wrap?.(uv, args) ?? { command: uv, args }),
      env: this._env
    });
    if (outcome.code !== 0) {
      throw uvFailure(failed, outcome);
    }
    return outcome;
  }

  private _known?: IInterpreter;
}

const ASK =
  'import platform, sys; print(platform.python_version(), sys.prefix, sys.base_prefix, sep="\\n")';

/** An interpreter that environments are made of. */
export interface IInterpreter {
  version: string;
  /** Folders that it needs to run. */
  prefixes: string[];
}

/** Options that choose between wheels and sources. */
export const sourceOptions = (fromSource: boolean): string[] =>
  fromSource
    ? []
    : [
        '--only-binary=:all:',
        ...ALWAYS_BUILT.map(name => `--no-binary=${name}`)
      ];

/** Variables of uv, made of those that hold for every program here. */
export function uvEnvironment(
  env: Record<string, string>,
  own: Record<string, string | undefined>
): Record<string, string> {
  const passed = Object.entries(own).filter(
    (entry): entry is [string, string] =>
      /^(UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|CACHE_DIR)|PIP_(EXTRA_)?INDEX_URL|XDG_CACHE_HOME)$/.test(
        entry[0]
      ) && entry[1] !== undefined
  );
  const all = { ...Object.fromEntries(passed), ...env };
  const authorities =
    env.SSL_CERT_FILE ?? env.NODE_EXTRA_CA_CERTS ?? own.PIP_CERT;
  return {
    ...all,
    ...index(all),
    ...(authorities && { SSL_CERT_FILE: authorities }),
    UV_SYSTEM_CERTS: '1',
    UV_NO_PROGRESS: '1'
  };
}

/** What pip was told holds for uv where uv was told nothing. */
function index(env: Record<string, string>): Record<string, string> {
  const { PIP_INDEX_URL, PIP_EXTRA_INDEX_URL } = env;
  const isTold = env.UV_DEFAULT_INDEX ?? env.UV_INDEX_URL;
  return {
    ...(PIP_INDEX_URL && !isTold && { UV_DEFAULT_INDEX: PIP_INDEX_URL }),
    ...(PIP_EXTRA_INDEX_URL && { UV_INDEX: PIP_EXTRA_INDEX_URL })
  };
}

const WORDS: [RegExp, (found: RegExpExecArray) => string, string][] = [
  [
    /Hash mismatch for `([^`]+)`/,
    ([, name]) =>
      `${name} is not the file that was agreed on: its hash differs.`,
    'The package index or its mirror gives another file: ask whoever runs it.'
  ],
  [
    /Wheels are required for `([^`]+)`/,
    ([, name]) =>
      `${name} is published as source only, and building was not agreed to.`,
    'Building runs code of its author: agree to it and start again.'
  ],
  [
    /because (.+) was not found in the package registry/i,
    ([, name]) => `the package index has no ${name}.`,
    'Check how it is written, and which index is used.'
  ],
  [
    /Python[>=<~!\d., ]+.*(unsatisfiable|does not satisfy)|requires a different Python/i,
    () => 'it asks for another version of Python than there is here.',
    'Install Jupyter with a Python that the module supports.'
  ],
  [
    /No solution found|unsatisfiable/i,
    () => 'there are no versions of its packages that fit together.',
    'Its log says which contradict each other; whoever wrote the module can mend it.'
  ],
  [
    /error sending request|Failed to (?:fetch|download)|dns error|Could not connect|timed out/i,
    () => 'the package index could not be reached.',
    'Check the network; the administrator can name a mirror (`network.pypiMirror`).'
  ],
  [
    /Failed to build|Build backend failed|build_(?:wheel|editable)/i,
    () => 'a package could not be built.',
    'Its log says why; a compiler or a library may be missing.'
  ]
];

function uvFailure(failed: string, { errors, output }: IOutcome): DeepError {
  const said = `${output}\n${errors}`.trim();
  if (/No space left|Disk quota exceeded|os error 28/.test(said)) {
    return new DeepError(
      'no-space',
      `${failed}: the disk is full or the quota is used up.`,
      {
        hint: 'Delete environments that are not needed (“DEEP: Python environments…”), or free space.',
        technical: said
      }
    );
  }
  for (const [pattern, reason, hint] of WORDS) {
    // uv breaks its lines where the terminal ends.
    const found = pattern.exec(said.replace(/\s+/g, ' '));
    if (found) {
      const options = { hint, technical: said };
      return new DeepError(
        'environment-failed',
        `${failed}: ${reason(found)}`,
        options
      );
    }
  }
  const [line] = /(?<=^error: ).*/m.exec(said) ?? [
    said.split('\n').at(-1) ?? ''
  ];
  return new DeepError('environment-failed', `${failed}: ${line}.`, {
    hint: 'Its log says more.',
    technical: said
  });
}

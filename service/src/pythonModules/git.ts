import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepError } from '@jupyterlab-deep/protocol';
import { checkTyped } from '../admin/addresses';
import { ISettings } from '../admin/config';
import { IOutcome, runCommand } from './commands';
import { PythonOrigin } from './origin';

type Repository = Extract<PythonOrigin, { kind: 'git' }>;

/** How long a host may take to say which commit a branch is at. */
const LOOK_MS = 30_000;

/** Asks repositories and fetches single commits; neither hooks nor the user's own settings and logins take part. */
export class Git {
  constructor(
    private readonly _env: Record<string, string>,
    private readonly _network: ISettings['network']
  ) {}

  /**
   * The commit that the branch or tag is at now.
   *
   * @throws DeepError `environment-failed`, `address-refused`, `address-private`
   */
  async tipOf(repository: Repository, signal: AbortSignal): Promise<string> {
    await this._check(repository);
    const { url, ref = 'HEAD' } = repository;
    const outcome = await this._run(
      ['ls-remote', '--', url, ref, `${ref}^{}`],
      repository,
      AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)])
    );
    // The commit behind an annotated tag stands after the tag.
    const commit = outcome.output.trim().split('\n').at(-1)?.split('\t')[0];
    if (outcome.code !== 0 || !commit) {
      throw failure(repository, outcome, `${url} has no branch or tag ${ref}.`);
    }
    return commit;
  }

  /**
   * Fetch one commit, without its history, into a folder that is there only when it is whole.
   *
   * @throws DeepError `environment-failed`, `no-space`
   */
  async fetch(
    repository: Repository,
    commit: string,
    folder: string,
    signal: AbortSignal
  ): Promise<void> {
    await this._check(repository);
    const fresh = `${folder}.${process.pid}-${Date.now()}.tmp`;
    try {
      await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
      await this._must(['init', '-q', fresh], repository, signal);
      const fetch = [
        'fetch',
        '-q',
        '--depth=1',
        '--no-tags',
        '--no-recurse-submodules'
      ];
      await this._must(
        ['-C', fresh, ...fetch, '--', repository.url, commit],
        repository,
        signal
      );
      await this._must(
        ['-C', fresh, 'checkout', '-q', '--detach', commit],
        repository,
        signal
      );
      await rename(fresh, folder);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }

  /** Received addresses are public ones of the web; typed ones may be private where their user said so, or paths. */
  private async _check(repository: Repository): Promise<void> {
    const { url, isTyped, allowPrivate } = repository;
    if (isTyped && path.isAbsolute(url)) {
      return;
    }
    const parsed = URL.parse(url);
    if (parsed?.protocol !== 'https:' || parsed.username || parsed.password) {
      throw new DeepError(
        'address-refused',
        `${url} is no address of a public repository.`,
        { hint: 'It begins with https:// and has no login in it.' }
      );
    }
    await checkTyped(parsed, {
      allowPrivate: isTyped && allowPrivate,
      privateHosts: this._network.privateHosts
    });
  }

  private async _must(
    args: string[],
    repository: Repository,
    signal: AbortSignal
  ): Promise<void> {
    const outcome = await this._run(args, repository, signal);
    if (outcome.code !== 0) {
      throw failure(repository, outcome);
    }
  }

  private _run(
    args: string[],
    { url, isTyped }: Repository,
    signal: AbortSignal
  ): Promise<IOutcome> {
    const isLocal = isTyped && path.isAbsolute(url);
    const own = {
      GIT_ALLOW_PROTOCOL: isLocal ? 'file' : 'https',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      LC_ALL: 'C'
    };
    return runCommand({
      command: 'git',
      args: [
        ...['-c', 'core.hooksPath=/dev/null'],
        // What a repository lies to could lead elsewhere than where it was checked.
        ...['-c', 'http.followRedirects=initial'],
        ...authorities(this._env),
        ...args
      ],
      env: { ...this._env, ...own },
      signal
    });
  }
}

function authorities(env: Record<string, string>): string[] {
  const file = env.SSL_CERT_FILE ?? env.REQUESTS_CA_BUNDLE;
  return file ? ['-c', `http.sslCAInfo=${file}`] : [];
}

function failure(
  { url }: Repository,
  { errors }: IOutcome,
  otherwise = `The code could not be fetched from ${url}.`
): DeepError {
  if (/No space left|Disk quota/.test(errors)) {
    return new DeepError(
      'no-space',
      `The code of ${url} does not fit: the disk is full or the quota is used up.`,
      { hint: 'Free space and try again.', technical: errors }
    );
  }
  const [said] = /(?<=^(?:fatal|error): ).*/m.exec(errors) ?? [];
  const detail = said ? `Git says of ${url}: ${said}.` : otherwise;
  return new DeepError('environment-failed', detail, {
    hint: 'Check the address and the network; only repositories that need no login can be used.',
    technical: errors
  });
}

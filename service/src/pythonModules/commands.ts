import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { DeepError } from '@jupyterlab-deep/protocol';

/** How much of what a command says is kept. */
const KEPT_CHARACTERS = 64_000;

export interface ICommand {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** Gets what it says. */
  logFile?: string;
  signal: AbortSignal;
  onLine?(line: string): void;
}

/** What a command said and how it ended. */
export interface IOutcome {
  code: number;
  output: string;
  errors: string;
}

/**
 * Run a command to its end; an abort kills it.
 *
 * @throws The signal's reason; DeepError `environment-failed` when there is no such program.
 */
export async function runCommand(command: ICommand): Promise<IOutcome> {
  const { args, env, cwd, logFile, signal } = command;
  signal.throwIfAborted();
  const child = spawn(command.command, args, {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  });
  const end = (): void => killGroup(child.pid);
  signal.addEventListener('abort', end, { once: true });
  const log = logFile ? createWriteStream(logFile, { flags: 'a' }) : undefined;
  // A log on a full disk may not end what it tells of: that fails by itself.
  log?.on('error', () => undefined);
  const output = collect(child.stdout, command.onLine);
  const errors = collect(child.stderr, command.onLine);
  child.stdout.on('data', data => log?.write(data));
  child.stderr.on('data', data => log?.write(data));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    return { code: code ?? -1, output: output(), errors: errors() };
  } catch (error) {
    signal.throwIfAborted();
    throw missing(command.command, error);
  } finally {
    signal.removeEventListener('abort', end);
    log?.end();
  }
}

function collect(
  stream: NodeJS.ReadableStream,
  onLine?: (line: string) => void
): () => string {
  const decoder = new StringDecoder('utf8');
  let text = '';
  let rest = '';
  stream.on('data', (data: Buffer) => {
    const piece = decoder.write(data);
    text = (text + piece).slice(-KEPT_CHARACTERS);
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(line => onLine?.(line));
  });
  return () => text;
}

function killGroup(pid: number | undefined): void {
  try {
    process.kill(-(pid as number), 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile, or never began.
  }
}

const missing = (command: string, error: unknown): DeepError =>
  new DeepError(
    'environment-failed',
    `The program ${command} cannot be run: ${(error as Error).message}.`,
    {
      hint: 'Install it, or ask whoever looks after this machine.',
      cause: error
    }
  );

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = path.resolve('stand-in/oidc/provider.mjs');

/** What can be changed while it runs: see `oidc/provider.mjs`. */
export interface IProviderSwitches {
  isAway?: boolean;
  silent?: string[];
  refreshExpiresS?: number;
  tokenMs?: number;
}

/** A running provider of OpenID Connect. */
export interface IOidcProvider {
  issuer: string;
  clientId: string;
  switch(switches: IProviderSwitches): Promise<void>;
  /** Methods and paths below the issuer, in the order that they were asked in. */
  seen(): Promise<string[]>;
  /** End every sign-in, as its administrator can. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Start oidc-provider in a process of its own.
 *
 * @param args As its program takes them: `--access-s`, `20`.
 */
export async function startOidcProvider(
  ...args: string[]
): Promise<IOidcProvider> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe']
  });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', text => (errors += text));
  const lines = createInterface({ input: child.stdout });
  const found = once(lines, 'line').then(([line]) => JSON.parse(line));
  const started = await Promise.race([found, ended.then(() => undefined)]);
  if (!started) {
    throw new Error(`The provider did not start: ${errors}`);
  }
  const { origin } = new URL(started.issuer);
  const post = async (place: string, body: object) => {
    await fetch(origin + place, { method: 'POST', body: JSON.stringify(body) });
  };
  return {
    ...started,
    switch: switches => post('/switches', switches),
    forget: () => post('/forget', {}),
    seen: async () => (await fetch(`${origin}/seen`)).json(),
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    }
  };
}

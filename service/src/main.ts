import './smallHeap';
import { AdminConfig, DeepError } from '@jupyterlab-deep/protocol';
import { asDeepError } from './http/problems';

/** The command was refused with one JSON problem line on stderr. */
const EXIT_PROBLEM = 3;
const EXIT_USAGE = 2;

const print = (value: unknown, indent?: number): void => {
  process.stdout.write(`${JSON.stringify(value, null, indent)}\n`);
};

const COMMANDS: Record<string, () => Promise<void>> = {
  serve: async () => (await import('./serve')).serve(),
  status: async () =>
    print(await (await import('./doctor/status')).status(), 2),
  doctor: async () =>
    print(await (await import('./doctor/doctor')).doctor(), 2),
  'admin-schema': async () => print(AdminConfig, 2)
};

async function main(name = ''): Promise<void> {
  const command = COMMANDS[name];
  if (!command) {
    const names = Object.keys(COMMANDS).join('|');
    process.stderr.write(`usage: service.mjs ${names}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  try {
    await command();
  } catch (error) {
    const what =
      name === 'serve'
        ? 'The service could not be started'
        : `\`service.mjs ${name}\` failed`;
    fail(asDeepError(error, `${what}: ${(error as Error).message}.`));
  }
}

function fail(error: DeepError): void {
  process.stderr.write(`${JSON.stringify(error.toProblem())}\n`);
  process.exit(EXIT_PROBLEM);
}

void main(process.argv[2]);

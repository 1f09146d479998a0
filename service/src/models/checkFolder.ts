import { execFile } from 'node:child_process';
import path from 'node:path';
import { DeepError, Problem } from '@jupyterlab-deep/protocol';
import { ISettings } from '../admin/config';
import { moduleEnvironment } from '../deployments/environment';
import { IPlaces } from '../places';

/** Loading says little; more is not a report of it. */
const MAX_OUTPUT_BYTES = 1024 ** 2;

function lastJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as T;
  } catch {
    return undefined;
  }
}

/**
 * Loads a model folder and runs it once, in a process of its own: native code that fails takes nothing else with it.
 *
 * @returns what computes, in words.
 * @throws DeepError `model-invalid` and others as the runtime says them.
 */
export function checkFolder(
  folder: string,
  { places, settings }: { places: IPlaces; settings: ISettings }
): Promise<string> {
  const program = path.join(places.nodeHome, 'module-runtime.mjs');
  const options = {
    env: moduleEnvironment(settings.network, process.env),
    timeout: settings.limits.startSeconds * 1000,
    maxBuffer: MAX_OUTPUT_BYTES,
    killSignal: 'SIGKILL' as const
  };
  const args = [program, '--model', folder, '--workers', '1', '--check'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const said = lastJson<{ backend: string; detail: string }>(stdout);
      if (!error && said) {
        resolve(`${said.backend}: ${said.detail}`);
        return;
      }
      const problem = lastJson<Problem>(stderr);
      reject(
        problem?.type
          ? DeepError.fromProblem(problem)
          : new DeepError(
              'model-invalid',
              'The model could not be loaded: the process that tried it ended.',
              {
                hint: 'Export it again, perhaps with another opset, or make a Python module of it.',
                technical: stderr.slice(-4000) || error?.message
              }
            )
      );
    });
  });
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { plainName } from '@jupyterlab-deep/kernel-helpers/models';
import { packageNameOf } from '../../models/python/projectTexts';

const run = promisify(execFile);

const ASK =
  'import json, keyword, sys; print(json.dumps([*keyword.kwlist, *sys.stdlib_module_names]))';
/** What the project itself imports: a package of the name would hide it. */
const IMPORTED = ['deepaas', 'webargs', 'PIL', 'pytest', 'models', 'tests'];

/** `Leaf classifier` as `leaf-classifier` and `leaf_classifier`; names that Python has already are made longer. */
export async function moduleNames(
  title: string,
  python: string,
  requirements: readonly string[]
): Promise<{ name: string; packageName: string }> {
  const { stdout } = await run(python, ['-I', '-c', ASK]);
  const taken = new Set(
    [...(JSON.parse(stdout) as string[]), ...IMPORTED, ...requirements].map(
      each => packageNameOf(each)
    )
  );
  const plain = packageNameOf(plainName(title));
  const packageName =
    taken.has(plain) || plain === 'model' ? `${plain}_module` : plain;
  return { name: packageName.replaceAll('_', '-'), packageName };
}

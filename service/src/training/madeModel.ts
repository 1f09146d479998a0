import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The module's own record in a folder that it made. */
const RECORD = 'training.json';

interface IMade {
  model: { name: string; folder: string };
}

/** The model folder that a training of our runtime made. */
export function modelOf(output: unknown): IMade['model'] | undefined {
  const { model } = (output ?? {}) as Partial<IMade>;
  return typeof model?.name === 'string' && typeof model.folder === 'string'
    ? { name: model.name, folder: model.folder }
    : undefined;
}

/** Numbers that the module says of what it kept. */
export function keptMetrics(
  output: unknown
): Record<string, number> | undefined {
  const { metrics } = (output ?? {}) as { metrics?: unknown };
  const numbers = Object.entries((metrics ?? {}) as object).filter(
    ([, value]) => typeof value === 'number' && Number.isFinite(value)
  );
  return numbers.length > 0 ? Object.fromEntries(numbers) : undefined;
}

/** What a training left in the folder of models, found by its id. */
export async function findRecord(
  models: string,
  training: string
): Promise<unknown> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter(each => !each.startsWith('.'))) {
    const folder = path.join(models, name);
    const text = await readFile(path.join(folder, RECORD), 'utf8').catch(
      () => ''
    );
    // Parsed only where it may be it.
    if (text.includes(training)) {
      const record = JSON.parse(text) as { training?: string };
      if (record.training === training) {
        return { ...record, model: { name, folder } };
      }
    }
  }
  return undefined;
}

import path from 'node:path';
import { ROOT } from '../../__tests__/bundles';
import {
  Definition,
  readDefinitions,
  readEnvironmentLock
} from '../definitions';
import { chooseVariant } from '../planning';

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

describe('what suits a machine', () => {
  let all: Map<string, Definition>;

  beforeAll(async () => {
    const found = await readDefinitions([path.join(ROOT, 'environments')]);
    all = new Map(found.map(each => [each.name, each]));
  });

  const device = (
    name: string,
    machine: { hasGpu: boolean; platform: string; python?: string }
  ): string =>
    chooseVariant(all.get(name)!, { python: '3.12.4', ...machine }).device;

  it('is the variant for GPUs where there is one, else that for CPUs', () => {
    const platform = 'linux-x64';
    expect(device('jax', { hasGpu: true, platform })).toBe('cuda');
    expect(device('jax', { hasGpu: false, platform })).toBe('cpu');
    expect(device('scikit-learn', { hasGpu: true, platform })).toBe('cpu');
    expect(device('pytorch', { hasGpu: false, platform })).toBe('any');
    // A Mac has none of NVIDIA, whatever is said.
    expect(device('jax', { hasGpu: true, platform: 'darwin-arm64' })).toBe(
      'cpu'
    );
  });

  it('is refused in words for another Python or kind of machine', () => {
    const jax = all.get('jax')!;
    const here = { hasGpu: false, platform: 'linux-x64' };
    expect(() => chooseVariant(jax, { ...here, python: '3.9.1' })).toThrow(
      'JAX needs Python 3.11, 3.12, 3.13 or 3.14; Jupyter here runs on Python 3.9.'
    );
    const odd = { ...here, python: '3.12.1', platform: 'sunos-x64' };
    expect(() => chooseVariant(jax, odd)).toThrow(
      'JAX is not published on this kind of machine (sunos-x64).'
    );
    expect(() =>
      chooseVariant(
        jax,
        { ...here, python: '3.12.1', platform: 'darwin-arm64' },
        'cuda'
      )
    ).toThrow('JAX is not published for NVIDIA GPUs on');
  });

  it('comes with a list of packages that names versions and hashes, and no index', async () => {
    expect([...all.keys()]).toHaveLength(5);
    for (const definition of all.values()) {
      expect(definition.broken).toBeUndefined();
      for (const variant of Object.keys(definition.variants)) {
        const lock = await readEnvironmentLock(definition, variant as 'cpu');
        expect(lock.entries.join('\n')).not.toMatch(/https?:|--index|@ /);
        expect(lock.entries.some(each => each.startsWith('ipykernel=='))).toBe(
          true
        );
      }
      const there = Object.values(definition.variants).flatMap(Object.keys);
      expect(PLATFORMS).toEqual(expect.arrayContaining(there));
    }
  });
});

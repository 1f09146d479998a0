import { mergeEntries } from '../merge';
import { entry } from './made';

const ids = (merged: ReturnType<typeof mergeEntries>): string[][] =>
  merged.map(({ module }) => module.origins.map(({ id }) => id));

describe('the same module from several sources', () => {
  it.each([
    ['plants', 'plants'],
    ['posenet-tf', 'DEEP-OC-posenet-tf'],
    ['obsea_fish', 'UC-enoc-DEEP-OC-obsea-fish'],
    ['tbbrdet_api', 'UC-owner-deep-oc-tbbrdet_api'],
    ['ai4os-speech-to-text-tf', 'DEEP-OC-speech-to-text-tf']
  ])('is one entry: %s and %s', (name, other) => {
    const merged = mergeEntries([
      { kind: 'git-index', entries: [entry('ai4os', name, { title: 'A' })] },
      { kind: 'deep-index', entries: [entry('deep', other, { title: 'B' })] }
    ]);
    expect(ids(merged)).toEqual([[`ai4os/${name}`, `deep/${other}`]]);
    expect(merged[0].module.title).toBe('A');
  });

  it('is one entry when it kept only its title', () => {
    const merged = mergeEntries([
      {
        kind: 'git-index',
        entries: [
          entry('ai4os', 'dogs-breed-detector', {
            title: 'Dogs breed detector'
          })
        ]
      },
      {
        kind: 'deep-index',
        entries: [
          entry('deep', 'DEEP-OC-dogs_breed_det', {
            title: "Dogs' breed  detector"
          }),
          entry('deep', 'x', { title: 'Dogs breed detector' })
        ]
      }
    ]);
    expect(ids(merged)).toEqual([
      ['ai4os/dogs-breed-detector', 'deep/DEEP-OC-dogs_breed_det'],
      ['deep/x']
    ]);
  });

  it('fills its gaps from later sources, and shows a whole one before a broken one', () => {
    const [{ module }] = mergeEntries([
      {
        kind: 'papi',
        entries: [
          entry('ai4eosc', 'a', {
            broken: true,
            problems: [{ message: 'no YAML' }]
          })
        ]
      },
      {
        kind: 'git-index',
        entries: [
          entry('ai4os', 'a', { title: 'A', links: { source_code: 'new' } })
        ]
      },
      {
        kind: 'deep-index',
        entries: [
          entry('deep', 'DEEP-OC-a', {
            licence: 'MIT',
            links: { source_code: 'old', dataset: 'data' }
          })
        ]
      }
    ]);
    expect(module).toMatchObject({
      id: 'ai4os/a',
      title: 'A',
      licence: 'MIT',
      broken: false,
      problems: [{ message: 'Broken in AI4EOSC: no YAML' }],
      links: { source_code: 'new', dataset: 'data' }
    });
    expect(module.origins.map(({ id }) => id)).toEqual([
      'ai4os/a',
      'deep/DEEP-OC-a',
      'ai4eosc/a'
    ]);
  });

  it('is two when one source names two alike, or when one is a folder here', () => {
    const merged = mergeEntries([
      { kind: 'folder', entries: [entry('builtin', 'a')] },
      {
        kind: 'papi',
        entries: [
          entry('ai4eosc', 'a', { title: 'Same' }),
          entry('ai4eosc', 'b', { title: 'Same' })
        ]
      }
    ]);
    expect(ids(merged)).toEqual([['builtin/a'], ['ai4eosc/a'], ['ai4eosc/b']]);
  });
});

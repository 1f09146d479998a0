import { IModuleDescription } from '@jupyterlab-deep/kernel-helpers/deepaas';
import { Module } from '@jupyterlab-deep/protocol';
import { describeConnected, freeName } from '../connectedModule';

const describing = (metadata: Record<string, unknown>): Module =>
  describeConnected('tiny', 'tiny', {
    modelPath: '/v2/models/tiny/',
    metadata,
    predict: {
      properties: {
        photo: { format: 'file', contentMediaType: 'image/*' },
        mask: { format: 'file' },
        top_k: { type: 'integer' }
      }
    },
    train: null,
    accepts: ['application/json'],
    swagger: {}
  } as IModuleDescription);

describe('a module that only its server describes', () => {
  it('says what its author wrote', () => {
    const module = describing({
      name: 'tiny',
      description: 'Names  plants.\n\nOf every kind.',
      license: 'MIT',
      version: '0.1.0',
      url: 'https://example.org'
    });
    expect(module).toMatchObject({
      id: 'connected/tiny',
      source: 'connected',
      title: 'tiny',
      summary: 'Names plants. Of every kind.',
      licence: 'MIT',
      version: '0.1.0',
      input: 'image, file',
      links: { homepage: 'https://example.org' },
      runtime: 'container',
      broken: false,
      origins: [
        { source: 'connected', id: 'connected/tiny', title: 'Connected' }
      ]
    });
    expect(module.description).toContain('Of every kind.');
  });

  it('knows the words of Python packages, and takes text alone', () => {
    expect(
      describing({
        Name: 'Tiny',
        Summary: 'In short',
        License: { text: 'MIT' },
        version: 3,
        url: 'Homepage, https://example.org',
        'Home-page': 'javascript:alert(1)',
        description: null
      })
    ).toMatchObject({
      title: 'Tiny',
      summary: 'In short',
      licence: '',
      version: '',
      description: '',
      links: {}
    });
  });

  it('is called as its model where it says nothing, and never at any length', () => {
    expect(describing({}).title).toBe('tiny');
    const long = describing({
      name: 'x'.repeat(9999),
      summary: 'y'.repeat(9999)
    });
    expect([long.title.length, long.summary.length]).toEqual([120, 300]);
  });

  it('has a name that no other has', () => {
    const taken = new Set<string>();
    const names = [1, 2, 3].map(() => {
      const name = freeName('my model/ü', 'http://gpu.lab.example:5000', taken);
      taken.add(name);
      return name;
    });
    expect(names).toEqual([
      'my-model',
      'my-model-gpu.lab.example',
      'my-model-gpu.lab.example-2'
    ]);
    expect(freeName('..', 'http://[::1]:5000', new Set(['module']))).toBe(
      'module-1'
    );
  });

  it('has an id that is one of a module', () => {
    const valid = new RegExp(Module.properties.id.pattern as string);
    for (const model of ['tiny', 'ü', '../..', 'a b', '-', 'x'.repeat(500)]) {
      expect(`connected/${freeName(model, 'http://h', new Set())}`).toMatch(
        valid
      );
    }
  });
});

import type { Deployment } from '@jupyterlab-deep/protocol';
import { trans } from '../../__tests__/connected';
import { READY } from '../../__tests__/samples';
import { stateWords, whereDataGoes } from '../deploymentWords';

const at = (more: Partial<Deployment>): [string, string] => {
  const deployment = { ...READY, ...more };
  return [stateWords(deployment, trans), whereDataGoes(deployment, trans)];
};

describe('where a module runs, in words', () => {
  it('is this machine for its processes and the containers of its own engine', () => {
    expect(at({})).toEqual([
      'Ready on this machine.',
      'Your data stays on this machine.'
    ]);
    expect(
      at({
        target: 'container',
        targetId: 'container',
        endpoint: 'http://127.0.0.1:40001'
      })
    ).toEqual([
      'Ready in a container on this machine.',
      'Your data stays on this machine.'
    ]);
  });

  it('is the other machine where a tunnel to it begins on this one', () => {
    expect(
      at({
        target: 'container',
        targetId: 'container:gpu-host',
        endpoint: 'http://127.0.0.1:40001'
      })
    ).toEqual(['Ready at gpu-host.', 'Your data goes to gpu-host.']);
  });

  it('is the host of a cloud', () => {
    expect(
      at({
        target: 'papi',
        targetId: 'papi:ai4eosc',
        endpoint: 'https://deploy.example.org/'
      })
    ).toEqual([
      'Ready at deploy.example.org.',
      'Your data goes to deploy.example.org.'
    ]);
  });
});

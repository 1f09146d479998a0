import { nullTranslator } from '@jupyterlab/translation';
import { refuse } from '../../__tests__/standInServer';
import { asRequestError, DeepRequestError, errorOfResponse } from '../errors';

const trans = nullTranslator.load('jupyterlab_deep');

describe('errorOfResponse', () => {
  it('keeps the words of the service', async () => {
    const error = await errorOfResponse(
      refuse('no-space', 507, 'The disk is full.', { hint: 'Remove files.' }),
      trans
    );
    expect(error.key).toBe('no-space');
    expect(error.problem.detail).toBe('The disk is full.');
    expect(error.problem.hint).toBe('Remove files.');
  });

  it('names the command that mends a missing server half', async () => {
    const response = new Response('<html>404</html>', { status: 404 });
    const { problem } = await errorOfResponse(response, trans);
    expect(problem.hint).toContain(
      'jupyter server extension enable jupyterlab_deep'
    );
    expect(problem.technical).toContain('<html>404</html>');
  });

  it('tells of a login that has ended', async () => {
    const response = new Response('{"message":"Forbidden"}', { status: 403 });
    const { problem } = await errorOfResponse(response, trans);
    expect(problem.title).toBe('Jupyter refused the request');
  });

  it('tells of a proxy that answers in the place of the service', async () => {
    const response = new Response('Bad Gateway', { status: 502 });
    const { problem } = await errorOfResponse(response, trans);
    expect(problem.detail).toContain('502');
    expect(problem.hint).toContain('jupyter deep doctor');
  });
});

describe('asRequestError', () => {
  it('keeps a failure that is described already', () => {
    const error = new DeepRequestError({
      type: 'urn:jupyterlab-deep:timeout',
      title: 'It took too long',
      status: 504,
      detail: 'No answer in 30 minutes.'
    });
    expect(asRequestError(error, trans)).toBe(error);
  });

  it('gives words to any other value', () => {
    expect(asRequestError('odd', trans).problem.detail).toBe('odd');
  });
});

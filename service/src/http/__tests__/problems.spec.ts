import { asDeepError } from '../problems';

describe('a failure as people read it', () => {
  it('says of a part that is gone that the program was updated, and what to do', () => {
    const error = Object.assign(new Error('Cannot find module'), {
      code: 'ERR_MODULE_NOT_FOUND'
    });
    const { key, detail, hint } = asDeepError(error);
    expect(key).toBe('service-unavailable');
    expect(detail).toContain('updated or removed while it ran');
    expect(hint).toContain('restart Jupyter');
  });

  it('of a kind that nobody foresaw leads to the log', () => {
    const { key, technical, hint } = asDeepError(new Error('Oh.'));
    expect([key, technical]).toEqual(['internal', 'Oh.']);
    expect(hint).toContain('jupyter deep doctor');
  });
});

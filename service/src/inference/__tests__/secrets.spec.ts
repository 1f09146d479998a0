import { withoutSecrets } from '../secrets';

describe('arguments of a run as they are written down', () => {
  const given = { key: 'my password', top_k: 5, text: 'a leaf' };

  it('hide passwords alone once the module has said which they are', () => {
    const properties = {
      key: { type: 'string', format: 'password' },
      text: { type: 'string' }
    };
    expect(withoutSecrets(given, { properties })).toEqual({
      key: '••••••',
      top_k: 5,
      text: 'a leaf'
    });
  });

  it('hide every text before', () => {
    const { key, text, top_k } = withoutSecrets(given, undefined);
    expect([key, text, top_k]).toEqual(['••••••', '••••••', 5]);
  });
});

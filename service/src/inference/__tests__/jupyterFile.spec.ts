import { locateJupyterFile } from '../jupyterFile';

describe('a path of the file browser', () => {
  it.each([
    ['photos/cat.jpg', '/home/u/photos/cat.jpg'],
    ['/photos/cat.jpg', '/home/u/photos/cat.jpg'],
    ['photos//100 %.jpg', '/home/u/photos/100 %.jpg'],
    ['./ü/c a t.jpg', '/home/u/ü/c a t.jpg'],
    ['a..b/c', '/home/u/a..b/c']
  ])('%s is %s', (file, located) => {
    expect(locateJupyterFile('/home/u', file)).toBe(located);
  });

  it.each(['../x', 'a/../../x', 'a/..', '', '/', '.', 'a\0b'])(
    '%j is refused',
    file => {
      expect(() => locateJupyterFile('/home/u', file)).toThrow(
        expect.objectContaining({ key: 'invalid-request' })
      );
    }
  );

  it.each(['.ssh/id_rsa', 'a/.b/c.png', '.env'])(
    '%s is hidden, as Jupyter hides it',
    file => {
      expect(() => locateJupyterFile('/home/u', file)).toThrow(
        expect.objectContaining({ key: 'not-found' })
      );
    }
  );

  it('is nowhere when the contents are no local files', () => {
    expect(() => locateJupyterFile(undefined, 'x.png')).toThrow(/Upload/);
  });
});

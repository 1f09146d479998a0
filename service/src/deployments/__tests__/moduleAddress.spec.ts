import { parseModuleAddress } from '../moduleAddress';

describe('the address of a module', () => {
  it.each([
    ['https://host:5000', ['https://host:5000']],
    ['http://host/', ['http://host']],
    ['  http://Host.Example:80/ui ', ['http://host.example']],
    ['http://host:5000/ui/#/v2/models', ['http://host:5000']],
    ['http://host:5000/api', ['http://host:5000']],
    ['http://host:5000/swagger.json', ['http://host:5000']],
    ['http://host:5000/v2/models/', ['http://host:5000']],
    ['http://host:5000/mods/tiny', ['http://host:5000/mods/tiny']],
    ['http://host:5000/mods/tiny/', ['http://host:5000/mods/tiny']],
    ['http://host/mods/tiny/swagger.json', ['http://host/mods/tiny']],
    ['host:5000', ['https://host:5000', 'http://host:5000']],
    ['localhost', ['https://localhost', 'http://localhost']],
    [
      '127.0.0.1:5000/a/ui',
      ['https://127.0.0.1:5000/a', 'http://127.0.0.1:5000/a']
    ],
    ['[::1]:5000', ['https://[::1]:5000', 'http://[::1]:5000']]
  ])('may be written as %s', (typed, endpoints) =>
    expect(parseModuleAddress(typed)).toEqual({ endpoints })
  );

  it.each([
    'https://host/v2/models/tiny',
    'https://host/v2/models/tiny/',
    'https://host/v2/models/tiny/predict/'
  ])('may name a model: %s', typed =>
    expect(parseModuleAddress(typed)).toEqual({
      endpoints: ['https://host'],
      model: 'tiny'
    })
  );

  it('may name a model below a base path', () =>
    expect(parseModuleAddress('http://h:1/mods/x/v2/models/a%20b/')).toEqual({
      endpoints: ['http://h:1/mods/x'],
      model: 'a b'
    }));

  it.each([
    ['https://ada:secret@host/', 'user name or a password'],
    ['https://ada@host/', 'user name or a password'],
    ['ada:secret@host', 'user name or a password'],
    ['https://host/?token=secret', 'after “?”'],
    ['ftp://host/', 'by http or https, not by ftp'],
    ['unix:/run/docker.sock', 'not the address of a server'],
    ['unix:///run/docker.sock', 'by http or https, not by unix'],
    ['file:///etc/passwd', 'by http or https, not by file'],
    ['javascript:alert(1)', 'not the address of a server'],
    ['not an address', 'not the address of a server'],
    ['', 'not the address of a server'],
    ['https://', 'not the address of a server'],
    ['http://host:99999', 'not the address of a server']
  ])('is refused in words: %s', (typed, says) => {
    expect(() => parseModuleAddress(typed)).toThrow(
      expect.objectContaining({
        key: 'address-refused',
        detail: expect.stringContaining(says)
      })
    );
  });

  it.each(['https://ada:s3cr3t@host/', 'https://host/?token=s3cr3t'])(
    'is refused without saying its secret: %s',
    typed => expect(() => parseModuleAddress(typed)).not.toThrow(/s3cr3t/)
  );
});

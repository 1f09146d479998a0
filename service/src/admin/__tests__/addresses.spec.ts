import { checkTyped, isPublicAddress } from '../addresses';

describe('a public address', () => {
  it.each(['1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.0.1'])(
    'is %s',
    ip => expect(isPublicAddress(ip)).toBe(true)
  );

  it.each([
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::808:808',
    '2a00:1450:4001:80b::200e'
  ])('is %s, of IPv6', ip => expect(isPublicAddress(ip)).toBe(true));

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.1.1',
    '198.19.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255'
  ])('is not %s', ip => expect(isPublicAddress(ip)).toBe(false));

  it.each([
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '::127.0.0.1'
  ])('is not %s, of IPv6', ip => expect(isPublicAddress(ip)).toBe(false));

  it.each(['', 'localhost', '1.1.1', '01.1.1.1', '1.1.1.1:80', '[::1]'])(
    'is not “%s”, which is no address',
    text => expect(isPublicAddress(text)).toBe(false)
  );
});

describe('a typed address', () => {
  const check = (address: string, policy = {}): Promise<void> =>
    checkTyped(new URL(address), policy);
  const isPrivate = { key: 'address-private' };

  it('is refused with its host and address when it is not public', async () => {
    await expect(check('http://10.1.2.3:5000')).rejects.toMatchObject({
      ...isPrivate,
      detail: '10.1.2.3 is not a public address.'
    });
    await expect(check('http://localhost:5000')).rejects.toMatchObject({
      ...isPrivate,
      detail: expect.stringMatching(/^localhost \((127\.0\.0\.1|::1)\) is not/)
    });
  });

  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]:5000',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost./',
    'http://0/'
  ])('is refused also when it is written as %s', address =>
    expect(check(address)).rejects.toMatchObject(isPrivate)
  );

  it('is taken when it is public', async () => {
    await expect(check('https://1.1.1.1/')).resolves.toBeUndefined();
    await expect(check('https://[2606:4700::1111]/')).resolves.toBeUndefined();
  });

  it('is taken when the user has confirmed it', () =>
    expect(
      check('http://127.0.0.1:5000', { allowPrivate: true })
    ).resolves.toBeUndefined());

  it.each([
    [['lab.example', '127.0.0.1'], true],
    [['127.0.0.1:5000'], true],
    [['127.0.0.1:5001'], false],
    [['127.0.0.10'], false],
    [['27.0.0.1'], false]
  ])('goes by the hosts of the administrator: %j', async (privateHosts, ok) => {
    const checked = check('http://127.0.0.1:5000', { privateHosts });
    await (ok
      ? expect(checked).resolves.toBeUndefined()
      : expect(checked).rejects.toMatchObject(isPrivate));
  });

  it('is refused when nobody has its name', () =>
    expect(check('https://nobody.invalid')).rejects.toMatchObject({
      key: 'address-refused',
      detail: expect.stringContaining('nobody.invalid')
    }));
});

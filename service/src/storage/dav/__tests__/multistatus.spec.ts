import fc from 'fast-check';
import { IDavResponse, MultistatusScanner } from '../multistatus';
import { MultistatusError } from '../multistatusError';
import { isSafePath, pathOfHref } from '../paths';

function scan(xml: string, pieces: number[] = []): IDavResponse[] {
  const scanner = new MultistatusScanner();
  const found: IDavResponse[] = [];
  let at = 0;
  for (const length of pieces) {
    found.push(...scanner.write(xml.slice(at, at + length)));
    at += length;
  }
  found.push(...scanner.write(xml.slice(at)));
  scanner.end();
  return found;
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, sign => `&#${sign.codePointAt(0)};`);

const TEXT = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map(text => text.replace(/[\x00-\x1f\ufffe\uffff]/g, '').trim());

interface IMade {
  href: string;
  etag: string;
  isFolder: boolean;
}

const write = (prefix: string, entries: IMade[]): string => {
  const p = prefix === '' ? '' : `${prefix}:`;
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  const responses = entries.map(
    ({ href, etag, isFolder }) =>
      `<${p}response><${p}href>${escape(href)}</${p}href><${p}propstat><${p}prop>` +
      `<${p}getetag>${escape(etag)}</${p}getetag>` +
      `<${p}resourcetype>${isFolder ? `<${p}collection/>` : ''}</${p}resourcetype>` +
      `</${p}prop><${p}status>HTTP/1.1 200 OK</${p}status></${p}propstat>` +
      `<${p}propstat><${p}prop><${p}quota/></${p}prop><${p}status>HTTP/1.1 404 Not Found</${p}status></${p}propstat></${p}response>`
  );
  return `<?xml version="1.0"?><${p}multistatus ${name}="DAV:" a="x > y">${responses.join('\n')}</${p}multistatus>`;
};

describe('a multistatus', () => {
  it('says the same whatever its prefix and wherever it is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'd', 'D', 'lp1'),
        fc.array(
          fc.record({ href: TEXT, etag: TEXT, isFolder: fc.boolean() }),
          {
            maxLength: 6
          }
        ),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
        (prefix, entries, pieces) => {
          const expected = entries.map(({ href, etag, isFolder }) => ({
            href,
            properties: {
              getetag: etag,
              resourcetype: isFolder ? 'collection' : ''
            }
          }));
          expect(scan(write(prefix, entries), pieces)).toEqual(expected);
        }
      )
    );
  });

  it('is read the same when a response has the shape of one before, and when it has not', () => {
    const prop = (content: string, status = '200 OK'): string =>
      `<d:propstat><d:prop>${content}</d:prop><d:status>HTTP/1.1 ${status}</d:status></d:propstat>`;
    const response = (href: string, ...stats: string[]): string =>
      `<d:response><d:href>${href}</d:href>${stats.join('')}</d:response>`;
    const etag = (text: string): string => `<d:getetag>${text}</d:getetag>`;
    const contents = [
      [response('/a', prop(etag('&quot;1&quot;'))), { getetag: '"1"' }],
      [response('/b', prop(etag(' &amp;lt; '))), { getetag: '&lt;' }],
      [response('/c', prop(etag('3'), '404 Not Found')), {}],
      [response('/d', prop(etag('<![CDATA[<4>]]>'))), { getetag: '<4>' }],
      [response('/e', prop(etag('<d:x/>5'))), { getetag: 'x5' }],
      [response('/f', prop(etag('')), prop('<d:y/>')), { getetag: '', y: '' }],
      [response('/g', prop(etag('7')), prop('<d:y/>')), { getetag: '7', y: '' }]
    ] as const;
    const times = [0, 1, 2].flatMap(() => contents);
    const xml = `<d:multistatus xmlns:d="DAV:">${times.map(([each]) => each).join('')}</d:multistatus>`;
    expect(scan(xml).map(({ properties }) => properties)).toEqual(
      times.map(([, properties]) => properties)
    );
  });

  it('may have CDATA, comments and its own five entities', () => {
    const xml =
      '<d:multistatus xmlns:d="DAV:"><!-- > --><d:response><d:href><![CDATA[/a&b]]></d:href><d:propstat><d:prop><d:getetag>&quot;x&amp;y&quot;</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>';
    expect(scan(xml)).toEqual([
      { href: '/a&b', properties: { getetag: '"x&y"' } }
    ]);
  });

  it.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><d:multistatus/>'],
    ['an entity', '<multistatus><response><href>&xxe;</href></response>'],
    ['another document', '<html><body>Log in</body></html>'],
    ['an end that is missing', '<multistatus><response>'],
    ['nesting without end', '<multistatus>'.concat('<a>'.repeat(100))],
    ['an end too many', '<multistatus></multistatus></multistatus>'],
    ['a text without end', `<multistatus><response><href>${'x'.repeat(2e6)}`]
  ])('is refused for %s', (_what, xml) => {
    expect(() => scan(xml)).toThrow(MultistatusError);
  });
});

describe('a path of an href', () => {
  const of = (href: string): string | undefined =>
    pathOfHref(href, '/remote.php/dav/files/ada/', 'https://cloud.example.org');

  it('is what stands below the root, decoded', () => {
    expect(of('/remote.php/dav/files/ada/a%20%23%C3%BC/')).toBe('a #ü');
    expect(of('https://cloud.example.org/remote.php/dav/files/ada/x')).toBe(
      'x'
    );
    expect(of('/remote.php/dav/files/ada/')).toBe('');
  });

  it.each([
    '/remote.php/dav/files/grace/a',
    '/remote.php/dav/files/ada/../grace/a',
    '/remote.php/dav/files/ada/%2e%2e/grace',
    '/remote.php/dav/files/ada/a%2f..%2f..%2fb',
    '/remote.php/dav/files/ada/a%5Cb',
    '/remote.php/dav/files/ada/a%00b',
    '/remote.php/dav/files/ada//a',
    'https://elsewhere.example.org/remote.php/dav/files/ada/a',
    '/remote.php/dav/files/ada/%zz'
  ])('is none for %s', href => {
    expect(of(href)).toBeUndefined();
  });

  it('never leads out, whatever the server says', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const path = of(`/remote.php/dav/files/ada/${text}`);
        expect(path === undefined || isSafePath(path)).toBe(true);
      })
    );
  });
});

import { Sanitizer } from '@jupyterlab/apputils';
import { CatalogueSanitizer } from '../catalogueSanitizer';
import { showPictureOnClick } from '../remotePictures';

describe('CatalogueSanitizer', () => {
  const sanitizer = new CatalogueSanitizer(
    new Sanitizer(),
    host => `Show picture from ${host}`
  );
  const sanitize = (html: string) => {
    const node = document.createElement('div');
    node.innerHTML = sanitizer.sanitize(html);
    return node;
  };

  it('fetches no picture of another host before it is asked to', () => {
    const node = sanitize(
      '<img src="https://example.org/a.png" alt="A plant">'
    );
    node.addEventListener('click', showPictureOnClick);
    expect(node.querySelector('img')).toBeNull();
    const button = node.querySelector('button')!;
    expect(button.textContent).toBe('A plant — Show picture from example.org');
    button.click();
    expect(node.querySelector('img')!.src).toBe('https://example.org/a.png');
  });

  it('puts the picture of a link beside it, so that each can be pressed', () => {
    const node = sanitize(
      '<a href="https://ci.example.org/job"><img src="https://ci.example.org/badge.svg"></a>'
    );
    const link = node.querySelector('a')!;
    expect(link.textContent).toBe('ci.example.org');
    expect(link.querySelector('button')).toBeNull();
    expect(node.querySelector('button')!.dataset.src).toBe(
      'https://ci.example.org/badge.svg'
    );
  });

  it.each([
    '<img src="//example.org/a.png">',
    '<img src="https://">',
    '<video src="https://example.org/a.mp4" poster="https://example.org/a.png"></video>',
    '<audio src="data:audio/mp3;base64,AAAA" autoplay></audio>',
    '<img srcset="https://example.org/a.png 2x">',
    '<p style="background-image: url(https://example.org/a.png)">x</p>',
    '<p background="https://example.org/a.png">x</p>',
    '<img src="x" onerror="alert(1)"><script>alert(1)</script>',
    '<svg onload="alert(1)"><image href="https://example.org/a.png"/></svg>',
    '<iframe src="https://example.org"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://example.org/a.svg"></object>',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    '<style>body { display: none }</style>',
    '<meta http-equiv="refresh" content="0; url=https://example.org">',
    '<base href="https://example.org/">'
  ])('lets nothing through of %s', html => {
    const clean = sanitize(html).innerHTML;
    expect(clean).not.toMatch(
      /(src|srcset|poster|href|background|style)=|url\(|script|onerror|onload|display/
    );
  });

  it.each([
    '<form action="/hub/logout" method="post"><input name="a"><button>Press</button></form>',
    '<button data-commandlinker-command="filebrowser:delete" data-commandlinker-args="{}">Press</button>',
    '<label for="x">Press</label><select><option>Press</option></select><textarea>Press</textarea>',
    '<map name="m"><area href="https://example.org" shape="default"></map>Press'
  ])('leaves nothing to press of %s', html => {
    const node = sanitize(html);
    expect(
      node.querySelector(
        'form, input, button, select, textarea, label, area, [data-commandlinker-command]'
      )
    ).toBeNull();
    expect(node.textContent).toContain('Press');
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '/hub/logout',
    '../lab?reset',
    '//example.org'
  ])('leaves the text of a link to %s', target => {
    const node = sanitize(`<p><a href="${target}">here</a></p>`);
    expect(node.querySelector('a')).toBeNull();
    expect(node.textContent).toContain('here');
  });

  it('opens a link to the web elsewhere, without telling where it was', () => {
    const link = sanitize(
      '<a href="https://example.org/a" target="_top">here</a>'
    ).querySelector('a')!;
    expect(link.target).toBe('_blank');
    expect(link.rel).toBe('noopener noreferrer nofollow');
  });

  it('lets no text look like a part of Lab', () => {
    const node = sanitize(
      '<div class="jp-Dialog" id="main" style="position: fixed"><span class="cm-keyword language-js">x</span></div>'
    );
    expect(node.innerHTML).not.toMatch(/jp-|style| id=/);
    expect(node.querySelector('span')!.className).toBe(
      'cm-keyword language-js'
    );
  });

  it('keeps pictures that are in the text itself', () => {
    const source = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
    expect(sanitize(`<img src="${source}">`).querySelector('img')!.src).toBe(
      source
    );
  });

  it('keeps what shapes a text', () => {
    const html =
      '<h2>Title</h2><table><thead><tr><th align="left">a</th></tr></thead></table><ul><li><code>b</code></li></ul>';
    expect(sanitize(html).innerHTML).toBe(html);
  });
});

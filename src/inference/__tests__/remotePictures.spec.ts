import { Sanitizer } from '@jupyterlab/apputils';
import { RemotePictureSanitizer, showPictureOnClick } from '../remotePictures';

describe('RemotePictureSanitizer', () => {
  const sanitizer = new RemotePictureSanitizer(
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

  it.each([
    '<img src="//example.org/a.png">',
    '<video src="https://example.org/a.mp4" poster="https://example.org/a.png"></video>',
    '<img srcset="https://example.org/a.png 2x">',
    '<p style="background-image: url(https://example.org/a.png)">x</p>',
    '<img src="x" onerror="alert(1)"><script>alert(1)</script>'
  ])('lets nothing through of %s', html => {
    const clean = sanitize(html).innerHTML;
    expect(clean).not.toMatch(/(src|srcset|poster)="|url\(|script|onerror/);
  });

  it('keeps pictures that are in the text itself', () => {
    const source = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
    expect(sanitize(`<img src="${source}">`).querySelector('img')!.src).toBe(
      source
    );
  });
});

import type { IRenderMime } from '@jupyterlab/rendermime';

const PLACEHOLDER = 'jp-DeepInference-remotePicture';

/** Attributes other than `src` by which an element fetches something. */
const FETCHING = ['srcset', 'poster', 'background'];

/**
 * A sanitizer that also keeps text from fetching anything: fetching a picture tells its host who looks at what.
 * In the place of a picture stands a button that shows it.
 */
export class RemotePictureSanitizer implements IRenderMime.ISanitizer {
  constructor(
    private readonly _sanitizer: IRenderMime.ISanitizer,
    private readonly _label: (host: string) => string
  ) {}

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    const clean = this._sanitizer.sanitize(dirty, options);
    // A parsed document is inert: nothing in it is fetched.
    const page = new DOMParser().parseFromString(clean, 'text/html');
    for (const element of page.body.querySelectorAll<HTMLElement>('*')) {
      this._calm(page, element);
    }
    return page.body.innerHTML;
  }

  private _calm(page: Document, element: HTMLElement): void {
    FETCHING.forEach(name => element.removeAttribute(name));
    if (/url\s*\(/i.test(element.getAttribute('style') ?? '')) {
      element.removeAttribute('style');
    }
    const source = element.getAttribute('src');
    if (source === null || source.startsWith('data:')) {
      return;
    }
    if (element.tagName !== 'IMG') {
      element.removeAttribute('src');
      return;
    }
    const alt = element.getAttribute('alt') ?? '';
    // A path without a host leads nowhere: the files beside the text are not here.
    const replacement = /^https?:\/\//i.test(source)
      ? this._placeholder(page, alt, new URL(source))
      : page.createTextNode(alt);
    element.replaceWith(replacement);
  }

  private _placeholder(page: Document, alt: string, url: URL): HTMLElement {
    const button = page.createElement('button');
    button.type = 'button';
    button.className = PLACEHOLDER;
    button.dataset.src = url.href;
    button.dataset.alt = alt;
    button.textContent = [alt, this._label(url.host)]
      .filter(text => text !== '')
      .join(' — ');
    return button;
  }
}

/** Show the picture behind a pressed placeholder. */
export function showPictureOnClick(event: Event): void {
  const target = event.target as HTMLElement;
  if (target.classList.contains(PLACEHOLDER)) {
    const picture = document.createElement('img');
    picture.alt = target.dataset.alt ?? '';
    picture.referrerPolicy = 'no-referrer';
    picture.src = target.dataset.src ?? '';
    target.replaceWith(picture);
  }
}

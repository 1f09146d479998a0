import type { IRenderMime } from '@jupyterlab/rendermime';
import { holdPicture } from './remotePictures';

/**
 * What may shape text. Lab's own sanitizer lets more through: forms, buttons that run Lab's commands, media that are fetched.
 * What is not here gives way to its text.
 */
const ELEMENTS = new Set(
  (
    'a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em ' +
    'figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strike ' +
    'strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'
  ).split(' ')
);

/** Neither styles nor ids nor handlers: a text could lie over Lab, or be taken for a part of it. */
const ATTRIBUTES = new Set(
  'align alt colspan data-jupyter-id dir height href lang open rowspan src start title valign width'.split(
    ' '
  )
);

/** Classes of highlighted code; any other could look like a dialog of Lab. */
const CODE_CLASS = /^(ͼ|cm-|tok-|language-)/;

/** Text from a catalogue: nothing in it runs, sends, or is fetched by itself, and its links lead to the web. */
export class CatalogueSanitizer implements IRenderMime.ISanitizer {
  constructor(
    private readonly _sanitizer: IRenderMime.ISanitizer,
    private readonly _pictureLabel: (host: string) => string
  ) {}

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    const clean = this._sanitizer.sanitize(dirty, options);
    // A parsed document is inert: nothing in it is fetched.
    const { body } = new DOMParser().parseFromString(clean, 'text/html');
    for (const element of body.querySelectorAll('*')) {
      if (ELEMENTS.has(element.localName)) {
        keepAttributes(element);
      } else {
        element.replaceWith(...element.childNodes);
      }
    }
    body.querySelectorAll('a').forEach(tameLink);
    for (const picture of body.querySelectorAll('img')) {
      holdPicture(picture, this._pictureLabel);
    }
    return body.innerHTML;
  }
}

function keepAttributes(element: Element): void {
  const classes = [...element.classList].filter(name => CODE_CLASS.test(name));
  for (const name of element.getAttributeNames()) {
    if (!ATTRIBUTES.has(name)) {
      element.removeAttribute(name);
    }
  }
  if (element.localName !== 'img') {
    element.removeAttribute('src');
  }
  if (classes.length > 0) {
    element.className = classes.join(' ');
  }
}

/** Only to the web and within the text: a path would lead into this Jupyter. */
function tameLink(link: HTMLAnchorElement): void {
  const target = link.getAttribute('href') ?? '';
  if (/^https?:\/\//i.test(target)) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  } else if (!target.startsWith('#')) {
    link.replaceWith(...link.childNodes);
  }
}

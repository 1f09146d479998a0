import { webUrl } from './webUrl';

const PLACEHOLDER = 'jp-DeepInference-remotePicture';

/**
 * Fetching a picture tells its host who looks at what: in its place stands a button that shows it.
 *
 * @param label - the words on the button, by the picture's host.
 */
export function holdPicture(
  picture: HTMLImageElement,
  label: (host: string) => string
): void {
  const source = picture.getAttribute('src') ?? '';
  if (/^data:image\//i.test(source)) {
    return;
  }
  const page = picture.ownerDocument;
  const alt = picture.getAttribute('alt') ?? '';
  const url = webUrl(source);
  const link = picture.closest('a');
  // A path without a host leads nowhere: the files beside the text are not here.
  if (!url) {
    picture.replaceWith(page.createTextNode(alt));
  } else if (link) {
    // A button inside a link cannot be pressed without following the link.
    picture.replaceWith(page.createTextNode(alt || url.host));
    link.after(' ', placeholder(page, alt, url, label));
  } else {
    picture.replaceWith(placeholder(page, alt, url, label));
  }
}

function placeholder(
  page: Document,
  alt: string,
  url: URL,
  label: (host: string) => string
): HTMLElement {
  const button = page.createElement('button');
  button.type = 'button';
  button.className = PLACEHOLDER;
  button.dataset.src = url.href;
  button.dataset.alt = alt;
  button.textContent = [alt, label(url.host)]
    .filter(text => text !== '')
    .join(' — ');
  return button;
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

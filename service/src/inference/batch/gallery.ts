import path from 'node:path';
import { IEndedRow } from './items';

/** Items of one page of the gallery: so many pictures a browser shows at once without effort. */
export const ITEMS_OF_PAGE = 200;

/** `gallery.html`, then `gallery-2.html`, … */
export const pageName = (page: number): string =>
  page === 1 ? 'gallery.html' : `gallery-${page}.html`;

/** What a page of the gallery shows. */
export interface IGalleryPage {
  title: string;
  page: number;
  hasNext: boolean;
  rows: readonly IEndedRow[];
  /** From the folder of results to that of the files. */
  toFiles: string;
  /** Small pictures that the page brings along, by item; else it shows the files themselves. */
  pictures?: ReadonlyMap<number, string>;
}

/** A page that needs no script and no other host: Jupyter shows it, and so does a browser from disk. */
export function galleryPage(content: IGalleryPage): string {
  const { title, page, rows } = content;
  const cards = rows.map(row => card(row, content)).join('\n');
  const ways = links(content);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src * data:; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(title)}</h1>
<nav>${ways}</nav>
<main>
${cards}
</main>
<nav>${ways}</nav>
<p>Page ${page}</p>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 1rem; }
h1 { font-size: 1.2rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; }
figure { margin: 0; overflow-wrap: anywhere; font-size: .85rem; }
figure img { width: 100%; height: 9rem; object-fit: cover; background: #8883; border-radius: 4px; }
figure .failed { color: light-dark(#b00020, #ff8a80); }
nav { display: flex; gap: 1rem; margin: .5rem 0; }
`;

function card(row: IEndedRow, { toFiles, pictures }: IGalleryPage): string {
  const file = href(`${toFiles}/${row.path}`);
  const answer = row.file === null ? '' : href(row.file);
  const shown = isPicture(row.file) ? answer : isPicture(row.path) ? file : '';
  const source = pictures?.get(row.item) ?? shown;
  const picture = source && `<img loading="lazy" alt="" src="${source}">`;
  return (
    `<figure><a href="${file}">${picture}<span>${escape(row.path)}</span></a>` +
    `<figcaption>${caption(row, answer)}</figcaption></figure>`
  );
}

function caption(row: IEndedRow, answer: string): string {
  if (row.error !== null) {
    return `<span class="failed">▲ ${escape(JSON.parse(row.error).detail)}</span>`;
  }
  if (row.label !== null) {
    const percent = Math.round((row.probability ?? 0) * 100);
    const isWrong = row.truth !== null && row.truth !== row.label;
    const truth = isWrong ? ` (it is ${escape(row.truth!)})` : '';
    return `<strong>${escape(row.label)}</strong> ${percent} %${truth}`;
  }
  return answer
    ? `<a href="${answer}">${escape(path.posix.basename(row.file ?? ''))}</a>`
    : escape((row.answer ?? '').slice(0, 200));
}

const links = ({ page, hasNext }: IGalleryPage): string =>
  [
    page > 1 && `<a href="${pageName(page - 1)}">‹ Previous</a>`,
    hasNext && `<a href="${pageName(page + 1)}">Next ›</a>`
  ]
    .filter(Boolean)
    .join(' ');

/** Whether browsers show a file of this name. */
export const isPicture = (file: string | null): boolean =>
  /\.(avif|bmp|gif|jpe?g|png|webp)$/i.test(file ?? '');

/** A relative way that stays one whatever the name: a colon would begin an address. */
const href = (file: string): string =>
  escape(
    `./${file.split('/').map(encodeURIComponent).join('/')}`.replace(
      /^\.\/\.\.\//,
      '../'
    )
  );

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;'
};
const escape = (text: string): string =>
  text.replace(/[&<>"]/g, sign => ENTITIES[sign]);

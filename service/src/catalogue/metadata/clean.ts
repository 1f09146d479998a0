/** Longer texts say nothing more to a reader, and cost every list its room. */
const MAX_LINE = 500;
const MAX_TEXT = 100_000;
const MAX_ITEMS = 100;
/** So much longer than its words a line with markup may be; looking for ends of tags in all of it would take its time. */
const MARKUP = 20;

/** Control characters, and those that turn the direction of what follows: text must not pretend to be other text. */
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' '
};

/** A line of plain text: without HTML, line breaks and invisible characters. */
export function plainLine(value: unknown, maxLength = MAX_LINE): string {
  const text = typeof value === 'string' ? value : '';
  const line = text
    .slice(0, maxLength * MARKUP)
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, ' ')
    .replace(/<\/?[a-z!][^<>]*>/gi, ' ')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, entity => ENTITIES[entity])
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** The texts in a list, each a line, none twice. One with something else in it is left out whole: half a list says something else than its author did. */
export function plainList(value: unknown): string[] {
  const isRight =
    Array.isArray(value) && value.every(item => typeof item === 'string');
  const items: string[] = isRight ? value : [];
  const lines = items
    .slice(0, MAX_ITEMS)
    .map(item => plainLine(item, 100))
    .filter(line => line !== '');
  return [...new Set(lines)];
}

/** A mark after a backslash begins no code: what follows would be HTML to whoever shows it. */
const CODE = /(```[^]*?```|~~~[^]*?~~~|(?<!\\)`[^`\n]*`)/;

/**
 * Markdown whose HTML is only what shapes text: no scripts, styles, forms, frames and handlers, and only web addresses. Code stays as
 * it is written. Whoever shows it sanitises once more.
 */
export async function cleanMarkdown(value: unknown): Promise<string> {
  const text = (typeof value === 'string' ? value : '')
    .slice(0, MAX_TEXT)
    .replace(INVISIBLE, '');
  if (!/[<]|javascript:|data:|vbscript:/i.test(text)) {
    return text.trim();
  }
  const { default: sanitize } = await import('sanitize-html');
  const options = {
    allowedTags: [
      ...sanitize.defaults.allowedTags.filter(tag => tag !== 'main'),
      'img'
    ],
    allowedAttributes: {
      a: ['href'],
      img: ['src', 'alt', 'width', 'height']
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false
  };
  return text
    .split(CODE)
    .map((part, index) =>
      index % 2 === 1 ? part : asMarkdown(sanitize(withLinks(part), options))
    )
    .join('')
    .trim();
}

/** Autolinks look like tags to a reader of HTML. */
const withLinks = (text: string): string =>
  text
    .replace(/<(https?:\/\/[^\s<>]+)>/g, (_, url: string) => `[${url}](${url})`)
    .replace(/\]\(\s*(?:javascript|data|vbscript):[^)]*\)/gi, ']()');

/** Quotations begin with a sign that HTML writes otherwise; ampersands stand for themselves. */
const asMarkdown = (html: string): string =>
  html
    .replace(
      /^(\s*)((?:&gt;\s?)+)/gm,
      (_, space: string, marks: string) => space + marks.replaceAll('&gt;', '>')
    )
    .replaceAll('&amp;', '&');

/** Addresses of the web; others are left out, and their keys named. */
export function webLinks(value: unknown): {
  links: Record<string, string>;
  refused: string[];
} {
  const links: Record<string, string> = {};
  const refused: string[] = [];
  const entries =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  for (const [key, address] of entries.slice(0, MAX_ITEMS)) {
    const name = plainLine(key, 100);
    if (typeof address !== 'string' || address.trim() === '') {
      continue;
    }
    if (/^https?:\/\/[^\s]+$/i.test(address.trim()) && URL.canParse(address)) {
      links[name] = address.trim().slice(0, 2000);
    } else if (/^[a-z][a-z0-9+.-]*:/i.test(address.trim())) {
      refused.push(name);
    }
  }
  return { links, refused };
}

/** One output in several MIME types; the notebook shows the richest it knows. JSON types are objects. */
export interface IMimeBundle {
  [mime: string]: unknown;
}

/** Convention of several JavaScript kernels: a method that returns how the object is shown. */
export const SHOWN_AS: unique symbol = Symbol.for('Jupyter.display');

/** An object that knows how to be shown. */
export interface IShowable {
  [SHOWN_AS](): IMimeBundle;
}

export const isShowable = (value: unknown): value is IShowable =>
  typeof (value as Partial<IShowable> | null | undefined)?.[SHOWN_AS] ===
  'function';

/** Make `value` showable without adding anything that loops or JSON would see. */
export function shownAs<T extends object>(
  value: T,
  bundle: (value: T) => IMimeBundle
): T {
  return Object.defineProperty(value, SHOWN_AS, {
    configurable: true,
    value: () => bundle(value)
  });
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
};

/** Text from modules, files and people as it stands in HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => ENTITIES[character]);

const MAX_TEXT = 100_000;

/** Text, cut where it would make the notebook heavy. */
export const textBundle = (text: string): IMimeBundle => ({
  'text/plain':
    text.length > MAX_TEXT
      ? `${text.slice(0, MAX_TEXT)}\n… and ${text.length - MAX_TEXT} more characters`
      : text
});

export const jsonBundle = (value: unknown): IMimeBundle =>
  textBundle(JSON.stringify(value, null, 2) ?? String(value));

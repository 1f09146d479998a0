/** The URL that a text is; null when it is none. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    // There is no other way to ask in every browser that Lab supports.
    return null;
  }
}

/** The URL if it is one of the web: a catalogue may hold any scheme. */
export function webUrl(text: string | undefined): URL | null {
  const url = parseUrl(text ?? '');
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

import * as React from 'react';

/** What a browser shows, and plays, without running anything. */
const INERT =
  /^(image\/(png|jpeg|gif|webp|bmp|avif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/**
 * The object URL of a blob, loaded anew for each `source`.
 *
 * @param load - may give `null`: there is nothing to show.
 * @returns null while it loads, and when it cannot be loaded: a picture beside the result is not worth an error.
 */
export function useBlobUrl(
  source: object,
  load: () => Promise<Blob | null>
): string | null {
  const [url, setUrl] = React.useState<string | null>(null);
  const loader = React.useRef(load);
  React.useEffect(() => {
    loader.current = load;
  });
  React.useEffect(() => {
    let isWanted = true;
    let made = '';
    loader.current().then(
      blob => {
        if (isWanted && blob) {
          made = URL.createObjectURL(harmless(blob));
          setUrl(made);
        }
      },
      reason => console.warn('A picture could not be loaded.', reason)
    );
    return () => {
      isWanted = false;
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [source]);
  return url;
}

/** An object URL has the origin of Jupyter: HTML or SVG opened from it in a tab would run there. */
export function harmless(blob: Blob, type = blob.type): Blob {
  const isInert = INERT.test(type);
  return isInert && blob.type === type
    ? blob
    : new Blob([blob], { type: isInert ? type : 'application/octet-stream' });
}

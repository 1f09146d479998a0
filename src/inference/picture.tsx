import * as React from 'react';

const RASTER = /^image\/(png|jpeg|gif|webp|bmp|avif)$/;

/**
 * The object URL of a blob, loaded anew for each `source`.
 *
 * @returns null while it loads, and when it cannot be loaded: a picture beside the result is not worth an error.
 */
export function useBlobUrl(
  source: object,
  load: () => Promise<Blob>
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
        if (isWanted) {
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
function harmless(blob: Blob): Blob {
  return RASTER.test(blob.type)
    ? blob
    : new Blob([blob], { type: 'application/octet-stream' });
}

import {
  HEAD_BYTES,
  type INpyHeader,
  npyHeader
} from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import type { IViewContext } from './viewContext';

/** What is known of a file that is not shown. */
export function FactsView({ view }: { view: IViewContext }): JSX.Element {
  const { result, filename, trans } = view;
  const header = useNpyHeader(result.blob);
  return (
    <p className="jp-DeepInference-empty">
      {filename} · {result.contentType} · {formatSize(result.blob.size)}
      {header && (
        <>
          <br />
          {trans.__(
            'NumPy array, %1 of type %2',
            header.shape.join(' × ') || trans.__('one value'),
            header.dtype
          )}
        </>
      )}
    </p>
  );
}

function useNpyHeader(blob: Blob): INpyHeader | undefined {
  const [header, setHeader] = React.useState<INpyHeader>();
  React.useEffect(() => {
    let isWanted = true;
    const read = async () =>
      npyHeader(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
    read().then(
      found => isWanted && setHeader(found),
      reason => console.warn('A file could not be read.', reason)
    );
    return () => {
      isWanted = false;
    };
  }, [blob]);
  return header;
}

import type { BatchItem, Run } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import type { IPageContext } from './pageContext';
import { useBlobUrl } from './picture';
import { percent } from './results/numbers';

interface IBatchItemsProps {
  page: IPageContext;
  run: Run;
  items: BatchItem[];
}

/** Files of which a small picture can be had, by their names. */
export const PICTURE = /\.(avif|bmp|gif|jpe?g|png|tiff?|webp)$/i;
const SHOWN_CHARACTERS = 160;

/** Small pictures with their labels. */
export function BatchCards(props: IBatchItemsProps): JSX.Element {
  const { page, run, items } = props;
  return (
    <ul className="jp-DeepInference-batchCards">
      {items.map(item => (
        <li key={item.item} data-state={item.state}>
          {PICTURE.test(item.path) && (
            <Thumbnail page={page} run={run.id} item={item.item} />
          )}
          <span className="jp-DeepInference-batchName" title={item.path}>
            {item.path}
          </span>
          <Outcome item={item} />
        </li>
      ))}
    </ul>
  );
}

interface IThumbnailProps {
  page: IPageContext;
  run: string;
  item: number;
}

/** A small picture of a file of a batch. */
export function Thumbnail({ page, run, item }: IThumbnailProps): JSX.Element {
  const source = React.useMemo(() => ({ run, item }), [run, item]);
  const url = useBlobUrl(source, () =>
    page.model.batch.client.thumbnail(run, item)
  );
  return (
    <span className="jp-DeepInference-batchPicture">
      {url && <img src={url} alt="" />}
    </span>
  );
}

/** One line a file. */
export function BatchTable({ page, items }: IBatchItemsProps): JSX.Element {
  const { trans } = page;
  return (
    <div className="jp-DeepInference-batchTable">
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('File')}</th>
            <th scope="col">{trans.__('Result')}</th>
            <th scope="col">{trans.__('Seconds')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={item.item} data-state={item.state}>
              <th scope="row">{item.path}</th>
              <td>
                <Outcome item={item} />
              </td>
              <td>{item.seconds?.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outcome({ item }: { item: BatchItem }): JSX.Element {
  const { error, label, probability, answer, file, note } = item;
  if (error) {
    return (
      <span className="jp-DeepInference-fieldError">
        <span aria-hidden="true">▲ </span>
        {error.detail} {error.hint}
      </span>
    );
  }
  return (
    <span>
      {label === undefined ? (
        (file ?? JSON.stringify(answer)?.slice(0, SHOWN_CHARACTERS))
      ) : (
        <>
          <strong>{label}</strong> {percent(probability ?? 0)}
        </>
      )}
      {note && <em> {note}</em>}
    </span>
  );
}

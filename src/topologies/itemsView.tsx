import type { Run, TopologyItem } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { JsonTree } from '../inference/results/jsonTree';
import { useBlobUrl } from '../inference/picture';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import type { TopologyEditor } from './editor';

interface IItemsViewProps {
  editor: TopologyEditor;
  run: Run;
  node: string;
  port?: string;
}

/** Items at a time. */
const STEP = 20;

/** What a run made at one place: an item a row, opened to see all of it. */
export function ItemsView(props: IItemsViewProps): JSX.Element {
  const { editor, run, node } = props;
  const { trans } = editor;
  const [onlyFailed, setOnlyFailed] = React.useState(false);
  const [count, setCount] = React.useState(STEP);
  const { items, total, failure } = useItems(props, count, onlyFailed);
  const failed = editor.run.progress(node)?.failed ?? 0;
  if (failure) {
    return <ErrorBox problem={failure.problem} trans={trans} />;
  }
  return (
    <div className="jp-DeepTopologies-items">
      {failed > 0 && (
        <label className="jp-DeepTopologies-switch">
          <input
            type="checkbox"
            checked={onlyFailed}
            onChange={({ target }) => setOnlyFailed(target.checked)}
          />
          {trans._n(
            'Only the %1 that failed',
            'Only the %1 that failed',
            failed
          )}
        </label>
      )}
      <p role="status" className="jp-DeepTopologies-about">
        {items === null
          ? trans.__('Looking…')
          : total === 0
            ? trans.__('No item has come here yet.')
            : trans._n('%1 item', '%1 items', total)}
      </p>
      {items?.map(item => (
        <ItemRow key={item.id} editor={editor} run={run.id} item={item} />
      ))}
      {items && total > items.length && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => setCount(count + STEP)}
        >
          {trans.__('Show more')}
        </button>
      )}
    </div>
  );
}

interface IItems {
  items: TopologyItem[] | null;
  total: number;
  failure: DeepRequestError | null;
}

/** Asked again while the run goes on, whenever the node has come further. */
function useItems(
  { editor, run, node, port }: IItemsViewProps,
  limit: number,
  onlyFailed: boolean
): IItems {
  const [found, setFound] = React.useState<IItems>({
    items: null,
    total: 0,
    failure: null
  });
  const { client } = editor.options;
  const { done = 0, failed = 0 } = editor.run.progress(node) ?? {};
  const isShort = (found.items?.length ?? 0) < limit;
  const news = isShort ? done + failed : run.state;
  React.useEffect(() => {
    const asked = new AbortController();
    const query = { node, port, limit, ...(onlyFailed && FAILED) };
    client.items(run.id, query, asked.signal).then(
      ({ items, total }) => setFound({ items, total, failure: null }),
      reason => {
        if (!asked.signal.aborted) {
          const failure = asRequestError(reason, editor.trans);
          setFound({ items: null, total: 0, failure });
        }
      }
    );
    return () => asked.abort();
  }, [client, editor.trans, run.id, node, port, limit, onlyFailed, news]);
  return found;
}

const FAILED = { state: 'failed' as const };

interface IItemRowProps {
  editor: TopologyEditor;
  run: string;
  item: TopologyItem;
}

function ItemRow({ editor, run, item }: IItemRowProps): JSX.Element {
  const { trans } = editor;
  const { origin, state, cached, file, value, isCut, error } = item;
  const [isOpen, setOpen] = React.useState(false);
  const isPicture = file !== undefined && PICTURE.test(file.contentType);
  return (
    <details
      className="jp-DeepTopologies-item"
      data-state={state}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        {isPicture && <Picture editor={editor} run={run} item={item} />}
        <span className="jp-DeepTopologies-itemName">{origin.name}</span>
        <span className="jp-DeepTopologies-itemValue">
          {error
            ? trans.__('▲ %1', error.title)
            : file
              ? `${file.name} · ${formatSize(file.sizeBytes)}`
              : state === 'waiting'
                ? trans.__('waiting')
                : brief(value)}
        </span>
        {cached && (
          <span className="jp-DeepTopologies-badge">{trans.__('cached')}</span>
        )}
      </summary>
      {isOpen && error && <ErrorBox problem={error} trans={trans} />}
      {isOpen && value !== undefined && (
        <JsonTree value={value} trans={trans} />
      )}
      {isOpen && isCut && (
        <p className="jp-DeepTopologies-about">
          {trans.__('This is its beginning: all of it is too long to show.')}
        </p>
      )}
    </details>
  );
}

const PICTURE = /^image\/(png|jpeg|gif|webp|bmp|avif)$/;

/** Larger pictures are not loaded for a row. */
const MOST_BYTES = 8e6;
const MOST_CHARACTERS = 120;

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}…`
    : text;
}

function Picture({ editor, run, item }: IItemRowProps): JSX.Element | null {
  const isSmall = (item.file?.sizeBytes ?? 0) <= MOST_BYTES;
  const key = React.useMemo(() => ({ run, id: item.id }), [run, item.id]);
  const url = useBlobUrl(key, async () =>
    isSmall ? editor.options.client.itemFile(run, item.id) : null
  );
  return url ? <img src={url} alt={item.origin.name} /> : null;
}

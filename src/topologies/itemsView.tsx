import type { Run, TopologyItem } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { JsonTree } from '../inference/results/jsonTree';
import { useBlobUrl } from '../inference/picture';
import { asRequestError, DeepRequestError } from '../service/errors';
import { ErrorBox } from '../shared/errorBox';
import { formatSize } from '../shared/sizes';
import type { TopologyEditor } from './editor';
import { isPicture, showPictures } from './pictureDialog';

interface IItemsViewProps {
  editor: TopologyEditor;
  run: Run;
  node: string;
  port?: string;

  /** Else all of them. */
  state?: 'failed';
}

/** Items at a time. */
const STEP = 20;

/** What a run made at one place: an item a row, opened to see all of it. */
export function ItemsView(props: IItemsViewProps): JSX.Element {
  const { editor, run, state } = props;
  const { trans } = editor;
  const [count, setCount] = React.useState(STEP);
  const { items, total, failure } = useItems(props, count);
  if (failure) {
    return <ErrorBox problem={failure.problem} trans={trans} />;
  }
  const pictures = (items ?? []).filter(isPicture);
  return (
    <div className="jp-DeepTopologies-items">
      {state !== 'failed' && (
        <p role="status" className="jp-DeepTopologies-about">
          {items === null
            ? trans.__('Looking…')
            : total === 0
              ? trans.__('No item has come here yet.')
              : trans._n('%2 item', '%2 items', total, total.toLocaleString())}
        </p>
      )}
      {items?.map(item => (
        <ItemRow
          key={item.id}
          editor={editor}
          run={run.id}
          item={item}
          onPicture={() =>
            void showPictures({ editor, run: run.id, pictures, first: item.id })
          }
        />
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
  { editor, run, node, port, state }: IItemsViewProps,
  limit: number
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
    const query = { node, port, state, limit };
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
  }, [client, editor.trans, run.id, node, port, state, limit, news]);
  return found;
}

interface IItemRowProps {
  editor: TopologyEditor;
  run: string;
  item: TopologyItem;
  onPicture: () => void;
}

function ItemRow(props: IItemRowProps): JSX.Element {
  const { editor, item } = props;
  const { trans } = editor;
  const { origin, state, cached, value, isCut, error } = item;
  const [isOpen, setOpen] = React.useState(false);
  const words = (
    <>
      <span className="jp-DeepTopologies-itemName">{origin.name}</span>
      {cached && (
        <span className="jp-DeepTopologies-badge">{trans.__('cached')}</span>
      )}
      <span className="jp-DeepTopologies-itemValue">
        {briefly(item, trans)}
      </span>
    </>
  );
  return (
    <div className="jp-DeepTopologies-item" data-state={state}>
      {isPicture(item) && <Thumbnail {...props} />}
      {error || value !== undefined ? (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>{words}</summary>
          {isOpen && error && <ErrorBox problem={error} trans={trans} />}
          {isOpen && value !== undefined && (
            <JsonTree value={value} trans={trans} />
          )}
          {isOpen && isCut && (
            <p className="jp-DeepTopologies-about">
              {trans.__(
                'This is its beginning: all of it is too long to show.'
              )}
            </p>
          )}
        </details>
      ) : (
        <p>{words}</p>
      )}
    </div>
  );
}

const MOST_CHARACTERS = 120;

function briefly(
  { error, file, state, value }: TopologyItem,
  trans: TranslationBundle
): string {
  if (error) {
    return trans.__('▲ %1', error.detail);
  }
  if (file) {
    return `${file.name} · ${formatSize(file.sizeBytes)}`;
  }
  if (state === 'waiting') {
    return trans.__('waiting');
  }
  const text = JSON.stringify(value) ?? '';
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}…`
    : text;
}

/** Larger pictures are loaded only when somebody wants to see one. */
const MOST_BYTES = 8e6;

function Thumbnail({ editor, run, item, onPicture }: IItemRowProps) {
  const { trans, options } = editor;
  const button = React.useRef<HTMLButtonElement>(null);
  const isSeen = useSeen(button);
  const isLoaded = isSeen && (item.file?.sizeBytes ?? 0) <= MOST_BYTES;
  const key = React.useMemo(
    () => ({ run, id: item.id, isLoaded }),
    [run, item.id, isLoaded]
  );
  const url = useBlobUrl(key, async () =>
    isLoaded ? options.client.itemFile(run, item.id) : null
  );
  const label = trans.__('Show %1 in full size', item.origin.name);
  return (
    <button
      ref={button}
      type="button"
      className="jp-DeepTopologies-thumbnail"
      aria-label={label}
      title={label}
      onClick={onPicture}
    >
      {url && <img src={url} alt="" />}
    </button>
  );
}

/** Whether it has come into view: a list of pictures does not load those below it. */
function useSeen(element: React.RefObject<HTMLElement>): boolean {
  const [isSeen, setSeen] = React.useState(false);
  React.useEffect(() => {
    const observer = new IntersectionObserver(entries => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        setSeen(true);
        observer.disconnect();
      }
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}

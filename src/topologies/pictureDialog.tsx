import type { TopologyItem } from '@jupyterlab-deep/protocol';
import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useBlobUrl } from '../inference/picture';
import { useZoom, ZoomButtons } from '../inference/results/zoom';
import { asRequestError } from '../service/errors';
import { formatSize } from '../shared/sizes';
import type { TopologyEditor } from './editor';

interface IPicturesOptions {
  editor: TopologyEditor;
  run: string;

  /** Those that can be leafed through. */
  pictures: readonly TopologyItem[];

  /** The id of the one that is shown at once. */
  first: number;
}

const PICTURE = /^image\/(png|jpeg|gif|webp|bmp|avif)$/;

export const isPicture = ({ file }: TopologyItem): boolean =>
  file !== undefined && PICTURE.test(file.contentType);

/** A picture of a run as large as there is room, or in its own size; arrows lead to its neighbours. */
export async function showPictures(options: IPicturesOptions): Promise<void> {
  const { trans } = options.editor;
  const dialog = new Dialog<void>({
    title: trans.__('Picture'),
    body: ReactWidget.create(<Pictures {...options} />),
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
    focusNodeSelector: '.jp-DeepResults-view',
    hasClose: true
  });
  dialog.addClass('jp-DeepTopologies-pictureDialog');
  await dialog.launch();
}

function Pictures(props: IPicturesOptions): JSX.Element {
  const { editor, run, pictures, first } = props;
  const { trans } = editor;
  const [place, setPlace] = React.useState(() =>
    Math.max(
      pictures.findIndex(({ id }) => id === first),
      0
    )
  );
  const item = pictures[place];
  const { name, contentType, sizeBytes } = item.file!;
  const about = [
    ...(name === item.origin.name ? [] : [name]),
    contentType,
    formatSize(sizeBytes)
  ];
  const go = (step: number) =>
    setPlace(Math.min(Math.max(place + step, 0), pictures.length - 1));
  return (
    <div
      className="jp-DeepTopologies-picture"
      onKeyDown={({ key, target }) => {
        // In a picture that is larger than its place arrows move it.
        if ((target as HTMLElement).dataset.fit !== 'false') {
          go(STEPS[key] ?? 0);
        }
      }}
    >
      <p role="status">
        <strong>{item.origin.name}</strong> · {about.join(' · ')}
      </p>
      <Picture editor={editor} run={run} item={item}>
        {pictures.length > 1 && (
          <div className="jp-DeepTopologies-leaf">
            <button
              type="button"
              className="jp-mod-styled"
              disabled={place === 0}
              onClick={() => go(-1)}
            >
              {trans.__('Previous')}
            </button>
            <span>{trans.__('%1 of %2', place + 1, pictures.length)}</span>
            <button
              type="button"
              className="jp-mod-styled"
              disabled={place === pictures.length - 1}
              onClick={() => go(1)}
            >
              {trans.__('Next')}
            </button>
          </div>
        )}
      </Picture>
    </div>
  );
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

interface IPictureProps {
  editor: TopologyEditor;
  run: string;
  item: TopologyItem;
}

/** One element for all of them: the focus stays in it. */
function Picture(props: React.PropsWithChildren<IPictureProps>): JSX.Element {
  const { editor, run, item, children } = props;
  const { trans, options } = editor;
  const zoom = useZoom();
  const [width, setWidth] = React.useState(0);
  const [failed, setFailed] = React.useState({ id: -1, words: '' });
  const fail = (words: string) => setFailed({ id: item.id, words });
  const failure = failed.id === item.id ? failed.words : '';
  const url = useBlobUrl(item, () =>
    options.client.itemFile(run, item.id).catch(reason => {
      fail(asRequestError(reason, trans).problem.detail);
      return null;
    })
  );
  return (
    <>
      <div
        className="jp-DeepResults-view"
        data-fit={zoom.scale === null}
        role="group"
        tabIndex={0}
        aria-label={trans.__('Picture of %1', item.origin.name)}
        onKeyDown={zoom.onKeyDown}
      >
        {failure ? (
          <p role="alert">
            {trans.__('The picture could not be loaded: %1', failure)}
          </p>
        ) : (
          url && (
            <img
              src={url}
              alt={item.origin.name}
              style={zoom.scale === null ? {} : { width: width * zoom.scale }}
              onLoad={({ currentTarget }) =>
                setWidth(currentTarget.naturalWidth)
              }
              onError={() => fail(trans.__('the browser cannot show it'))}
            />
          )
        )}
      </div>
      <div>
        <ZoomButtons zoom={zoom} trans={trans} />
        {children}
      </div>
    </>
  );
}

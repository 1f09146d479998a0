import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { AnswerView } from './answerView';
import { downloadBlob } from './download';
import { ownName } from './fileName';
import { formatCount } from './numbers';
import { IPredictionResult, readResult } from '../result';
import type { IViewContext } from './viewContext';
import {
  IZipEntry,
  IZipListing,
  listZip,
  MOST_ARCHIVE_BYTES,
  MOST_FILE_BYTES,
  takeFromZip
} from './zipListing';

/** Rows at a time. */
const STEP = 200;

/** An archive in an archive is opened; one in that is only saved. */
const DEEPEST = 2;

interface IOpened {
  place: number;
  entry: IZipEntry;
  result: IPredictionResult;
}

/** The files of an archive, each to be looked at or saved. */
export function ZipView({ view }: { view: IViewContext }): JSX.Element {
  const { result, trans } = view;
  const archive = useArchive(result.blob, trans);
  const [opened, setOpened] = React.useState<IOpened | null>(null);
  const [problem, setProblem] = React.useState('');
  if (!archive.listing) {
    return (
      <p role="status" className="jp-DeepInference-empty">
        {archive.problem || trans.__('Reading the archive…')}
      </p>
    );
  }
  const { bytes, listing } = archive;
  const take = async (place: number, act: (blob: Blob) => Promise<void>) => {
    try {
      await act(new Blob([takeFromZip(bytes, place) as BlobPart]));
      setProblem('');
    } catch (reason) {
      setProblem(unpackProblem(listing.entries[place], reason, trans));
    }
  };
  const show = (place: number) =>
    take(place, async blob => {
      const entry = listing.entries[place];
      const result = await readResult(blob, '', entry.name);
      setOpened({ place, entry, result });
    });
  const save = (place: number) =>
    take(place, async blob =>
      downloadBlob(blob, ownName(listing.entries[place].name))
    );
  return (
    <>
      <EntryTable
        listing={listing}
        canShow={view.depth < DEEPEST}
        onShow={show}
        onSave={save}
        trans={trans}
      />
      {problem && <p role="alert">{problem}</p>}
      {opened && (
        <section aria-label={opened.entry.name}>
          <h3>{opened.entry.name}</h3>
          <AnswerView
            key={opened.place}
            view={{
              ...view,
              result: opened.result,
              filename: ownName(opened.entry.name),
              depth: view.depth + 1
            }}
          />
        </section>
      )}
    </>
  );
}

type Archive =
  | { listing: null; problem: string }
  | { listing: IZipListing; bytes: Uint8Array };

function useArchive(blob: Blob, trans: TranslationBundle): Archive {
  const [archive, setArchive] = React.useState<Archive>({
    listing: null,
    problem: ''
  });
  React.useEffect(() => {
    let isWanted = true;
    const settle = (next: Archive) => isWanted && setArchive(next);
    readArchive(blob, trans).then(settle, reason =>
      settle({
        listing: null,
        problem: trans.__(
          'This archive cannot be read: %1. It can still be saved.',
          reason instanceof Error ? reason.message : String(reason)
        )
      })
    );
    return () => {
      isWanted = false;
    };
  }, [blob, trans]);
  return archive;
}

async function readArchive(
  blob: Blob,
  trans: TranslationBundle
): Promise<Archive> {
  if (blob.size > MOST_ARCHIVE_BYTES) {
    const problem = trans.__(
      'An archive of %1 is too large to be listed here. Save it.',
      formatSize(blob.size)
    );
    return { listing: null, problem };
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { listing: listZip(bytes), bytes };
}

function unpackProblem(
  { name, sizeBytes }: IZipEntry,
  reason: unknown,
  trans: TranslationBundle
): string {
  if (sizeBytes > MOST_FILE_BYTES) {
    return trans.__(
      '“%1” has %2, which is too much to be unpacked here. Save the archive.',
      name,
      formatSize(sizeBytes)
    );
  }
  return trans.__(
    '“%1” cannot be unpacked: %2.',
    name,
    reason instanceof Error ? reason.message : String(reason)
  );
}

interface IEntryTableProps {
  listing: IZipListing;
  canShow: boolean;
  onShow: (place: number) => void;
  onSave: (place: number) => void;
  trans: TranslationBundle;
}

function EntryTable(props: IEntryTableProps): JSX.Element {
  const { listing, canShow, onShow, onSave, trans } = props;
  const [count, setCount] = React.useState(STEP);
  const files = listing.entries
    .map((entry, place) => ({ ...entry, place }))
    .filter(({ isFolder }) => !isFolder);
  const shown = files.slice(0, count);
  const total = shown.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <>
      <div
        className="jp-DeepResults-table"
        role="region"
        tabIndex={0}
        aria-label={trans.__('Files in the archive')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Size')}</th>
              <th scope="col">{trans.__('Actions')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, sizeBytes, place }) => (
              <tr key={place}>
                <td>{name}</td>
                <td data-number="true">{formatSize(sizeBytes)}</td>
                <td className="jp-DeepResults-buttons">
                  {canShow && (
                    <button
                      type="button"
                      className="jp-mod-styled"
                      aria-label={trans.__('Show %1', name)}
                      onClick={() => onShow(place)}
                    >
                      {trans.__('Show')}
                    </button>
                  )}
                  <button
                    type="button"
                    className="jp-mod-styled"
                    aria-label={trans.__('Download %1', name)}
                    onClick={() => onSave(place)}
                  >
                    {trans.__('Download')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="jp-DeepResults-note">
        {trans.__(
          '%1 of %2 files, %3.',
          formatCount(shown.length),
          `${formatCount(files.length)}${listing.isCut ? '+' : ''}`,
          formatSize(total)
        )}{' '}
        {files.length > shown.length && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => setCount(count + STEP)}
          >
            {trans.__('Show more files')}
          </button>
        )}
      </p>
    </>
  );
}

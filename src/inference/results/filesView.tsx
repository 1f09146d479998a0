import type {
  IFileInside,
  IFilesPart
} from '@jupyterlab-deep/protocol/lib/results';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { IPredictionResult, readResult } from '../result';
import { AnswerView } from './answerView';
import { bytesOfBase64 } from './base64';
import { downloadBlob } from './download';
import { formatCount } from './numbers';
import type { IPartProps, IViewContext } from './viewContext';
import { endingOf, ownName } from './fileName';

/** Files that are opened by themselves. */
const OPEN_AT_FIRST = 4;

/** Files that stand in a JSON answer as text. */
export function FilesView(props: IPartProps<IFilesPart>): JSX.Element {
  const { part, view } = props;
  const { trans } = view;
  return (
    <section
      className="jp-DeepResults-files"
      aria-label={trans.__('Files in the answer')}
    >
      {part.files.map((file, index) => (
        <FileInside
          key={`${index} ${file.name}`}
          file={file}
          isOpen={index < OPEN_AT_FIRST}
          view={view}
        />
      ))}
      {part.total > part.files.length && (
        <p className="jp-DeepResults-note">
          {trans.__(
            'The first %1 of %2 files.',
            formatCount(part.files.length),
            formatCount(part.total)
          )}
        </p>
      )}
    </section>
  );
}

interface IFileInsideProps {
  file: IFileInside;
  isOpen: boolean;
  view: IViewContext;
}

function FileInside({ file, isOpen, view }: IFileInsideProps): JSX.Element {
  const { trans } = view;
  const [isShown, setShown] = React.useState(isOpen);
  const { result, problem } = useFile(file, isShown);
  const filename = nameOf(file);
  return (
    <details
      open={isShown}
      onToggle={({ currentTarget }) => setShown(currentTarget.open)}
    >
      <summary>
        {file.name} · {file.contentType} · {formatSize(file.sizeBytes)}
      </summary>
      {problem && (
        <p role="alert">
          {trans.__('This text is no file after all: %1', problem)}
        </p>
      )}
      {result && (
        <>
          <AnswerView
            view={{ ...view, result, filename, depth: view.depth + 1 }}
          />
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Download %1', filename)}
            onClick={() => downloadBlob(result.blob, filename)}
          >
            {trans.__('Download')}
          </button>
        </>
      )}
    </details>
  );
}

function nameOf({ name, contentType }: IFileInside): string {
  const stem = name.replace(/[^\w.-]+/g, '_');
  return ownName(`${stem}.${endingOf(contentType)}`);
}

interface IReadFile {
  result: IPredictionResult | null;
  problem: string;
}

function useFile(file: IFileInside, isWanted: boolean): IReadFile {
  const [read, setRead] = React.useState<IReadFile>({
    result: null,
    problem: ''
  });
  React.useEffect(() => {
    let isLive = isWanted;
    const settle = (next: IReadFile) => isLive && setRead(next);
    if (isWanted) {
      open(file).then(
        result => settle({ result, problem: '' }),
        reason => settle({ result: null, problem: String(reason) })
      );
    }
    return () => {
      isLive = false;
    };
  }, [file, isWanted]);
  return read;
}

const open = async (file: IFileInside): Promise<IPredictionResult> => {
  const { base64, contentType } = file;
  const blob = new Blob([bytesOfBase64(base64)], { type: contentType });
  return readResult(blob, contentType);
};

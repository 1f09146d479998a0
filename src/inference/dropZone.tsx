import { fileIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { CONTENTS_MIME, useDrop } from '../shared/labDrag';
import { formatSize } from '../shared/sizes';
import {
  ChosenFile,
  fromComputer,
  fromContents,
  isPreviewable,
  IUrlFile,
  readChosen
} from './chosenFile';
import type { IPageContext } from './pageContext';
import { useBlobUrl } from './picture';
import { PrivateConfirmation, UrlChoice } from './urlChoice';

const TAKEN = [CONTENTS_MIME];

interface IDropZoneProps {
  page: IPageContext;
  argument: string;
  label: string;

  /** Id of the description. */
  describedBy: string;
}

/** A place for one file: from Lab's file browser, from the computer, by mouse or by keyboard. */
export function DropZone(props: IDropZoneProps): JSX.Element {
  const { page, argument, label, describedBy } = props;
  const { trans } = page;
  const { trial } = page.model;
  const [complaint, setComplaint] = React.useState('');
  const [isAsking, setAsking] = React.useState(false);
  const zone = React.useRef<HTMLDivElement>(null);
  const take = React.useCallback(
    async (choose: () => Promise<ChosenFile | null>) => {
      setComplaint('');
      try {
        const file = await choose();
        if (file && !trial.isDisposed) {
          trial.setFile(argument, file);
        }
      } catch (reason) {
        setComplaint(
          trans.__('This file cannot be used: %1', messageOf(reason))
        );
      }
    },
    [argument, trial, trans]
  );
  const takePaths = React.useCallback(
    (_: string, paths: unknown) =>
      void take(() =>
        fromContents(page.contents, single(paths as string[], page), trans)
      ),
    [page, take, trans]
  );
  const isOver = useDrop(zone, TAKEN, takePaths);
  const takeFiles = (files: readonly File[]) =>
    void take(async () => fromComputer(single(files, page), trans));
  const file = trial.files.get(argument);
  return (
    <div
      ref={zone}
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      className={`jp-DeepInference-dropZone${isOver ? ' jp-mod-dropTarget' : ''}`}
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        event.preventDefault();
        event.stopPropagation();
        takeFiles([...event.dataTransfer.files]);
      }}
    >
      <span className="jp-DeepInference-dropLabel">{label}</span>
      {file ? (
        <>
          <ChosenFileView page={page} argument={argument} file={file} />
          {file.kind === 'url' && (
            <PrivateConfirmation page={page} argument={argument} file={file} />
          )}
        </>
      ) : (
        <p>{trans.__('Drop a file here.')}</p>
      )}
      <Buttons
        page={page}
        takeFiles={takeFiles}
        take={take}
        onUrl={() => setAsking(!isAsking)}
      />
      {isAsking && (
        <UrlChoice page={page} take={take} onDone={() => setAsking(false)} />
      )}
      {complaint && (
        <p role="alert" className="jp-DeepInference-fieldError">
          {complaint}
        </p>
      )}
    </div>
  );
}

interface IButtonsProps {
  page: IPageContext;
  take: (choose: () => Promise<ChosenFile | null>) => Promise<void>;
  takeFiles: (files: readonly File[]) => void;
  onUrl: () => void;
}

function Buttons(props: IButtonsProps): JSX.Element {
  const { page, take, takeFiles, onUrl } = props;
  const { trans, chooseFromJupyter } = page;
  const input = React.useRef<HTMLInputElement>(null);
  return (
    <div className="jp-DeepInference-dropButtons">
      {chooseFromJupyter && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void take(chooseFromJupyter)}
        >
          {trans.__('Choose from Jupyter…')}
        </button>
      )}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => input.current?.click()}
      >
        {trans.__('Choose from computer…')}
      </button>
      <button type="button" className="jp-mod-styled" onClick={onUrl}>
        {trans.__('From the web…')}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={trans.__('File of this computer')}
        onChange={event => {
          const files = [...(event.target.files ?? [])];
          // So that the same file can be chosen again after it changed.
          event.target.value = '';
          if (files.length > 0) {
            takeFiles(files);
          }
        }}
      />
    </div>
  );
}

interface IChosenFileViewProps {
  page: IPageContext;
  argument: string;
  file: ChosenFile;
}

function ChosenFileView(props: IChosenFileViewProps): JSX.Element {
  const { page, argument, file } = props;
  const { trans, model } = page;
  return (
    <div className="jp-DeepInference-chosen">
      {file.kind !== 'url' && isPreviewable(file) ? (
        <Preview page={page} file={file} />
      ) : (
        <fileIcon.react tag="span" />
      )}
      <span>
        <strong>{file.name}</strong>
        {file.sizeBytes !== null && ` · ${formatSize(file.sizeBytes)}`}
        {' · '}
        {originWords(file, page)}
      </span>
      <button
        type="button"
        aria-label={trans.__('Remove %1', file.name)}
        title={trans.__('Remove')}
        onClick={() => model.trial.setFile(argument, null)}
      >
        ✕
      </button>
    </div>
  );
}

function Preview({
  page,
  file
}: {
  page: IPageContext;
  file: Exclude<ChosenFile, IUrlFile>;
}): JSX.Element {
  const url = useBlobUrl(file, () =>
    readChosen(file, page.client, page.contents)
  );
  const [broken, setBroken] = React.useState<string | null>(null);
  return url && url !== broken ? (
    <img
      src={url}
      alt=""
      className="jp-DeepInference-preview"
      onError={() => setBroken(url)}
    />
  ) : (
    <fileIcon.react tag="span" />
  );
}

function originWords(file: ChosenFile, { trans }: IPageContext): string {
  switch (file.kind) {
    case 'jupyter':
      return file.path;
    case 'browser':
      return file.origin;
    case 'example':
      return trans.__('the module’s example');
    case 'url':
      return file.url;
  }
}

function single<T>(list: readonly T[], { trans }: IPageContext): T {
  if (list.length !== 1) {
    throw new Error(
      trans._n(
        '%1 file was given; it takes one.',
        '%1 files were given; it takes one at a time.',
        list.length
      )
    );
  }
  return list[0];
}

const messageOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);

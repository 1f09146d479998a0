import { ServerConnection } from '@jupyterlab/services';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { copyText } from './textView';
import type { IPageContext } from '../pageContext';
import { ResultCommandIDs } from './commandIds';
import { downloadBlob } from './download';
import { saveFile, TooLargeForDrive } from './saveFile';
import type { IViewContext } from './viewContext';

interface IActionsProps {
  page: IPageContext;
  view: IViewContext;
}

/** What can be done with an answer, whatever it is. */
export function Actions({ page, view }: IActionsProps): JSX.Element {
  const { trans } = page;
  const { result, filename } = view;
  const { words, isFailed, isBusy, tell } = useTelling(page, result);
  const save = (say: (words: string) => void) => saveHere(page, view, say);
  return (
    <div className="jp-DeepResults-actions">
      <div
        role="group"
        aria-label={trans.__('What to do with the answer')}
        className="jp-DeepResults-buttons"
      >
        <button
          type="button"
          className="jp-mod-styled"
          disabled={isBusy}
          onClick={() =>
            void tell(async say => trans.__('Saved as %1.', await save(say)))
          }
        >
          {trans.__('Save to Jupyter')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={
            isBusy || !page.commands.hasCommand(ResultCommandIDs.insertResult)
          }
          onClick={() =>
            void tell(async say => {
              const path = await save(say);
              const notebook: string = await page.commands.execute(
                ResultCommandIDs.insertResult,
                { path, medium: result.medium }
              );
              return trans.__('Saved as %1, loaded by %2.', path, notebook);
            })
          }
        >
          {trans.__('Send to a notebook')}
        </button>
        {result.medium === 'json' && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() =>
              void tell(async () => {
                await copyText(result);
                return trans.__('Copied.');
              })
            }
          >
            {trans.__('Copy JSON')}
          </button>
        )}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => downloadBlob(result.blob, filename)}
        >
          {trans.__('Download')}
        </button>
        <span className="jp-DeepResults-count">
          {formatSize(result.blob.size)}
        </span>
      </div>
      <p role={isFailed ? 'alert' : 'status'}>{words}</p>
    </div>
  );
}

type Tell = (
  act: (say: (words: string) => void) => Promise<string>
) => Promise<void>;

interface ITelling {
  words: string;
  isFailed: boolean;
  isBusy: boolean;
  tell: Tell;
}

/** Says what became of an action on this result. */
function useTelling({ trans }: IPageContext, result: object): ITelling {
  const [state, setState] = React.useState({
    of: result,
    words: '',
    isFailed: false,
    isBusy: false
  });
  const say = (words: string, isBusy = false, isFailed = false) =>
    setState({ of: result, words, isBusy, isFailed });
  const tell: Tell = async act => {
    say('', true);
    try {
      say(await act(words => say(words, true)));
    } catch (reason) {
      say(trans.__('This did not work: %1', reasonOf(reason)), false, true);
    }
  };
  return state.of === result
    ? { ...state, tell }
    : { words: '', isBusy: false, isFailed: false, tell };

  function reasonOf(reason: unknown): string {
    if (reason instanceof TooLargeForDrive) {
      return trans.__(
        'this drive takes files of up to 50 MB. Choose a folder of Jupyter itself, or download the file.'
      );
    }
    if (reason instanceof ServerConnection.ResponseError) {
      return trans.__(
        'Jupyter answered “%1” (%2). Choose another folder in the file browser.',
        reason.message,
        reason.response.status
      );
    }
    return reason instanceof Error ? reason.message : String(reason);
  }
}

function saveHere(
  { contents, currentFolder, trans }: IPageContext,
  { result: { blob }, filename }: IViewContext,
  say: (words: string) => void
): Promise<string> {
  return saveFile({
    contents,
    folder: currentFolder(),
    name: filename,
    blob,
    onProgress: sentBytes =>
      say(
        trans.__(
          'Saving: %1 of %2',
          formatSize(sentBytes),
          formatSize(blob.size)
        )
      )
  });
}

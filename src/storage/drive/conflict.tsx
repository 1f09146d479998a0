import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { formatSize } from '../../shared/sizes';
import { diffOf, IDiffLine } from './textDiff';

/** Two versions of a file: the one of this tab, and the one that lies in the cloud. */
export interface IConflict {
  name: string;
  mine: Blob;
  theirs: Blob;
  isText: boolean;
}

export type ConflictChoice = 'keep-both' | 'overwrite' | 'cancel';

const CHOICES: ConflictChoice[] = ['cancel', 'overwrite', 'keep-both'];

/** Somebody else saved meanwhile: compare, then keep both, overwrite or leave it. */
export async function askConflict(
  conflict: IConflict,
  trans: TranslationBundle
): Promise<ConflictChoice> {
  const lines = conflict.isText ? await linesOf(conflict) : null;
  const dialog = new Dialog({
    title: trans.__('“%1” has changed in the cloud', conflict.name),
    body: ReactWidget.create(<Conflict {...{ conflict, lines, trans }} />),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Overwrite') }),
      Dialog.okButton({ label: trans.__('Keep Both') })
    ],
    defaultButton: 2
  });
  dialog.addClass('jp-DeepStorage-conflictDialog');
  const { button } = await dialog.launch();
  const buttons = [
    trans.__('Cancel'),
    trans.__('Overwrite'),
    trans.__('Keep Both')
  ];
  return CHOICES[buttons.indexOf(button.label)] ?? 'cancel';
}

const textOf = (blob: Blob): Promise<string> => new Response(blob).text();

async function linesOf({
  mine,
  theirs
}: IConflict): Promise<IDiffLine[] | null> {
  return diffOf(await textOf(mine), await textOf(theirs));
}

interface IProps {
  conflict: IConflict;
  lines: IDiffLine[] | null;
  trans: TranslationBundle;
}

function Conflict({ conflict, lines, trans }: IProps): JSX.Element {
  const { mine, theirs } = conflict;
  return (
    <div className="jp-DeepStorage-conflict">
      <p>
        {trans.__(
          'It was saved elsewhere after you opened it. Keep both saves yours under a new name; overwrite replaces the version of the cloud.'
        )}
      </p>
      <p>
        {trans.__(
          'Yours: %1 · in the cloud: %2',
          formatSize(mine.size),
          formatSize(theirs.size)
        )}
      </p>
      {lines && (
        <details>
          <summary>{trans.__('Compare')}</summary>
          <Comparison lines={lines} trans={trans} />
        </details>
      )}
    </div>
  );
}

/** Lines around a change that are shown with it. */
const AROUND = 3;

function Comparison({
  lines,
  trans
}: Pick<IProps, 'trans'> & { lines: IDiffLine[] }): JSX.Element {
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(l => !l.isSame);
  return (
    <div
      className="jp-DeepStorage-diff"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Both versions, side by side')}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Yours')}</th>
            <th scope="col">{trans.__('In the cloud')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, at) =>
            isNear(at) ? (
              <tr key={at} data-same={line.isSame}>
                <td>
                  {line.mine === undefined ? '' : signed('+', line, line.mine)}
                </td>
                <td>
                  {line.theirs === undefined
                    ? ''
                    : signed('−', line, line.theirs)}
                </td>
              </tr>
            ) : null
          )}
        </tbody>
      </table>
    </div>
  );
}

/** A sign beside the colour. */
const signed = (sign: string, { isSame }: IDiffLine, text: string): string =>
  `${isSame ? ' ' : sign} ${text}`;

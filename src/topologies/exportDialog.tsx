import type {
  TopologyExport,
  TopologyExportRequest
} from '@jupyterlab-deep/protocol';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TopologyEditor } from './editor';
import { ChoiceField } from './fields';
import { askAndDo } from './workDialog';

type Format = TopologyExportRequest['to'];

/** Write the topology as something else, beside its file, and say what that cannot hold. */
export async function askToExport(editor: TopologyEditor): Promise<void> {
  const { trans, options } = editor;
  const { client, commands, contents, jupyterPath, save } = options;
  const exported = await askAndDo({
    title: trans.__('Export the topology'),
    okLabel: trans.__('Export'),
    missing: trans.__('This version of the service cannot do it yet.'),
    trans,
    value: { to: 'notebook-python' as Format },
    form: ({ to }, onChange) => (
      <ExportForm
        trans={trans}
        to={to}
        onChange={chosen => onChange({ to: chosen })}
      />
    ),
    work: async ({ to }) => {
      await save();
      const {
        filename,
        content,
        cannotSay,
        others = []
      } = await client.exportAs({ jupyterPath: jupyterPath(), to });
      const folder = PathExt.dirname(jupyterPath());
      const path = await writeBeside(contents, folder, filename, content);
      for (const other of others) {
        await addMissing(contents, PathExt.join(folder, other.filename), other);
      }
      return { path, cannotSay };
    }
  });
  if (exported) {
    await tellWhatIsLost(editor, exported.cannotSay);
    await commands.execute('docmanager:open', { path: exported.path });
  }
}

interface IExportFormProps {
  trans: TranslationBundle;
  to: Format;
  onChange: (to: Format) => void;
}

function ExportForm({ trans, to, onChange }: IExportFormProps): JSX.Element {
  return (
    <ChoiceField
      id="jp-deep-topology-format"
      label={trans.__('As')}
      about={trans.__(
        'It is written beside the topology; nothing is replaced.'
      )}
      value={to}
      choices={[
        {
          value: 'notebook-python',
          label: trans.__('a notebook for Python kernels')
        },
        {
          value: 'notebook-typescript',
          label: trans.__('a notebook for TypeScript')
        },
        { value: 'elyra', label: trans.__('a pipeline of Elyra') },
        {
          value: 'tosca',
          label: trans.__('a TOSCA template that deploys its modules')
        }
      ]}
      onChange={value => {
        onChange(value as Format);
        return '';
      }}
    />
  );
}

async function tellWhatIsLost(
  { trans }: TopologyEditor,
  cannotSay: TopologyExport['cannotSay']
): Promise<void> {
  if (cannotSay.length > 0) {
    await showDialog({
      title: trans.__('What the export cannot say'),
      body: (
        <ul>
          {cannotSay.map(each => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      ),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
  }
}

/** Under a name that nothing has. */
async function writeBeside(
  contents: Contents.IManager,
  folder: string,
  filename: string,
  content: string
): Promise<string> {
  const { content: there } = await contents.get(folder);
  const taken = new Set((there as Contents.IModel[]).map(({ name }) => name));
  const extension = PathExt.extname(filename);
  const stem = PathExt.basename(filename, extension);
  let name = `${stem}${extension}`;
  for (let number = 1; taken.has(name); number++) {
    name = `${stem}-${number}${extension}`;
  }
  const path = folder ? `${folder}/${name}` : name;
  await contents.save(path, { type: 'file', format: 'text', content });
  return path;
}

/** What is there already, such as from an earlier export, stays as it is. */
async function addMissing(
  contents: Contents.IManager,
  path: string,
  { content }: { content: string }
): Promise<void> {
  const folder = PathExt.dirname(path);
  if (!(await isThere(contents, folder))) {
    await contents.save(folder, { type: 'directory' });
  }
  if (!(await isThere(contents, path))) {
    await contents.save(path, { type: 'file', format: 'text', content });
  }
}

const isThere = (contents: Contents.IManager, path: string): Promise<boolean> =>
  contents.get(path, { content: false }).then(
    () => true,
    () => false
  );

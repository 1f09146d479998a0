import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { say } from '../storage/tell';
import type { TopologyEditor } from './editor';
import { SwitchField, TextField } from './fields';
import { askAndDo } from './workDialog';

/** What the service takes as a module's name. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Make a module of the topology as it is saved; its page is opened then. */
export async function askToServe(editor: TopologyEditor): Promise<void> {
  const { trans, options } = editor;
  const { client, commands, jupyterPath, save } = options;
  const served = await askAndDo({
    title: trans.__('Serve the topology as a module'),
    okLabel: trans.__('Make the module'),
    missing: trans.__('This version of the service cannot do it yet.'),
    trans,
    value: { name: nameOf(jupyterPath()), replace: false },
    form: (value, onChange) => (
      <ServeForm editor={editor} value={value} onChange={onChange} />
    ),
    work: async ({ name, replace }) => {
      await save();
      return client.serve({
        jupyterPath: jupyterPath(),
        name,
        ...(replace && { replace: true })
      });
    }
  });
  if (served) {
    say(trans.__('It is a module now: %1.', served.module));
    await commands.execute('deep:open-module', {
      id: served.module,
      tab: 'try'
    });
  }
}

interface IServeFormProps {
  editor: TopologyEditor;
  value: { name: string; replace: boolean };
  onChange: (changed: Partial<IServeFormProps['value']>) => void;
}

function ServeForm(props: IServeFormProps): JSX.Element {
  const { editor, value, onChange } = props;
  const { trans, model } = editor;
  const kinds = Object.values(model.document?.nodes ?? {}).map(
    ({ kind }) => kind
  );
  return (
    <>
      <p>
        {trans.__(
          'It becomes one of your modules: it can be tried, called from cells, deployed, and used in another topology. What a Request gives are its arguments, what comes to a Reply is its answer.'
        )}
      </p>
      {!(kinds.includes('request') && kinds.includes('reply')) && (
        <p className="jp-DeepTopologies-note">
          {trans.__(
            'It has no Request or no Reply: add both, so that a caller can give something and get something.'
          )}
        </p>
      )}
      <TextField
        id="jp-deep-topology-name"
        label={trans.__('Name of the module')}
        value={value.name}
        onChange={name => {
          onChange({ name });
          return NAME.test(name)
            ? ''
            : trans.__(
                'Small letters, digits, dots, hyphens and underscores; it begins with a letter or digit.'
              );
        }}
      />
      <SwitchField
        id="jp-deep-topology-replace"
        label={trans.__('Replace a module of this name')}
        value={value.replace}
        onChange={replace => {
          onChange({ replace });
          return '';
        }}
      />
    </>
  );
}

const nameOf = (path: string): string =>
  PathExt.basename(path)
    .replace(/\.topology$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '') || 'topology';

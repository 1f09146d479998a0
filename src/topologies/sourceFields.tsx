import type { TopologyNode } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { relativePath } from './editor';
import { TextField } from './fields';
import { INodeFormProps, setterOf } from './nodeForm';

/** A folder that is chosen instead of typed. */
export function ChooseFolder(props: INodeFormProps): JSX.Element | null {
  const { trans, options } = props.editor;
  const { chooseFolder, jupyterPath } = options;
  if (!chooseFolder) {
    return null;
  }
  const choose = async () => {
    const folder = await chooseFolder();
    if (folder !== null) {
      const from = PathExt.dirname(jupyterPath());
      // Of the folder of the document itself nothing is left.
      setterOf(props)('pattern', relativePath(from, folder) || '*');
    }
  };
  return (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void choose()}
    >
      {trans.__('Choose a folder…')}
    </button>
  );
}

type DatasetNode = Extract<TopologyNode, { kind: 'dataset' }>;

/** The name of a dataset; those that there are, are offered. */
export function DatasetField(props: INodeFormProps<DatasetNode>): JSX.Element {
  const { editor, node, prefix } = props;
  const { trans } = editor;
  const datasets = useDatasets(props);
  return (
    <TextField
      id={`${prefix}-dataset`}
      label={trans.__('Dataset')}
      about={
        datasets?.length === 0
          ? trans.__(
              'There is none yet: make one of a folder of your cloud, in the panel Storage.'
            )
          : trans.__('As cells name it: account:folder.')
      }
      list={datasets ?? []}
      value={node.dataset}
      onChange={given => setterOf(props)('dataset', given)}
    />
  );
}

/** null until they have come, and where the storage does not answer: its panel says why. */
function useDatasets({ editor }: INodeFormProps): string[] | null {
  const [found, setFound] = React.useState<string[] | null>(null);
  const { datasets } = editor.options;
  React.useEffect(() => {
    let isWanted = true;
    datasets().then(
      names => isWanted && setFound(names),
      reason => console.warn('The datasets could not be listed.', reason)
    );
    return () => {
      isWanted = false;
    };
  }, [datasets]);
  return found;
}

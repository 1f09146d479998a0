import type { TopologyNode } from '@jupyterlab-deep/protocol';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { IDatasetChoice, relativePath } from './editor';
import { ChoiceField, TextField } from './fields';
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

/** One of the datasets that there are; its name is typed where there is none yet. */
export function DatasetField(props: INodeFormProps<DatasetNode>): JSX.Element {
  const { editor, node, prefix } = props;
  const { trans } = editor;
  const datasets = useDatasets(props);
  const field = {
    id: `${prefix}-dataset`,
    label: trans.__('Dataset'),
    value: node.dataset,
    onChange: (given: string) => setterOf(props)('dataset', given)
  };
  if (!datasets?.length) {
    const about = datasets
      ? trans.__(
          'There is none yet: make one of a folder of your cloud, in the panel Storage.'
        )
      : trans.__('As cells name it: account:folder.');
    return <TextField {...field} about={about} />;
  }
  const known = datasets.map(({ ref }) => ({ value: ref, label: ref }));
  const chosen = datasets.find(({ ref }) => ref === node.dataset);
  const missing = {
    value: node.dataset,
    label: trans.__('%1 (not there)', node.dataset)
  };
  return (
    <ChoiceField
      {...field}
      about={
        chosen?.isLinked === false
          ? trans.__(
              'Its account is disconnected: what lies on this machine is read, and nothing new comes.'
            )
          : ''
      }
      choices={chosen ? known : [missing, ...known]}
    />
  );
}

/** null until they have come, and where the storage does not answer: its panel says why. */
function useDatasets({ editor }: INodeFormProps): IDatasetChoice[] | null {
  const [found, setFound] = React.useState<IDatasetChoice[] | null>(null);
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

import type { TopologyNode } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { ExpressionField } from './expressionField';
import { TextField } from './fields';
import { INodeFormProps, setterOf } from './nodeForm';

type CsvNode = Extract<TopologyNode, { kind: 'csv' }>;

/** The columns of a table: a name, and what is written there. */
export function ColumnsField(props: INodeFormProps<CsvNode>): JSX.Element {
  const { editor, id, node, prefix } = props;
  const { trans } = editor;
  const set = setterOf(props);
  const columns = Object.entries(node.columns ?? {});
  const write = (entries: [string, string][]) =>
    set(
      'columns',
      entries.length > 0 ? Object.fromEntries(entries) : undefined
    );
  const replace = (place: number, entry: [string, string]) =>
    columns.some(([name], at) => at !== place && name === entry[0])
      ? trans.__('There is a column of this name.')
      : write(columns.map((each, at) => (at === place ? entry : each)));
  return (
    <fieldset className="jp-DeepTopologies-list">
      <legend>{trans.__('Columns')}</legend>
      {columns.length === 0 && (
        <p className="jp-DeepTopologies-about">
          {trans.__('One for each key that the first rows have.')}
        </p>
      )}
      {columns.map(([name, expression], place) => (
        <div key={place} className="jp-DeepTopologies-listItem">
          <TextField
            id={`${prefix}-column-${place}`}
            label={trans.__('Name')}
            value={name}
            onChange={given => replace(place, [given, expression])}
          />
          <ExpressionField
            editor={editor}
            node={id}
            input="in"
            id={`${prefix}-value-${place}`}
            label={trans.__('Value')}
            about=""
            value={expression}
            onChange={given => replace(place, [name, given])}
          />
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Remove column %1', name)}
            onClick={() => write(columns.filter((_, at) => at !== place))}
          >
            {trans.__('Remove')}
          </button>
        </div>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() =>
          write([...columns, [freeName('column', node.columns ?? {}), '$']])
        }
      >
        {trans.__('Add a column')}
      </button>
    </fieldset>
  );
}

export function freeName(
  base: string,
  taken: Readonly<Record<string, unknown>>
): string {
  let name = base;
  for (let number = 2; name in taken; number++) {
    name = `${base}${number}`;
  }
  return name;
}

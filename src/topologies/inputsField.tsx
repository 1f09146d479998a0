import type { PortType, TopologyNode } from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { freeName } from './columnsField';
import { ChoiceField, SwitchField, TextField } from './fields';
import { INodeFormProps, setterOf } from './nodeForm';

type RequestNode = Extract<TopologyNode, { kind: 'request' }>;
type Input = RequestNode['inputs'][string];

/** What a caller gives: a name and a type each. */
export function InputsField(props: INodeFormProps<RequestNode>): JSX.Element {
  const { editor, node, prefix } = props;
  const { trans } = editor;
  const set = setterOf(props);
  const inputs = Object.entries(node.inputs);
  const write = (entries: [string, Input][]) =>
    set('inputs', Object.fromEntries(entries));
  const replace = (place: number, entry: [string, Input]) =>
    inputs.some(([name], at) => at !== place && name === entry[0])
      ? trans.__('There is an input of this name.')
      : write(inputs.map((each, at) => (at === place ? entry : each)));
  return (
    <fieldset className="jp-DeepTopologies-list">
      <legend>{trans.__('Inputs')}</legend>
      {inputs.map(([name, input], place) => (
        <div key={place} className="jp-DeepTopologies-listItem">
          <TextField
            id={`${prefix}-input-${place}`}
            label={trans.__('Name')}
            value={name}
            onChange={given => replace(place, [given, input])}
          />
          <ChoiceField
            id={`${prefix}-type-${place}`}
            label={trans.__('Takes')}
            value={typeName(input.type)}
            choices={typeChoices(trans)}
            onChange={given =>
              replace(place, [name, { ...input, type: TYPES[given] }])
            }
          />
          <SwitchField
            id={`${prefix}-required-${place}`}
            label={trans.__('Needed')}
            value={input.required === true}
            onChange={required =>
              replace(place, [name, { ...input, required }])
            }
          />
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Remove input %1', name)}
            onClick={() => write(inputs.filter((_, at) => at !== place))}
          >
            {trans.__('Remove')}
          </button>
        </div>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() =>
          write([
            ...inputs,
            [freeName('input', node.inputs), { type: TYPES.json }]
          ])
        }
      >
        {trans.__('Add an input')}
      </button>
    </fieldset>
  );
}

const TYPES: Record<string, PortType> = {
  picture: { kind: 'file', mediaTypes: ['image/*'] },
  file: { kind: 'file', mediaTypes: [] },
  text: { kind: 'json', schema: { type: 'string' } },
  number: { kind: 'json', schema: { type: 'number' } },
  json: { kind: 'json' }
};

const typeChoices = (trans: TranslationBundle) => [
  { value: 'picture', label: trans.__('a picture') },
  { value: 'file', label: trans.__('any file') },
  { value: 'text', label: trans.__('text') },
  { value: 'number', label: trans.__('a number') },
  { value: 'json', label: trans.__('any value') }
];

/** The choice that is nearest to a type that may have been written by hand. */
function typeName(type: PortType): string {
  if (type.kind === 'file') {
    return type.mediaTypes.includes('image/*') ? 'picture' : 'file';
  }
  const schema = type.kind === 'json' ? type.schema : undefined;
  switch ((schema as { type?: unknown } | undefined)?.type) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    default:
      return 'json';
  }
}

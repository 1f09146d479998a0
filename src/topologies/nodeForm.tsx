import type { TopologyNode } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { ColumnsField } from './columnsField';
import { ChooseFolder, DatasetField } from './sourceFields';
import type { TopologyEditor } from './editor';
import { ExpressionField } from './expressionField';
import { ChoiceField, NumberField, SwitchField, TextField } from './fields';
import { InputsField } from './inputsField';
import { mannerLabel } from './kinds';
import { ModuleForm } from './moduleForm';

export interface INodeFormProps<T extends TopologyNode = TopologyNode> {
  editor: TopologyEditor;
  id: string;
  node: T;

  /** Of the elements. */
  prefix: string;
}

/** What can be said of a node, by its kind. */
export function NodeForm(props: INodeFormProps): JSX.Element | null {
  const { editor, id, node, prefix } = props;
  const { trans } = editor;
  const set = setterOf(props);
  const text = (name: string, label: string, about = '', value = '') => (
    <TextField
      key={name}
      id={`${prefix}-${name}`}
      label={label}
      about={about}
      value={value}
      onChange={given => set(name, given)}
    />
  );
  const expression = (
    name: string,
    words: { label: string; about: string },
    input: string,
    isOptional = false
  ) => (
    <ExpressionField
      key={name}
      editor={editor}
      node={id}
      input={input}
      id={`${prefix}-${name}`}
      {...words}
      value={String((node as Record<string, unknown>)[name] ?? '')}
      onChange={given =>
        set(name, isOptional && given.trim() === '' ? undefined : given)
      }
    />
  );
  switch (node.kind) {
    case 'files':
      return (
        <>
          {text(
            'pattern',
            trans.__('Files'),
            trans.__(
              'A file, a folder (all files in it) or a pattern such as photos/*.jpg; from the folder of this document.'
            ),
            node.pattern
          )}
          <ChooseFolder {...props} />
        </>
      );
    case 'dataset':
      return (
        <>
          <DatasetField {...props} node={node} />
          <TextField
            id={`${prefix}-pattern`}
            label={trans.__('Only files like')}
            about={trans.__('Such as *.jpg; all where nothing is said.')}
            value={node.pattern ?? ''}
            onChange={given => set('pattern', given || undefined)}
          />
        </>
      );
    case 'csv-column':
      return (
        <>
          {text(
            'file',
            trans.__('CSV file'),
            trans.__('From the folder of this document.'),
            node.file
          )}
          {text('column', trans.__('Column'), '', node.column)}
          <SwitchField
            id={`${prefix}-isFile`}
            label={trans.__('The column has paths of files')}
            about={trans.__('From the folder of the CSV file.')}
            value={node.isFile === true}
            onChange={given => set('isFile', given || undefined)}
          />
        </>
      );
    case 'request':
      return <InputsField {...props} node={node} />;
    case 'module':
      return <ModuleForm {...props} node={node} />;
    case 'transform':
      return expression(
        'expression',
        {
          label: trans.__('Expression'),
          about: trans.__('JSONata: $ is the value; what it makes goes on.')
        },
        'value'
      );
    case 'filter':
      return expression(
        'condition',
        {
          label: trans.__('Goes on if'),
          about: trans.__(
            'JSONata: $ is the value, such as probabilities[0] > 0.5.'
          )
        },
        'in'
      );
    case 'branch':
      return expression(
        'condition',
        {
          label: trans.__('Goes to yes if'),
          about: trans.__('JSONata: $ is the value; all else goes to no.')
        },
        'in'
      );
    case 'merge':
      return (
        <>
          <ChoiceField
            id={`${prefix}-manner`}
            label={trans.__('Make of them')}
            value={node.manner}
            choices={(['vote', 'mean', 'key', 'list'] as const).map(value => ({
              value,
              label: mannerLabel(value, trans)
            }))}
            onChange={given => set('manner', given)}
          />
          {expression(
            'of',
            {
              label: trans.__('Of each, take'),
              about: trans.__('JSONata; else the value as it is.')
            },
            'in',
            true
          )}
          {expression(
            'by',
            {
              label: trans.__('Belongs together by'),
              about: trans.__(
                'JSONata; else what came from the same item of the source.'
              )
            },
            'in',
            true
          )}
        </>
      );
    case 'crop':
      return (
        <>
          {expression(
            'boxes',
            {
              label: trans.__('Boxes'),
              about: trans.__(
                'JSONata that makes a list of { left, top, width, height, label }; else boxes are found as results are drawn.'
              )
            },
            'boxes',
            true
          )}
          <NumberField
            id={`${prefix}-margin`}
            label={trans.__('Margin')}
            about={trans.__('Part of the box’s size, such as 0.1.')}
            value={node.margin}
            min={0}
            max={2}
            step={0.05}
            onChange={given => set('margin', given)}
          />
          <NumberField
            id={`${prefix}-most`}
            label={trans.__('At most so many boxes')}
            value={node.most}
            min={1}
            step={1}
            onChange={given => set('most', given)}
          />
        </>
      );
    case 'resize':
      return (
        <>
          <NumberField
            id={`${prefix}-width`}
            label={trans.__('Width, pixels')}
            value={node.width}
            min={1}
            onChange={given => set('width', given)}
          />
          <NumberField
            id={`${prefix}-height`}
            label={trans.__('Height, pixels')}
            value={node.height}
            min={1}
            onChange={given => set('height', given)}
          />
          <ChoiceField
            id={`${prefix}-manner`}
            label={trans.__('Manner')}
            value={node.manner}
            choices={[
              { value: 'contain', label: trans.__('Fits inside, whole') },
              { value: 'cover', label: trans.__('Fills, edges cut off') },
              { value: 'stretch', label: trans.__('Stretched') }
            ]}
            onChange={given => set('manner', given)}
          />
        </>
      );
    case 'folder':
      return (
        <>
          {text(
            'folder',
            trans.__('Folder'),
            trans.__('From the folder of this document.'),
            node.folder
          )}
          {expression(
            'name',
            {
              label: trans.__('Name of each file'),
              about: trans.__('JSONata; else the name of the origin.')
            },
            'in',
            true
          )}
        </>
      );
    case 'csv':
      return (
        <>
          {text(
            'file',
            trans.__('CSV file'),
            trans.__('From the folder of this document.'),
            node.file
          )}
          <ColumnsField {...props} node={node} />
        </>
      );
    case 'json-lines':
      return text(
        'file',
        trans.__('File'),
        trans.__('From the folder of this document.'),
        node.file
      );
    case 'reply':
      return null;
  }
}

/** Changes one thing of a node. */
export function setterOf({ editor, id, node }: INodeFormProps) {
  return (name: string, value: unknown): string => {
    const changed = { ...node, [name]: value } as Record<string, unknown>;
    if (value === undefined) {
      delete changed[name];
    }
    return editor.setNode(id, changed as TopologyNode, name);
  };
}

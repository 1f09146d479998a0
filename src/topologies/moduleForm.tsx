import type { TopologyModule, TopologyNode } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { ArgumentForm } from '../inference/form';
import { checkValues } from '../inference/formErrors';
import { ACCEPT, IFormPlan, planForm } from '../inference/formSchema';
import { ErrorBox } from '../shared/errorBox';
import { askForOtherModule } from './dialogs';
import type { TopologyEditor } from './editor';
import { NumberField } from './fields';
import { INodeFormProps, setterOf } from './nodeForm';

type ModuleNode = Extract<TopologyNode, { kind: 'module' }>;

/** The arguments that a module takes for every item, in the form that its own API asks for. */
export function ModuleForm(props: INodeFormProps<ModuleNode>): JSX.Element {
  const { editor, id, node, prefix } = props;
  const { trans, facts } = editor;
  const answer = facts.answer(node.module);
  // Once: a field that is emptied to be filled anew must not go.
  const [written] = React.useState(() => asWritten(node));
  const last = answer ?? facts.earlier(node.module) ?? written;
  return (
    <>
      <p className="jp-DeepTopologies-about">
        <button
          type="button"
          className="jp-DeepTopologies-link"
          onClick={() =>
            void editor.options.commands.execute('deep:open-module', {
              id: node.module
            })
          }
        >
          {node.module}
        </button>
      </p>
      <button
        type="button"
        className="jp-DeepTopologies-small"
        onClick={() => void askForOtherModule(editor, id)}
      >
        {trans.__('Choose another module…')}
      </button>
      {last && <Arguments {...props} answer={last} />}
      <Asking {...props} />
      <NumberField
        id={`${prefix}-concurrency`}
        label={trans.__('Items at once')}
        about={trans.__('Left empty: as many as the module bears.')}
        value={node.concurrency}
        min={1}
        max={64}
        step={1}
        onChange={given => setterOf(props)('concurrency', given)}
      />
    </>
  );
}

/** Where the form is of what was last known, or only of what is written down, and the button that asks the module. */
function Asking({ editor, node }: INodeFormProps<ModuleNode>): JSX.Element {
  const { trans, facts } = editor;
  const { module } = node;
  const failure = facts.failure(module);
  const ask = () => void facts.ask(module, true);
  if (facts.isAsking(module)) {
    return (
      <p role="status">{trans.__('The module is asked what it takes…')}</p>
    );
  }
  const isRefused = failure?.type.endsWith(':consent-needed') === true;
  if (failure && !isRefused) {
    const actions = [{ label: trans.__('Ask again'), onClick: ask }];
    return <ErrorBox problem={failure} trans={trans} actions={actions} />;
  }
  if (facts.answer(module)) {
    return (
      <button
        type="button"
        className="jp-DeepTopologies-small"
        title={trans.__(
          'It is started if need be, and asked what it takes now.'
        )}
        onClick={ask}
      >
        {trans.__('Ask the module again')}
      </button>
    );
  }
  return (
    <div className="jp-DeepTopologies-note">
      <p>{unknownWords(editor, node, isRefused)}</p>
      <button type="button" className="jp-mod-styled" onClick={ask}>
        {isRefused
          ? trans.__('Review and decide…')
          : trans.__('Ask the module')}
      </button>
    </div>
  );
}

function unknownWords(
  { trans, facts }: TopologyEditor,
  node: ModuleNode,
  isRefused: boolean
): string {
  if (isRefused) {
    return trans.__(
      'It is code that runs as you: what it takes is known once you have looked at it and agreed.'
    );
  }
  if (facts.earlier(node.module)) {
    return trans.__(
      'So it was when it was last asked; the module has changed since, or is not there any more.'
    );
  }
  return asWritten(node)
    ? trans.__(
        'These are written in the document; what else it takes is known once it has been asked.'
      )
    : trans.__('What it takes is known once it has been asked.');
}

/** A module that nobody here has asked: what the document says to it can be seen and changed all the same. */
function asWritten({ arguments: given }: ModuleNode): TopologyModule | null {
  const names = Object.keys(given);
  const properties = Object.fromEntries(
    names.map(name => [name, { type: typeOf(given[name]) }])
  );
  return names.length > 0
    ? {
        ports: { inputs: [], outputs: [] },
        predict: { type: 'object', properties },
        accepts: []
      }
    : null;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) {
    return 'array';
  }
  return value === null ? 'string' : typeof value;
}

function Arguments(
  props: INodeFormProps<ModuleNode> & { answer: TopologyModule }
): JSX.Element {
  const { editor, id, node, prefix, answer } = props;
  const { trans, model } = editor;
  const edges = model.document?.edges ?? [];
  const connected = edges
    .filter(({ to }) => to.node === id)
    .map(({ to }) => to.port);
  const key = connected.join(' ');
  const plan = React.useMemo(
    () => planOf(answer, key.split(' ')),
    [answer, key]
  );
  const values = React.useMemo(
    () => ({
      ...node.arguments,
      ...(node.accept !== undefined && { [ACCEPT]: node.accept })
    }),
    [node]
  );
  const errors = React.useMemo(
    () => checkValues(plan, values, trans),
    [plan, values, trans]
  );
  if (Object.keys(plan.schema.properties ?? {}).length === 0) {
    return (
      <p className="jp-DeepTopologies-about">
        {trans.__('All that it takes comes by connections.')}
      </p>
    );
  }
  return (
    <div className="jp-DeepInference-form">
      <ArgumentForm
        trans={trans}
        plan={plan}
        idPrefix={`${prefix}-arguments`}
        values={values}
        fieldErrors={errors}
        onChange={given =>
          editor.setNode(id, withValues(node, given, plan), 'arguments')
        }
        onSubmit={() => undefined}
      />
    </div>
  );
}

/** Of what no edge brings; files come by edges only. Where nothing of it is needed, nothing is folded. */
function planOf(answer: TopologyModule, connected: string[]): IFormPlan {
  const plan = planForm(answer.predict, answer.accepts);
  const out = new Set([...connected, ...plan.files]);
  const keep = (name: string) => !out.has(name);
  const { properties = {}, required = [] } = plan.schema;
  const first = plan.first.filter(keep);
  const more = plan.more.filter(keep);
  return {
    ...plan,
    schema: {
      ...plan.schema,
      required: required.filter(keep),
      properties: Object.fromEntries(
        Object.entries(properties).filter(([name]) => keep(name))
      )
    },
    uiSchema: { ...plan.uiSchema, 'ui:order': [...first, ...more] },
    files: [],
    first: first.length > 0 ? first : more,
    more: first.length > 0 ? more : []
  };
}

/** Only what differs from what the module does by itself is written down. */
function withValues(
  node: ModuleNode,
  given: Record<string, unknown>,
  { schema }: IFormPlan
): ModuleNode {
  const isOwn = (name: string, value: unknown): boolean => {
    const field = schema.properties?.[name];
    const fallback = typeof field === 'object' ? field.default : undefined;
    return (
      value !== undefined && JSON.stringify(value) !== JSON.stringify(fallback)
    );
  };
  const { [ACCEPT]: accept, ...values } = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => isOwn(name, value))
  );
  const { accept: _, ...rest } = node;
  return {
    ...rest,
    arguments: values,
    ...(typeof accept === 'string' && { accept })
  };
}

import type { TopologyModule, TopologyNode } from '@jupyterlab-deep/protocol';
import * as React from 'react';
import { ArgumentForm } from '../inference/form';
import { checkValues } from '../inference/formErrors';
import { ACCEPT, IFormPlan, planForm } from '../inference/formSchema';
import { ErrorBox } from '../shared/errorBox';
import { askForOtherModule } from './dialogs';
import { NumberField } from './fields';
import { INodeFormProps, setterOf } from './nodeForm';

type ModuleNode = Extract<TopologyNode, { kind: 'module' }>;

/** The arguments that a module takes for every item, in the form that its own API asks for. */
export function ModuleForm(props: INodeFormProps<ModuleNode>): JSX.Element {
  const { editor, id, node, prefix } = props;
  const { trans, facts } = editor;
  const answer = facts.answer(node.module);
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
      {answer ? (
        <Arguments {...props} answer={answer} />
      ) : (
        <Asking {...props} />
      )}
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

/** Nobody has asked the module yet what it takes. */
function Asking({ editor, node }: INodeFormProps<ModuleNode>): JSX.Element {
  const { trans, facts } = editor;
  const failure = facts.failure(node.module);
  const ask = () => void facts.ask(node.module, true);
  if (facts.isAsking(node.module)) {
    return (
      <p role="status">{trans.__('The module is asked what it takes…')}</p>
    );
  }
  if (failure && !failure.type.endsWith(':consent-needed')) {
    const actions = [{ label: trans.__('Ask again'), onClick: ask }];
    return <ErrorBox problem={failure} trans={trans} actions={actions} />;
  }
  return (
    <div className="jp-DeepTopologies-note">
      <p>
        {failure
          ? trans.__(
              'It is code that runs as you: what it takes is known once you have looked at it and agreed.'
            )
          : trans.__('What it takes is known once it has been asked.')}
      </p>
      <button type="button" className="jp-mod-styled" onClick={ask}>
        {failure ? trans.__('Review and decide…') : trans.__('Ask the module')}
      </button>
    </div>
  );
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

import * as React from 'react';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';
import { FIRST_TEMPLATES, templatesOf } from './templates';

/** What a topology is, and how to begin one; over a canvas that has nothing on it. */
export function EmptyTopology(props: { editor: TopologyEditor }): JSX.Element {
  const { trans, options, model } = props.editor;
  return (
    <section
      className="jp-DeepTopologies-empty"
      aria-label={trans.__('How to begin')}
    >
      <h2>{trans.__('What shall be done with your files?')}</h2>
      <p>
        {trans.__(
          'A topology leads them from a source through modules and steps to a result, and runs on one file as on thousands.'
        )}
      </p>
      {!model.text.isReadOnly && <Examples {...props} />}
      <p>
        {trans.__(
          'Or draw it: drag files and modules here out of the sidebars, or choose by name.'
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void options.commands.execute(CommandIDs.addNode)}
      >
        {trans.__('Add a node…')}
      </button>
    </section>
  );
}

function Examples({ editor }: { editor: TopologyEditor }): JSX.Element {
  const { trans } = editor;
  const templates = templatesOf(trans).filter(({ id }) =>
    FIRST_TEMPLATES.includes(id)
  );
  return (
    <>
      <h3>{trans.__('Begin with an example')}</h3>
      <ul>
        {templates.map(({ id, label, about, make }) => (
          <li key={id}>
            <button type="button" onClick={() => editor.fill(make())}>
              <strong>{label}</strong>
              <span>{about}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

import * as React from 'react';
import { beginDrag } from '../shared/labDrag';
import { CommandIDs } from './commandIds';
import { addKind, KIND_MIME } from './drops';
import type { TopologyEditor } from './editor';
import { groupLabel, IKind, kindsOf } from './kinds';

interface IPaletteProps {
  editor: TopologyEditor;
}

const GROUPS = ['source', 'module', 'step', 'sink'] as const;

/** What can be added, by a click or dragged to its place. */
export function Palette({ editor }: IPaletteProps): JSX.Element {
  const { trans, options } = editor;
  const kinds = kindsOf(trans);
  return (
    <section
      className="jp-DeepTopologies-palette"
      aria-label={trans.__('Nodes to add')}
    >
      {GROUPS.map(group => (
        <div key={group} role="group" aria-label={groupLabel(group, trans)}>
          <h3>{groupLabel(group, trans)}</h3>
          {kinds
            .filter(kind => kind.group === group)
            .map(kind => (
              <KindButton key={kind.kind} editor={editor} kind={kind} />
            ))}
          {group === 'module' && (
            <>
              <button
                type="button"
                onClick={() =>
                  void options.commands.execute(CommandIDs.addModule)
                }
              >
                <span aria-hidden="true">◈</span> {trans.__('Module…')}
              </button>
              <p className="jp-DeepTopologies-about">
                {trans.__('Or drag one out of the catalogue.')}
              </p>
            </>
          )}
        </div>
      ))}
    </section>
  );
}

function KindButton(props: { editor: TopologyEditor; kind: IKind }) {
  const { editor, kind } = props;
  const { label, about, sign } = kind;
  return (
    <button
      type="button"
      title={about}
      onMouseDown={event => beginDrag(event, KIND_MIME, kind.kind, label)}
      onClick={() => {
        const id = addKind(editor, kind.kind);
        if (id !== null) {
          editor.showSoon(id);
        }
      }}
    >
      <span aria-hidden="true">{sign}</span> {label}
    </button>
  );
}

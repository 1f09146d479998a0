import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  copyIcon,
  cutIcon,
  deleteIcon,
  editIcon,
  fileIcon,
  LabIcon,
  linkIcon,
  listIcon,
  pasteIcon,
  redoIcon,
  treeViewIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import { moduleIcon, topologyIcon } from '../shared/icons';
import { moduleOfCard } from '../shared/moduleOfMenu';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';
import type { IEditorCommand } from './editorCommand';
import { runCommands } from './runCommands';
import { TopologyTab } from './tab';

interface ITopologyCommandsOptions {
  app: JupyterFrontEnd;
  tracker: WidgetTracker<TopologyTab>;
  currentFolder: () => string;
  trans: TranslationBundle;
}

const TOOLBAR = {
  args: { type: 'object', properties: { toolbar: { type: 'boolean' } } }
};

export function addTopologyCommands(options: ITopologyCommandsOptions): void {
  const { app, trans } = options;
  const { commands } = app;
  addNewCommand(options);
  addCardCommand(options);
  commands.addCommand(CommandIDs.openAsText, {
    label: trans.__('Open Topology as Text'),
    icon: fileIcon,
    describedBy: TOOLBAR,
    isEnabled: () => tabInFront(options) !== null,
    execute: () =>
      commands.execute('docmanager:open', {
        path: tabInFront(options)?.context.path,
        factory: 'Editor'
      })
  });
  const all = [
    ...runCommands(trans),
    ...drawCommands(trans),
    ...editCommands(trans),
    ...viewCommands(trans)
  ];
  for (const command of all) {
    addEditorCommand(options, command);
  }
  followEditors(
    options,
    all.map(({ id }) => id)
  );
}

/** What is in front; else what was last, such as while a sidebar has the focus. */
function tabInFront({
  app,
  tracker
}: ITopologyCommandsOptions): TopologyTab | null {
  const { currentWidget } = app.shell;
  return currentWidget instanceof TopologyTab
    ? currentWidget
    : tracker.currentWidget;
}

/** What is the same for all documents, or depends on the one in front. */
const valueFor = <T extends string | LabIcon | undefined>(
  editor: TopologyEditor | null,
  given: T | ((editor: TopologyEditor) => T)
): T | undefined =>
  typeof given !== 'function' ? given : editor ? given(editor) : undefined;

function addEditorCommand(
  options: ITopologyCommandsOptions,
  command: IEditorCommand
): void {
  const { label, caption = label, icon, isEnabled, obstacle } = command;
  const current = () => tabInFront(options)?.editor ?? null;
  options.app.commands.addCommand(command.id, {
    label: args => (args.toolbar ? '' : label),
    caption: () => {
      const editor = current();
      const words = valueFor(editor, caption) ?? label;
      const reason = editor && obstacle?.(editor);
      return [words, reason].filter(Boolean).join(' — ');
    },
    icon: () => valueFor(current(), icon),
    describedBy: TOOLBAR,
    isEnabled: () => {
      const editor = current();
      return (
        editor !== null &&
        (isEnabled?.(editor) ?? true) &&
        (obstacle?.(editor) ?? '') === ''
      );
    },
    execute: async () => {
      const editor = current();
      if (editor) {
        await command.execute(editor);
      }
    }
  });
}

/** From the catalogue into the topology that is, or was last, in front. */
function addCardCommand(options: ITopologyCommandsOptions): void {
  const { app, trans } = options;
  const moduleOf = (args: { id?: unknown }) =>
    (args.id as string | undefined) ?? moduleOfCard(app);
  app.commands.addCommand(CommandIDs.addThisModule, {
    label: trans.__('Add to Topology'),
    icon: topologyIcon,
    isVisible: () => tabInFront(options)?.editor !== undefined,
    isEnabled: () => {
      const editor = tabInFront(options)?.editor;
      return !!editor && canEdit(editor);
    },
    describedBy: {
      args: { type: 'object', properties: { id: { type: 'string' } } }
    },
    execute: args => {
      const tab = tabInFront(options);
      const module = moduleOf(args);
      const added = module && tab?.editor?.addModule(module);
      if (tab && added) {
        app.shell.activateById(tab.id);
        tab.editor?.showSoon(added);
      }
    }
  });
}

function addNewCommand(options: ITopologyCommandsOptions): void {
  const { app, currentFolder, trans } = options;
  app.commands.addCommand(CommandIDs.newTopology, {
    label: args =>
      args.isMenu ? trans.__('Topology') : trans.__('New Topology'),
    caption: trans.__('Compose modules by drawing'),
    icon: topologyIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          template: { type: 'string', description: 'Else it is asked for.' },
          cwd: { type: 'string', description: 'The folder it is put into.' },
          isMenu: { type: 'boolean' }
        }
      }
    },
    execute: async args => {
      const { newTopology } = await import('./newTopology');
      try {
        await newTopology({
          app,
          folder: (args.cwd as string | undefined) ?? currentFolder(),
          template: args.template as string | undefined,
          trans
        });
      } catch (reason) {
        await showErrorMessage(
          trans.__('The topology could not be made'),
          reason instanceof Error ? reason.message : String(reason)
        );
      }
    }
  });
}

/** Toolbar and menus follow what is in front, and what happens there. */
function followEditors(
  { app, tracker }: ITopologyCommandsOptions,
  ids: readonly string[]
): void {
  const followed = new WeakSet<TopologyEditor>();
  const notify = () => ids.forEach(id => app.commands.notifyCommandChanged(id));
  const follow = (tab: TopologyTab | null) => {
    const editor = tab?.editor;
    if (editor && !followed.has(editor)) {
      followed.add(editor);
      editor.changed.connect(notify);
    }
    notify();
  };
  tracker.currentChanged.connect((_, tab) => follow(tab));
  app.shell.currentChanged?.connect(notify);
  tracker.widgetAdded.connect((_, tab) => {
    tab.content.loaded.connect(() => follow(tab));
    // It is told of once Lab has noted it, which may be after its editor was loaded.
    follow(tab);
  });
}

const canEdit = ({ model }: TopologyEditor): boolean =>
  model.document !== null && !model.text.isReadOnly;

function drawCommands(trans: TranslationBundle): IEditorCommand[] {
  return [
    {
      id: CommandIDs.addNode,
      label: trans.__('Add Node to Topology…'),
      caption: trans.__('Add a node…'),
      icon: addIcon,
      isEnabled: canEdit,
      execute: async editor => {
        const { askForNode } = await import('./dialogs');
        await askForNode(editor);
      }
    },
    {
      id: CommandIDs.addModule,
      label: trans.__('Add Module to Topology…'),
      caption: trans.__('Add a module…'),
      icon: moduleIcon,
      isEnabled: canEdit,
      execute: async editor => {
        const { askForModule } = await import('./dialogs');
        await askForModule(editor);
      }
    },
    {
      id: CommandIDs.connect,
      label: trans.__('Connect Node to…'),
      caption: trans.__('Connect the chosen node to…'),
      icon: linkIcon,
      isEnabled: editor =>
        canEdit(editor) && editor.model.selectedNode !== null,
      execute: async editor => {
        const { askForConnection } = await import('./dialogs');
        await askForConnection(editor, editor.model.selectedNode!);
      }
    },
    {
      id: CommandIDs.arrange,
      label: trans.__('Arrange Topology'),
      caption: trans.__('Arrange all nodes'),
      icon: treeViewIcon,
      isEnabled: canEdit,
      execute: editor => editor.arrange()
    },
    {
      id: CommandIDs.inspect,
      label: trans.__('Inspect Node'),
      caption: trans.__('Show what is chosen at the side'),
      icon: editIcon,
      execute: editor =>
        editor.isInspectorOpen && editor.model.selectedNode === null
          ? editor.closeInspector()
          : editor.inspect()
    }
  ];
}

function editCommands(trans: TranslationBundle): IEditorCommand[] {
  const hasNodes = ({ model }: TopologyEditor) =>
    model.selection.nodes.length > 0;
  return [
    {
      id: CommandIDs.undo,
      label: trans.__('Undo in Topology'),
      caption: trans.__('Undo'),
      icon: undoIcon,
      isEnabled: ({ model }) => model.text.canUndo,
      execute: editor => editor.undo()
    },
    {
      id: CommandIDs.redo,
      label: trans.__('Redo in Topology'),
      caption: trans.__('Redo'),
      icon: redoIcon,
      isEnabled: ({ model }) => model.text.canRedo,
      execute: editor => editor.redo()
    },
    {
      id: CommandIDs.cut,
      label: trans.__('Cut Nodes'),
      icon: cutIcon,
      isEnabled: hasNodes,
      execute: editor => editor.cut()
    },
    {
      id: CommandIDs.copy,
      label: trans.__('Copy Nodes'),
      icon: copyIcon,
      isEnabled: hasNodes,
      execute: editor => editor.copy()
    },
    {
      id: CommandIDs.paste,
      label: trans.__('Paste Nodes'),
      icon: pasteIcon,
      execute: editor => editor.paste()
    },
    {
      id: CommandIDs.selectAll,
      label: trans.__('Select All Nodes'),
      execute: ({ model }) => model.selectAll()
    },
    {
      id: CommandIDs.deleteSelection,
      label: trans.__('Delete Selection'),
      icon: deleteIcon,
      isEnabled: ({ model }) =>
        model.selection.nodes.length + model.selection.edges.length > 0,
      execute: editor => editor.deleteSelection()
    }
  ];
}

function viewCommands(trans: TranslationBundle): IEditorCommand[] {
  return [
    {
      id: CommandIDs.fit,
      label: trans.__('Show All of Topology'),
      execute: ({ canvas }) => canvas?.fit()
    },
    {
      id: CommandIDs.zoomIn,
      label: trans.__('Zoom In Topology'),
      execute: ({ canvas }) => canvas?.zoom('in')
    },
    {
      id: CommandIDs.zoomOut,
      label: trans.__('Zoom Out Topology'),
      execute: ({ canvas }) => canvas?.zoom('out')
    },
    {
      id: CommandIDs.showProblems,
      label: trans.__('Show Problems of Topology'),
      caption: trans.__('Show problems'),
      icon: listIcon,
      execute: editor => editor.toggleProblems()
    }
  ];
}

export const PALETTE = [
  CommandIDs.newTopology,
  ...Object.values(CommandIDs).filter(
    id => id !== CommandIDs.newTopology && id !== CommandIDs.addThisModule
  )
];

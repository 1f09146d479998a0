import type { TranslationBundle } from '@jupyterlab/translation';
import {
  downloadIcon,
  folderIcon,
  launchIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { pauseIcon, resumeIcon } from '../shared/icons';
import { CommandIDs } from './commandIds';
import type { TopologyEditor } from './editor';
import type { IEditorCommand } from './editorCommand';

/** Everything that is done with a topology that is drawn. */
export function runCommands(trans: TranslationBundle): IEditorCommand[] {
  return [
    {
      id: CommandIDs.run,
      label: trans.__('Run Topology'),
      caption: trans.__('Save and run'),
      icon: runIcon,
      obstacle: editor => editor.obstacle,
      execute: editor => editor.start()
    },
    {
      id: CommandIDs.pause,
      label: trans.__('Pause or Resume Topology'),
      caption: editor =>
        isPaused(editor)
          ? trans.__('Resume the run')
          : trans.__('Pause the run'),
      icon: editor => (isPaused(editor) ? resumeIcon : pauseIcon),
      isEnabled: ({ run }) => run.isGoing && !run.isAway,
      execute: editor => editor.run.act(isPaused(editor) ? 'resume' : 'pause')
    },
    {
      id: CommandIDs.cancel,
      label: trans.__('Cancel Run of Topology'),
      caption: trans.__('Cancel the run'),
      icon: stopIcon,
      isEnabled: ({ run }) => run.isGoing && !run.isAway,
      execute: ({ run }) => run.act('cancel')
    },
    {
      id: CommandIDs.showOutputs,
      label: trans.__('Open Results of Topology…'),
      caption: trans.__('Open the results'),
      icon: folderIcon,
      isEnabled: ({ run }) => (run.run?.topology?.outputs.length ?? 0) > 0,
      execute: async editor => {
        const { showOutputs } = await import('./outputs');
        await showOutputs(editor);
      }
    },
    {
      id: CommandIDs.serve,
      label: trans.__('Serve Topology as Module…'),
      caption: trans.__('Make a module of it'),
      icon: launchIcon,
      isEnabled: ({ model }) => model.document !== null,
      execute: async editor => {
        const { askToServe } = await import('./serveDialog');
        await askToServe(editor);
      }
    },
    {
      id: CommandIDs.exportAs,
      label: trans.__('Export Topology…'),
      caption: trans.__('Export as notebook, pipeline or template'),
      icon: downloadIcon,
      isEnabled: ({ model }) => model.document !== null,
      execute: async editor => {
        const { askToExport } = await import('./exportDialog');
        await askToExport(editor);
      }
    }
  ];
}

const isPaused = ({ run }: TopologyEditor): boolean =>
  run.run?.state === 'paused';

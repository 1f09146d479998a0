import type { LabIcon } from '@jupyterlab/ui-components';
import type { TopologyEditor } from './editor';

/** What is done with the document in front. */
export interface IEditorCommand {
  id: string;
  label: string;
  caption?: string | ((editor: TopologyEditor) => string);
  icon?: LabIcon | ((editor: TopologyEditor) => LabIcon);
  isEnabled?: (editor: TopologyEditor) => boolean;

  /** Why it cannot be done now, for the caption. */
  obstacle?: (editor: TopologyEditor) => string;
  execute: (editor: TopologyEditor) => unknown;
}

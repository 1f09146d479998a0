import * as React from 'react';
import type { TopologyEditor } from './editor';

/** React Flow makes the nodes' views: what they show comes to them by this. */
export const EditorContext = React.createContext<TopologyEditor | null>(null);

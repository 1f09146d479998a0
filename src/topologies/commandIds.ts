export namespace CommandIDs {
  export const newTopology = 'deep:new-topology';
  export const run = 'deep:run-topology';
  export const pause = 'deep:pause-topology';
  export const cancel = 'deep:cancel-topology';
  export const addNode = 'deep:add-topology-node';
  export const addModule = 'deep:add-topology-module';
  export const addThisModule = 'deep:add-module-to-topology';
  export const connect = 'deep:connect-topology-node';
  export const deleteSelection = 'deep:delete-topology-selection';
  export const undo = 'deep:undo-topology';
  export const redo = 'deep:redo-topology';
  export const cut = 'deep:cut-topology-nodes';
  export const copy = 'deep:copy-topology-nodes';
  export const paste = 'deep:paste-topology-nodes';
  export const selectAll = 'deep:select-topology-nodes';
  export const arrange = 'deep:arrange-topology';
  export const fit = 'deep:fit-topology';
  export const zoomIn = 'deep:enlarge-topology';
  export const zoomOut = 'deep:shrink-topology';
  export const inspect = 'deep:inspect-topology-node';
  export const showProblems = 'deep:show-topology-problems';
  export const showOutputs = 'deep:show-topology-outputs';
  export const serve = 'deep:serve-topology';
  export const exportAs = 'deep:export-topology';
  export const openAsText = 'deep:open-topology-text';
}

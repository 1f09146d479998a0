export namespace CommandIDs {
  export const openModule = 'deep:open-module';
  export const tryModule = 'deep:try-module';
  export const tryFile = 'deep:try-file';
  export const connectModule = 'deep:connect-module';
  export const addPythonModule = 'deep:add-python-module';
  export const pythonEnvironments = 'deep:python-environments';
  export const openNotebook = 'deep:open-notebook';
  export const copyCell = 'deep:copy-cell';
  export const insertCell = 'deep:insert-cell';
  export const openCellForm = 'deep:open-cell-form';
  export const runPrediction = 'deep:run-prediction';
  export const stopPrediction = 'deep:stop-prediction';
}

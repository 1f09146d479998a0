export namespace CommandIDs {
  export const newModule = 'deep:new-module';
  export const moduleOfNotebook = 'deep:make-module-of-notebook';
  export const serveFolder = 'deep:serve-folder';
  export const checkServer = 'deep:check-server';
  export const markCell = 'deep:mark-cell';
}

export namespace CommandIDs {
  export const newModule = 'deep:new-module';
  export const moduleOfNotebook = 'deep:make-module-of-notebook';
  export const serveFolder = 'deep:serve-folder';
  export const checkServer = 'deep:check-server';
  export const markCell = 'deep:mark-cell';
}

/** Of other capabilities, which may be switched off. */
export namespace OtherCommandIDs {
  export const openDocument = 'docmanager:open';
  export const showLog = 'deep:show-deployment-log';
  export const share = 'deep:share-module';
  export const prepare = 'deep:prepare-module';
  export const deploy = 'deep:deploy-module';
}

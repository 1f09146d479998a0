export namespace CommandIDs {
  export const shareModule = 'deep:share-module';
  export const showShares = 'deep:show-module-shares';
}

/** Of other capabilities. */
export namespace OtherCommandIDs {
  export const openModule = 'deep:open-module';
  export const showActivity = 'deep:show-activity';
}

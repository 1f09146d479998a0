export namespace CommandIDs {
  export const shareModule = 'deep:share-module';
  export const showShares = 'deep:show-module-shares';
  export const openLink = 'deep:open-share-link';
}

/** Of other capabilities. */
export namespace OtherCommandIDs {
  export const openModule = 'deep:open-module';
  export const showActivity = 'deep:show-activity';
  export const showCatalogue = 'deep:show-catalogue';
}

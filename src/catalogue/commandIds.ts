export namespace CommandIDs {
  export const showCatalogue = 'deep:show-catalogue';
  export const refreshCatalogue = 'deep:refresh-catalogue';
  export const showHealth = 'deep:show-health';
  export const copyModuleId = 'deep:copy-module-id';
  export const findModule = 'deep:find-module';
  export const showSources = 'deep:show-sources';
  export const toggleFavourite = 'deep:toggle-favourite';

  /** Given by the inference capability. */
  export const openModule = 'deep:open-module';
}

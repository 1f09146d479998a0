export namespace CommandIDs {
  export const showCatalogue = 'deep:show-catalogue';
  export const refreshCatalogue = 'deep:refresh-catalogue';
  export const showHealth = 'deep:show-health';
  export const copyModuleId = 'deep:copy-module-id';

  /** Given by the inference capability. */
  export const openModule = 'deep:open-module';
}

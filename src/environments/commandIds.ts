export namespace CommandIDs {
  export const showEnvironments = 'deep:show-environments';
}

export namespace CommandIDs {
  export const prepare = 'deep:prepare-module';
  export const migrate = 'deep:migrate-metadata';
}

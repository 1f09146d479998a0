export namespace ResultCommandIDs {
  export const insertResult = 'deep:insert-result';
}

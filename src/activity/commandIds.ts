export namespace CommandIDs {
  export const showActivity = 'deep:show-activity';
}

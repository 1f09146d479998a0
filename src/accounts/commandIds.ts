export namespace CommandIDs {
  export const showAccounts = 'deep:show-accounts';
}

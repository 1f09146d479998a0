export namespace CommandIDs {
  export const showStorage = 'deep:show-storage';
  export const linkStorage = 'deep:link-storage';
  export const refreshStorage = 'deep:refresh-storage';
  export const browseStorage = 'deep:browse-storage';
  export const copyRclone = 'deep:copy-rclone-settings';
  export const share = 'deep:share-in-cloud';
  export const openInCloud = 'deep:open-in-cloud';
  export const copyKernelPath = 'deep:copy-kernel-path';
  export const makeDataset = 'deep:make-dataset';
  export const copyFromCloud = 'deep:copy-from-cloud';
  export const copyToCloud = 'deep:copy-to-cloud';
}

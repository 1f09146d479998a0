/** What an answer of a module is, by its content: shared by the page of a module and by cells. */
export * from './results/colours';
export { extentOf, sizeOfMasks } from './results/extent';
export * from './results/masks';
export * from './results/media';
export * from './results/npy';
export * from './results/parts';
export { isRecord, unwrapped } from './results/reading';
export { rowsOfRecords } from './results/rows';
export * from './results/recognise';
export { seriesOfRows } from './results/series';

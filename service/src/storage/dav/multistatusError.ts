/** What is no multistatus that we read. */
export class MultistatusError extends Error {}

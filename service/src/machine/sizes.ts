const GIGA = 1024 ** 3;
const MEGA = 1024 ** 2;

/** Memory for people: `2.1 GB`, `640 MB`. */
export const gigabytes = (bytes: number): string =>
  bytes >= GIGA
    ? `${Number((bytes / GIGA).toFixed(1))} GB`
    : `${Math.round(bytes / MEGA)} MB`;

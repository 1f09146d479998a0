/** A file that goes through a topology. */
export interface ITopologyFile {
  name: string;
  contentType: string;
  sizeBytes: number;
  /** Absolute. */
  path: string;
  /** SHA-256 of its content, once somebody needed it. */
  hash?: string;
}

/** A value or a file. */
export interface ICarried {
  value?: unknown;
  file?: ITopologyFile;
}

/** What a source gave, and all that came of it. */
export interface IOrigin {
  index: number;
  name: string;
}

/** What came out of one port of a node for one item. */
export interface IToken extends ICarried {
  /** Number of its row. */
  item: number;
  /** Which of those of its origin: empty, or a place for each node that made several of one, such as `000003`. */
  key: string;
  /** Of the node that it came from. */
  node: string;
}

/** What a node made: for one of its ports, and one of several where it makes several. */
export interface IOutput extends ICarried {
  port: string;
  /** Which of several. */
  part?: number;
}

/** One work of a node. */
export interface IFiring {
  node: string;
  origin: IOrigin;
  /** Key of what comes of it. */
  key: string;
  /** Which of its node and origin it is. */
  name: string;
  /** By port; several only where a port takes many. */
  inputs: ReadonlyMap<string, readonly IToken[]>;
}

/** The key of one of several that are made of an item. */
export const partKey = (key: string, part: number): string =>
  (key === '' ? '' : `${key}.`) + String(part).padStart(6, '0');

/** The key of what an item was made of, so many nodes that make several further up. */
export const keyAt = (key: string, depth: number): string =>
  depth === 0 ? '' : key.split('.').slice(0, depth).join('.');

export const depthOf = (key: string): number =>
  key === '' ? 0 : key.split('.').length;

/** What expressions see of it: of a file what is known, not its content. */
export const seenOf = ({ value, file }: ICarried): unknown =>
  file
    ? {
        name: file.name,
        contentType: file.contentType,
        sizeBytes: file.sizeBytes
      }
    : value;

/** What a test may change while the server runs; also by POST to /stand-in/switches. */
export interface ISwitches {
  /** What the login flow says of the server: a wrong scheme, no port, another host. */
  loginScheme?: 'http' | 'https';
  loginWithoutPort: boolean;
  loginHost?: string;
  /** 504 on the MOVE of a chunked upload, after the join or instead of it. */
  moveTimeout?: 'before' | 'after';
  /** How many such MOVEs time out; then all is well. */
  moveTimeouts: number;
  /** PHP-FPM behind a proxy that does not buffer: a PUT with `Transfer-Encoding: chunked` stores nothing and answers 201. */
  emptyOnChunkedEncoding: boolean;
  /** Paths below the user's root that are locked (423). */
  locked: string[];
  /** Of so many further requests, this answer: 429, 500, 503, … */
  refuse: number;
  refuseWith: number;
  /** 200 `text/html` for everything, as a captive portal answers. */
  html: boolean;
  /** The sums of X-Hash are of something else. */
  wrongHash: boolean;
  /** Of so many further writes, one byte of what is stored is wrong. */
  corrupt: number;
  /** What PROPFIND says beside or instead of the truth. */
  listing?: 'parent' | 'absolute' | 'foreign' | 'entities' | 'huge';
  /** 302 to this address. */
  redirect?: string;
  /** A further entry of every ZIP. */
  zipExtra?: string;
  /** Before each answer. */
  delayMs: number;
  /** No answer at all. */
  silent: boolean;
  /** The connection is cut in the middle of the body. */
  half: boolean;
  /** `html`, `redirect`, `refuse`, `delayMs`, `silent` and `half` only for these. */
  onlyMethod?: string;
  onlyPath?: string;
  /** `quota-available-bytes`: not computed, unknown, unlimited. */
  quotaAvailable?: -1 | -2 | -3;
  /** The cache has lost what it knew of chunked uploads: 412. */
  loseUploadMetadata: boolean;
  /** As version 28, which has links at `public.php/webdav` alone. */
  oldLinks: boolean;
  /** An explicit test setting: the real one is 5,000,000. */
  minChunkBytes: number;
  /** As capabilities say. */
  chunkBytes: number;
}

export const defaultSwitches = (): ISwitches => ({
  loginWithoutPort: false,
  moveTimeouts: Number.MAX_SAFE_INTEGER,
  emptyOnChunkedEncoding: true,
  locked: [],
  refuse: 0,
  refuseWith: 503,
  html: false,
  wrongHash: false,
  corrupt: 0,
  delayMs: 0,
  silent: false,
  half: false,
  loseUploadMetadata: false,
  oldLinks: false,
  minChunkBytes: 5_000_000,
  chunkBytes: 104_857_600
});

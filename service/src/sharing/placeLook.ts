import { IKnown, KnownShares } from './known';
import { lookInto } from './looking';
import { ISharingPlace } from './places';

export type OnProgress = (done: number, total: number) => void;

/** What lies at a place now, and what does so no more. @throws DeepError when it does not answer; the signal's reason */
export async function lookAtPlace(
  place: ISharingPlace,
  known: KnownShares,
  signal: AbortSignal,
  progress: Progress
): Promise<IKnown[]> {
  const before = known.at(place.id);
  const folders = await place.folders(signal);
  progress.add(folders.length);
  const read = await lookInto(folders, {
    place,
    known,
    signal,
    onRead: () => progress.step()
  });
  return [...read, ...gone(before, read, place.gone)];
}

/** Modules that were shared before and are not told of any more. */
function gone(
  before: readonly IKnown[],
  now: readonly IKnown[],
  words?: string
): IKnown[] {
  const there = new Set(now.map(each => `${each.path}\0${each.owner}`));
  return before
    .filter(
      each =>
        each.card !== undefined && !there.has(`${each.path}\0${each.owner}`)
    )
    .map(each => ({
      ...each,
      etag: undefined,
      state: 'withdrawn' as const,
      problem:
        words ??
        `${each.ownerName} does not share it any more. What you copied stays yours.`
    }));
}

/** Of all places together. */
export class Progress {
  constructor(private readonly _tell: OnProgress = () => undefined) {}

  add(folders: number): void {
    this._total += folders;
  }

  step(): void {
    this._tell(++this._done, this._total);
  }

  private _done = 0;
  private _total = 0;
}

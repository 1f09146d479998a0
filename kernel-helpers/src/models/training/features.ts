import { DeepError } from '@jupyterlab-deep/protocol';
import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  writeFile
} from 'node:fs/promises';
import * as path from 'node:path';
import { type IModelFolder } from '../folder';
import { pictureNetworkOf, picturePreparation } from '../imageClassification';
import { networkOf } from '../network';
import { Pipeline } from '../pipeline';
import { type ITaskOptions } from '../task';
import { FeatureCache } from './featureCache';
import { type IHead, withFeatures } from './onnxHead';
import { type ILabelledPicture, type ILeftOut } from './pictureSet';

/** More are read and waited for than the pipeline works at, so that it never stands still. */
const UNDER_WAY = 24;
/** A dataset whose folder goes away fails all at once: nobody wants to read that a thousand times. */
const GONE_IN_A_ROW = 20;
/** So many are enough when there are too many unreadable ones anyway. */
const SURELY_GONE = 5;

/** A picture that was read, and what the network makes of it. */
export interface IFeatured {
  picture: ILabelledPicture;
  /** SHA-256 of its file. */
  hash: Buffer;
  features: Float32Array;
  /** When it was read. */
  sizeBytes: number;
  modifiedMs: number;
}

export interface IFeatures {
  pictures: IFeatured[];
  leftOut: ILeftOut[];
  /** Of these the features were known. */
  cached: number;
  backend: string;
  detail: string;
}

export interface IFeaturesOptions extends ITaskOptions {
  folder: IModelFolder;
  model: Uint8Array;
  head: IHead;
  /** For caches and for what is written in between. */
  cacheFolder: string;
  /** Pictures that may be unreadable. */
  mostUnreadable: number;
  onProgress(done: number): void;
  signal: AbortSignal;
}

/**
 * What the network says of each picture before its last layer, in the order of the pictures.
 *
 * @throws DeepError `invalid-arguments` when too many pictures cannot be read.
 */
export async function readFeatures(
  pictures: readonly ILabelledPicture[],
  options: IFeaturesOptions
): Promise<IFeatures> {
  const { cacheFolder, folder, head, model } = options;
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const key = createHash('sha256')
    .update(model)
    .update(folder.preprocessorText ?? '')
    .update(head.features)
    .digest('hex')
    .slice(0, 32);
  const cache = FeatureCache.open(cacheFolder, key, head.width);
  try {
    return await new Reading(pictures, options, cache).run();
  } finally {
    cache.close();
  }
}

interface IRead {
  bytes: Buffer;
  sizeBytes: number;
  modifiedMs: number;
}

class Reading {
  constructor(
    private readonly _pictures: readonly ILabelledPicture[],
    private readonly _options: IFeaturesOptions,
    private readonly _cache: FeatureCache
  ) {}

  async run(): Promise<IFeatures> {
    try {
      await this._readAll();
    } finally {
      const pipeline = await this._opening?.catch(() => undefined);
      await pipeline?.dispose();
      if (this._scratch) {
        await rm(this._scratch, { recursive: true, force: true });
      }
    }
    return {
      // Without the places of those that were left out.
      pictures: this._found.filter(Boolean),
      leftOut: this._leftOut,
      cached: this._cached,
      ...this._state
    };
  }

  private async _readAll(): Promise<void> {
    const { length } = this._pictures;
    let next = 0;
    const work = async (): Promise<void> => {
      try {
        while (next < length) {
          this._options.signal.throwIfAborted();
          await this._readOne(next++);
          this._options.onProgress(++this._done);
        }
      } catch (error) {
        next = length;
        throw error;
      }
    };
    const workers = Array.from({ length: Math.min(UNDER_WAY, length) }, work);
    // Nothing is given back before all have stopped.
    const ends = await Promise.allSettled(workers);
    const failed = ends.find(end => end.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
  }

  private async _readOne(index: number): Promise<void> {
    const picture = this._pictures[index];
    let read: IRead;
    try {
      read = await this._read(picture);
      this._goneInARow = 0;
    } catch (error) {
      this._goneInARow++;
      this._leaveOut(picture, error);
      return;
    }
    const { bytes, ...facts } = read;
    const hash = createHash('sha256').update(bytes).digest();
    const known = this._cache.get(hash);
    if (known) {
      this._cached++;
      this._found[index] = { picture, hash, features: known, ...facts };
      return;
    }
    const pipeline = await (this._opening ??= this._open());
    try {
      const output = await pipeline.run(bytes, this._options.signal);
      // Of its own: the output is a part of a whole batch.
      const features = Float32Array.from(output);
      if (!features.every(Number.isFinite)) {
        throw new DeepError(
          'model-invalid',
          `The network makes of ${picture.name} what is no number.`,
          { hint: 'Check its weights and its preprocessor_config.json.' }
        );
      }
      this._cache.add(hash, features);
      this._found[index] = { picture, hash, features, ...facts };
    } catch (error) {
      this._leaveOut(picture, error);
    }
  }

  private async _read({ file }: ILabelledPicture): Promise<IRead> {
    const { maxFileBytes } = this._options;
    const { size, mtimeMs } = await stat(file);
    if (size > maxFileBytes) {
      throw new DeepError(
        'too-large',
        `It has ${size} bytes; at most ${maxFileBytes} are read.`
      );
    }
    const bytes = await readFile(file);
    return { bytes, sizeBytes: size, modifiedMs: mtimeMs };
  }

  /** Begun when the first picture needs it: with all features known nothing is computed. */
  private async _open(): Promise<Pipeline> {
    const { folder, head, threads, workers, maxBatch } = this._options;
    const preparation = picturePreparation(folder, this._options);
    const { input, channels, channelsLast } = pictureNetworkOf(folder);
    const pipeline = new Pipeline({
      preparation,
      session: {
        network: { ...networkOf(folder), modelPath: await this._networkFile() },
        input,
        output: head.features,
        shape: [channels, preparation.height, preparation.width],
        channelsLast,
        outputLength: head.width
      },
      threads,
      workers,
      maxBatch
    });
    try {
      const { backend, detail } = await pipeline.open();
      this._state = { backend, detail };
      return pipeline;
    } catch (error) {
      await pipeline.dispose();
      throw error;
    }
  }

  /** The model itself where it gives its features out, else a copy that does. */
  private async _networkFile(): Promise<string> {
    const { cacheFolder, folder, head, model } = this._options;
    if (head.isOutput) {
      return folder.modelPath;
    }
    this._scratch = await mkdtemp(path.join(cacheFolder, 'network-'));
    const file = path.join(this._scratch, 'model.onnx');
    await writeFile(file, withFeatures(model, head));
    return file;
  }

  /** @throws the error itself unless it is the picture's own; DeepError `invalid-arguments` when there are too many. */
  private _leaveOut({ name }: ILabelledPicture, error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code;
    const isOwn =
      code !== undefined ||
      (error instanceof DeepError &&
        ['invalid-picture', 'too-large'].includes(error.key));
    if (!isOwn) {
      throw error;
    }
    const reason =
      code === undefined
        ? (error as DeepError).detail
        : `It could not be read (${code}).`;
    this._leftOut.push({ name, reason });
    const { mostUnreadable } = this._options;
    const areTooMany = this._leftOut.length > mostUnreadable;
    const isGone =
      this._goneInARow >= (areTooMany ? SURELY_GONE : GONE_IN_A_ROW);
    if (isGone || areTooMany) {
      throw new DeepError(
        'invalid-arguments',
        isGone
          ? `The data went away while it was read: ${name} and the ${this._goneInARow - 1} pictures before it are not there (${code}).`
          : `${this._leftOut.length} pictures could not be read; at most ${mostUnreadable} may be. The first: ${this._leftOut
              .slice(0, 3)
              .map(each => `${each.name} (${each.reason})`)
              .join(', ')}.`,
        {
          hint: isGone
            ? 'Look whether the dataset is still connected.'
            : 'Mend or remove them, or raise max_unreadable.'
        }
      );
    }
  }

  private readonly _found: IFeatured[] = [];
  private readonly _leftOut: ILeftOut[] = [];
  private _state = { backend: '', detail: 'all features were known' };
  private _opening?: Promise<Pipeline>;
  private _scratch?: string;
  private _cached = 0;
  private _done = 0;
  private _goneInARow = 0;
}

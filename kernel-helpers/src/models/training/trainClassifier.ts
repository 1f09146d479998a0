import { DeepError } from '@jupyterlab-deep/protocol';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  type HeadAnswer,
  type HeadCall,
  type IEpoch,
  type IHeadData,
  type ILearnt
} from '../headWorker';
import { type IModelFolder } from '../folder';
import { plainName } from '../folderTexts';
import { pictureNetworkOf } from '../imageClassification';
import { type ITaskOptions } from '../task';
import { WorkerThread } from '../workerThread';
import { type ITrainingArguments } from './arguments';
import { confusionOf, type IConfusion } from './confusion';
import { type TrainingEvent } from './events';
import { type IFeatured, type IFeatures, readFeatures } from './features';
import { writeNewModel } from './newModel';
import { findHead, type IHead, mergeHead } from './onnxHead';
import { type ILeftOut, type IPictureSet, readPictureSet } from './pictureSet';
import { type ISplit, stratifiedSplit } from './random';

export interface ITrainingOptions {
  /** Of the training, to be found again in its record. */
  id: string;
  /** Where the new model goes. */
  modelsFolder: string;
  /** For the features of pictures. */
  cacheFolder: string;
  machine: ITaskOptions;
  signal: AbortSignal;
  onEvent(event: TrainingEvent): void;
  /** @throws when the folder holds no model that finds these classes in these pictures. */
  check(
    folder: string,
    examples: { file: string; label: string }[]
  ): Promise<void>;
}

/** What a training has made: `result.output` of DEEPaaS, and `training.json` of the new folder. */
export interface ITrainingRecord {
  format: 1;
  /** Of the training that made it. */
  training: string;
  createdAt: string;
  parent: { name: string; version?: string; sha256: string };
  arguments: ITrainingArguments;
  data: {
    path: string;
    /** SHA-256 over name, content and label of every picture that was used. */
    fingerprint: string;
    pictures: number;
    classes: { name: string; training: number; validation: number }[];
    leftOut: ILeftOut[];
    leftOutCount: number;
    /** Pictures that were changed after they had been read. */
    changed: number;
  };
  environment: {
    node: string;
    platform: string;
    cpu: string;
    threads: number;
    features: string;
    head: string;
  };
  /** Of the epoch that was kept. */
  metrics: IEpoch & { epoch: number; epochs: number };
  history: IEpoch[];
  confusion: IConfusion;
  seconds: { features: number; head: number; total: number };
  /** Features that were known already. */
  cachedFeatures: number;
}

export interface ITrainingResult extends ITrainingRecord {
  model: { name: string; folder: string };
}

/** Left-out pictures that are named; all are counted. */
const NAMED = 100;
/** The new model is tried on so many pictures before anybody sees it. */
const EXAMPLES = 4;

type HeadThread = WorkerThread<HeadCall, HeadAnswer>;

/**
 * Retrains the last layer of a picture classifier: features of the pictures by its own network, a softmax by TensorFlow.js, both
 * merged into one ONNX file. The parent's folder is only read.
 *
 * @throws DeepError `invalid-arguments` for what is wrong with the data, `module-not-implemented` for a model that cannot be
 * retrained, `module-failed` when the loss is no number any more, `no-space`, `cancelled` (the signal's reason).
 */
export async function trainClassifier(
  parent: IModelFolder,
  values: ITrainingArguments,
  options: ITrainingOptions
): Promise<ITrainingResult> {
  return new Training(parent, values, options).run();
}

/** Whether a folder can be retrained. @throws DeepError `module-not-implemented` with the reason. */
export async function readHead(
  folder: IModelFolder
): Promise<{ model: Uint8Array; head: IHead }> {
  if (folder.format !== 'onnx') {
    throw new DeepError(
      'module-not-implemented',
      'This model cannot be retrained: it is a TensorFlow.js model.',
      { hint: 'Convert it to ONNX.' }
    );
  }
  const model = await readFile(folder.modelPath);
  if (folder.sizeBytes !== model.length) {
    throw new DeepError(
      'module-not-implemented',
      'This model cannot be retrained: it keeps weights in files of their own.',
      { hint: 'Save it as one ONNX file.' }
    );
  }
  const { output, gives } = pictureNetworkOf(folder);
  if (gives !== 'logits') {
    throw new DeepError(
      'module-not-implemented',
      'This model cannot be retrained: its file gives probabilities, and its last layer lies before them.',
      { hint: 'Export it without the softmax.' }
    );
  }
  return { model, head: findHead(model, output) };
}

class Training {
  constructor(
    private readonly _parent: IModelFolder,
    private readonly _values: ITrainingArguments,
    private readonly _options: ITrainingOptions
  ) {}

  async run(): Promise<ITrainingResult> {
    const began = performance.now();
    const { signal } = this._options;
    const { model, head } = await readHead(this._parent);
    const set = await readPictureSet(path.resolve(this._values.data), signal);
    this._tellSet(set);
    const features = await this._readFeatures(set, model, head);
    const readMs = performance.now() - began;
    const labels = features.pictures.map(({ picture }) => picture.label);
    this._refuseEmptied(set, labels);
    const { validation_split: share, seed } = this._values;
    const split = stratifiedSplit(labels, share, seed);
    const learnt = await this._learn(features.pictures, set, split);
    const headMs = performance.now() - began - readMs;
    signal.throwIfAborted();
    this._progress('saving', 0, 1, 'model');
    const { output } = pictureNetworkOf(this._parent);
    const merged = mergeHead(model, head, learnt, output);
    const record: ITrainingRecord = {
      format: 1,
      training: this._options.id,
      createdAt: new Date().toISOString(),
      parent: {
        name: this._parent.manifest.name,
        version: this._parent.manifest.version,
        sha256: createHash('sha256').update(model).digest('hex')
      },
      arguments: this._values,
      data: await this._describeData(set, features, split),
      environment: this._environment(features, learnt.device),
      metrics: {
        ...learnt.history[learnt.kept],
        epoch: learnt.kept + 1,
        epochs: learnt.history.length
      },
      history: learnt.history,
      confusion: confusionOf(
        set.classes,
        split.validation.map(index => labels[index]),
        learnt.found
      ),
      seconds: {
        features: readMs / 1000,
        head: headMs / 1000,
        total: (performance.now() - began) / 1000
      },
      cachedFeatures: features.cached
    };
    const written = await this._save(
      set,
      features,
      split,
      learnt.found,
      merged,
      record
    );
    this._progress('saving', 1, 1, 'model');
    this._log(`Saved as ${written.folder}.`);
    return { ...record, model: written };
  }

  private _tellSet({ classes, pictures, leftOut }: IPictureSet): void {
    this._log(`${pictures.length} pictures of ${classes.length} classes.`);
    leftOut
      .slice(0, NAMED)
      .forEach(({ name, reason }) => this._log(`Left out: ${name}. ${reason}`));
  }

  private async _readFeatures(
    set: IPictureSet,
    model: Uint8Array,
    head: IHead
  ): Promise<IFeatures> {
    const total = set.pictures.length;
    const { cacheFolder, machine, signal } = this._options;
    const found = await readFeatures(set.pictures, {
      ...machine,
      folder: this._parent,
      model,
      head,
      cacheFolder,
      mostUnreadable: Math.floor(total * this._values.max_unreadable),
      signal,
      onProgress: done => this._progress('reading', done, total, 'pictures')
    });
    found.leftOut.forEach(({ name, reason }) =>
      this._log(`Left out: ${name}. ${reason}`)
    );
    this._log(
      `Features of ${found.pictures.length} pictures, ${found.cached} of them known from before.`
    );
    return found;
  }

  /** What could not be read may have emptied a class. */
  private _refuseEmptied({ classes }: IPictureSet, labels: number[]): void {
    const counts = classes.map(() => 0);
    labels.forEach(label => counts[label]++);
    const few = classes.filter((_, index) => counts[index] < 2);
    if (few.length > 0) {
      const detail = `Too few pictures could be read of ${few.slice(0, 5).join(', ')}.`;
      throw new DeepError('invalid-arguments', detail, {
        hint: 'Each class needs two that can be read.',
        fields: { data: [detail] }
      });
    }
  }

  private async _learn(
    pictures: IFeatured[],
    { classes }: IPictureSet,
    split: ISplit
  ) {
    const thread: HeadThread = new WorkerThread(
      'headWorker',
      this._headData(pictures, classes.length, split),
      'that learns'
    );
    try {
      const device = (await thread.call('open')) as {
        backend: string;
        detail: string;
      };
      this._log(`Learns with ${device.backend} (${device.detail}).`);
      const { history, kept } = await this._epochs(thread);
      const learnt = (await thread.call('finish')) as ILearnt;
      return { ...learnt, history, kept, device };
    } finally {
      await thread.dispose();
    }
  }

  private _headData(
    pictures: IFeatured[],
    classes: number,
    split: ISplit
  ): IHeadData {
    const width = pictures[0].features.length;
    const features = new SharedArrayBuffer(pictures.length * width * 4);
    const rows = new Float32Array(features);
    pictures.forEach((each, index) => rows.set(each.features, index * width));
    const labels = Int32Array.from(pictures, ({ picture }) => picture.label);
    const { batch_size, learning_rate, class_weights, seed } = this._values;
    const counts = new Array<number>(classes).fill(0);
    split.training.forEach(index => counts[labels[index]]++);
    return {
      features,
      width,
      classes,
      labels,
      ...split,
      batchSize: batch_size,
      learningRate: learning_rate,
      classWeights: counts.map(count =>
        class_weights === 'balanced'
          ? split.training.length / (classes * count)
          : 1
      ),
      seed,
      modelFolder: this._parent.path
    };
  }

  /** Until all epochs are done, or so many brought nothing better. */
  private async _epochs(
    thread: HeadThread
  ): Promise<{ history: IEpoch[]; kept: number }> {
    const { epochs, patience } = this._values;
    const history: IEpoch[] = [];
    let kept = 0;
    this._progress('learning', 0, epochs, 'epochs');
    for (let epoch = 1; epoch <= epochs; epoch++) {
      this._options.signal.throwIfAborted();
      const values = (await thread.call('epoch')) as IEpoch;
      history.push(values);
      if (epoch === 1 || values.val_loss < history[kept].val_loss) {
        kept = epoch - 1;
        await thread.call('keep');
      }
      this._options.onEvent({
        event: 'metrics',
        step: epoch,
        values: { ...values }
      });
      this._progress('learning', epoch, epochs, 'epochs');
      if (patience > 0 && epoch - 1 - kept >= patience) {
        this._log(
          `Stopped after epoch ${epoch}: none of the last ${patience} was better than epoch ${kept + 1}.`
        );
        break;
      }
    }
    return { history, kept };
  }

  private async _describeData(
    { path: data, classes, leftOut }: IPictureSet,
    features: IFeatures,
    split: ISplit
  ): Promise<ITrainingRecord['data']> {
    const all = [...leftOut, ...features.leftOut];
    const counts = classes.map(name => ({ name, training: 0, validation: 0 }));
    const labelOf = (index: number): number =>
      features.pictures[index].picture.label;
    split.training.forEach(index => counts[labelOf(index)].training++);
    split.validation.forEach(index => counts[labelOf(index)].validation++);
    const changed = await this._countChanged(features.pictures);
    if (changed > 0) {
      this._log(
        `${changed} pictures changed after they had been read; the model learnt what they were then.`
      );
    }
    return {
      path: data,
      fingerprint: fingerprintOf(features.pictures, classes),
      pictures: features.pictures.length,
      classes: counts,
      leftOut: all.slice(0, NAMED),
      leftOutCount: all.length,
      changed
    };
  }

  private async _countChanged(pictures: IFeatured[]): Promise<number> {
    let changed = 0;
    for (const { picture, sizeBytes, modifiedMs } of pictures) {
      const now = await stat(picture.file).catch(() => undefined);
      changed += Number(now?.size !== sizeBytes || now.mtimeMs !== modifiedMs);
    }
    return changed;
  }

  private _environment(
    features: IFeatures,
    device: { backend: string }
  ): ITrainingRecord['environment'] {
    return {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
      threads: this._options.machine.threads,
      features: features.backend
        ? `onnxruntime-node (${features.backend})`
        : 'from the cache',
      head: device.backend
    };
  }

  private _save(
    set: IPictureSet,
    { pictures }: IFeatures,
    split: ISplit,
    found: Int32Array,
    model: Uint8Array,
    record: ITrainingRecord
  ): Promise<{ name: string; folder: string }> {
    const percent = (record.metrics.val_accuracy * 100).toFixed(1);
    const { name, ext } = path.parse(set.path);
    const data = ext === '' ? name : path.basename(path.dirname(set.path));
    // Pictures whose class was found: what the new file gets wrong of them is the file's fault.
    const right = split.validation.filter(
      (index, at) => found[at] === pictures[index].picture.label
    );
    const examples = right.slice(0, EXAMPLES).map(index => ({
      file: pictures[index].picture.file,
      label: set.classes[pictures[index].picture.label]
    }));
    return writeNewModel(this._options.modelsFolder, {
      parent: this._parent,
      name: plainName(this._values.name || data),
      classes: set.classes,
      model,
      training: record,
      summary: `Tells ${set.classes.length} classes apart; right for ${percent} % of ${split.validation.length} pictures it had not learnt from.`,
      check: folder => this._options.check(folder, examples),
      signal: this._options.signal
    });
  }

  private _progress(
    phase: 'reading' | 'learning' | 'saving',
    done: number,
    total: number,
    unit: string
  ): void {
    this._options.onEvent({ event: 'progress', phase, done, total, unit });
  }

  private _log(text: string): void {
    this._options.onEvent({ event: 'log', text });
  }
}

function fingerprintOf(pictures: IFeatured[], classes: string[]): string {
  const sum = createHash('sha256');
  for (const { picture, hash } of pictures) {
    sum.update(
      JSON.stringify([
        picture.name,
        hash.toString('hex'),
        classes[picture.label]
      ])
    );
  }
  return sum.digest('hex');
}

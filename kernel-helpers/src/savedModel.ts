import * as path from 'node:path';
import type {
  SavedModel as Saved,
  WrittenPythonModule
} from '@jupyterlab-deep/protocol';
import { service } from './connection';
import { type IMimeBundle, SHOWN_AS, textBundle } from './display/bundle';
import { type Module, modules } from './modules';

/** A model folder among yours: a module that can be opened, deployed and shared by its id. */
export class SavedModel {
  /** @param saved As the service tells it. */
  constructor(saved: Saved) {
    this.id = saved.id;
    this.name = saved.name;
    this.title = saved.title;
    this.version = saved.version;
    this.task = saved.task;
    this.folder = saved.folder;
  }

  /** Module id: `mine/leaves`. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly task: string;
  /** Path of its folder. */
  readonly folder: string;

  /** Start it on this machine, or take it where it runs. */
  open(options: { signal?: AbortSignal } = {}): Promise<Module> {
    return modules.open(this.id, options);
  }

  /**
   * Write a Python project that serves it by the platform's own server (DEEPaaS).
   *
   * @param folder Relative to the notebook; nothing may lie there.
   * @throws DeepError `conflict`, `module-not-implemented`
   */
  writePython(
    folder: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<WrittenPythonModule> {
    return service.json<WrittenPythonModule>(
      `/models/${encodeURIComponent(this.name)}/python`,
      {
        method: 'POST',
        body: { folder: { from: 'path', path: path.resolve(folder) } },
        ...options
      }
    );
  }

  /** Delete its folder, and stop what runs of it here. @throws DeepError `not-found` */
  async remove(options: { signal?: AbortSignal } = {}): Promise<void> {
    await service.request(`/models/${encodeURIComponent(this.name)}`, {
      method: 'DELETE',
      ...options
    });
  }

  /** How a notebook shows it. */
  [SHOWN_AS](): IMimeBundle {
    return textBundle(
      `${this.title} ${this.version} (${this.id}, ${this.task}), in ${this.folder}`
    );
  }
}

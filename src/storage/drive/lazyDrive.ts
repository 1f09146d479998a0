import type { Contents, ServerConnection } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

/** Stands for a drive whose code is loaded at its first use: Lab restores documents of it before any panel is shown. */
export class LazyDrive implements Contents.IDrive {
  constructor(
    readonly name: string,
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _load: () => Promise<Contents.IDrive>
  ) {}

  get fileChanged(): ISignal<Contents.IDrive, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  readonly isDisposed = false;

  /** Lab keeps a drive as long as its page. */
  dispose(): void {
    Signal.clearData(this);
  }

  get = this._pass('get');
  getDownloadUrl = this._pass('getDownloadUrl');
  newUntitled = this._pass('newUntitled');
  delete = this._pass('delete');
  rename = this._pass('rename');
  save = this._pass('save');
  copy = this._pass('copy');
  createCheckpoint = this._pass('createCheckpoint');
  listCheckpoints = this._pass('listCheckpoints');
  restoreCheckpoint = this._pass('restoreCheckpoint');
  deleteCheckpoint = this._pass('deleteCheckpoint');

  private _pass<K extends Call>(name: K): Contents.IDrive[K] {
    const call = async (...args: unknown[]) => {
      const drive = await (this._drive ??= this._open());
      return (drive[name] as (...args: unknown[]) => unknown).apply(
        drive,
        args
      );
    };
    return call as unknown as Contents.IDrive[K];
  }

  private async _open(): Promise<Contents.IDrive> {
    try {
      const drive = await this._load();
      drive.fileChanged.connect((_, change) => this._fileChanged.emit(change));
      return drive;
    } catch (reason) {
      // Jupyter may have been away: the next use tries again.
      this._drive = undefined;
      throw reason;
    }
  }

  private readonly _fileChanged = new Signal<
    Contents.IDrive,
    Contents.IChangedArgs
  >(this);
  private _drive: Promise<Contents.IDrive> | undefined;
}

type Call =
  | 'get'
  | 'getDownloadUrl'
  | 'newUntitled'
  | 'delete'
  | 'rename'
  | 'save'
  | 'copy'
  | 'createCheckpoint'
  | 'listCheckpoints'
  | 'restoreCheckpoint'
  | 'deleteCheckpoint';

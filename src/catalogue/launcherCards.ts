import type { ILauncher } from '@jupyterlab/launcher';
import { DisposableSet } from '@lumino/disposable';
import { CommandIDs } from './commandIds';
import type { Favourites } from './favourites';

const MOST = 4;

interface ILauncherCardsOptions {
  launcher: ILauncher;
  category: string;
  favourites: Favourites;
  /** What a module is called, as far as it is known here. */
  titleOf(id: string): Promise<string | undefined>;
}

/** Cards of the Launcher for the modules that somebody goes back to: favourites first, then those used last. */
export class LauncherCards {
  constructor(private readonly _options: ILauncherCardsOptions) {
    _options.favourites.changed.connect(() => void this._update());
  }

  private async _update(): Promise<void> {
    const { launcher, category, favourites, titleOf } = this._options;
    const ids = [...new Set([...favourites.ids, ...favourites.recent])];
    const shown = ids.slice(0, MOST);
    const key = shown.join(' ');
    if (key === this._key) {
      return;
    }
    this._key = key;
    const titles = await Promise.all(shown.map(id => titleOf(id)));
    if (key !== this._key) {
      return;
    }
    this._cards.dispose();
    this._cards = DisposableSet.from(
      shown.map((id, index) =>
        launcher.add({
          command: CommandIDs.openModule,
          args: { id, title: titles[index] ?? id },
          category,
          rank: index + 1
        })
      )
    );
  }

  private _key = '';
  private _cards = new DisposableSet();
}

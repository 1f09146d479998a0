import type { ILauncher } from '@jupyterlab/launcher';
import { DisposableDelegate } from '@lumino/disposable';
import { Favourites } from '../favourites';
import { LauncherCards } from '../launcherCards';

const nextTurn = (): Promise<void> => new Promise(done => setTimeout(done));

it('shows favourites and what was used last in the Launcher, four at most', async () => {
  const shown: ILauncher.IItemOptions[] = [];
  const launcher = {
    add: (card: ILauncher.IItemOptions) => {
      shown.push(card);
      return new DisposableDelegate(() => shown.splice(shown.indexOf(card), 1));
    }
  };
  const favourites = new Favourites(null);
  new LauncherCards({
    launcher: launcher as unknown as ILauncher,
    category: 'DEEP',
    favourites,
    titleOf: async id => (id === 'x/a' ? 'Plants' : undefined)
  });
  favourites.used('x/a');
  favourites.toggle('x/b');
  await nextTurn();
  expect(shown.map(({ args }) => args)).toEqual([
    { id: 'x/b', title: 'x/b' },
    { id: 'x/a', title: 'Plants' }
  ]);
  ['x/c', 'x/d', 'x/e'].forEach(id => favourites.used(id));
  await nextTurn();
  expect(shown.map(({ args }) => args?.id)).toEqual([
    'x/b',
    'x/e',
    'x/d',
    'x/c'
  ]);
});

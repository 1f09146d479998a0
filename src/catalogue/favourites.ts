import type { IStateDB } from '@jupyterlab/statedb';
import { ISignal, Signal } from '@lumino/signaling';
import type { IFavourites } from './tokens';

const KEY = 'jupyterlab-deep:favourites';
const MAX_RECENT = 20;
const MAX_FAVOURITES = 500;

/** Which modules the user likes and used lately, by id; kept in Lab's state database. */
export class Favourites implements IFavourites {
  constructor(private readonly _state: IStateDB | null) {}

  get changed(): ISignal<Favourites, void> {
    return this._changed;
  }

  get ids(): readonly string[] {
    return this._ids;
  }

  /** Latest first. */
  get recent(): readonly string[] {
    return this._recent;
  }

  has(id: string): boolean {
    return this._ids.includes(id);
  }

  toggle(id: string): void {
    this._ids = this.has(id)
      ? this._ids.filter(each => each !== id)
      : [id, ...this._ids].slice(0, MAX_FAVOURITES);
    this._keep();
  }

  used(id: string): void {
    const others = this._recent.filter(each => each !== id);
    this._recent = [id, ...others].slice(0, MAX_RECENT);
    this._keep();
  }

  /** Take up what was kept; what the user did meanwhile comes first. */
  async restore(): Promise<void> {
    const kept = (await this._state?.fetch(KEY)) as
      { ids?: string[]; recent?: string[] } | undefined;
    this._ids = [...new Set([...this._ids, ...(kept?.ids ?? [])])];
    this._recent = [...new Set([...this._recent, ...(kept?.recent ?? [])])];
    this._changed.emit();
  }

  private _keep(): void {
    const value = { ids: this._ids, recent: this._recent };
    this._state?.save(KEY, value).catch(reason => {
      console.warn('The favourites could not be kept.', reason);
    });
    this._changed.emit();
  }

  private _ids: string[] = [];
  private _recent: string[] = [];
  private readonly _changed = new Signal<Favourites, void>(this);
}

import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { moduleIcon } from '../shared/icons';
import { LazyTab } from '../shared/lazyTab';
import type { ICellReading } from './cellForm';
import type { PageTab } from './model';
import type { ModulePage } from './panel';

/** What a page shows when it is opened. */
export interface IPageView {
  tab?: PageTab;

  /** A file of Jupyter for the first argument that takes one. */
  path?: string;

  /** A training to show. */
  run?: string;

  /** The form of a cell of a notebook in the folder. */
  cell?: { reading: ICellReading; folder: string };
}

/** A module's page as a tab of the main area; its content is loaded when it is first shown. */
export class ModuleTab extends LazyTab {
  constructor({ moduleId, load, trans }: ModuleTab.IOptions) {
    super({
      id: `jp-deep-module-${moduleId.replace(/[^\w-]/g, '-')}`,
      label: moduleId.split('/')[1] ?? moduleId,
      description: trans.__('DEEP module %1', moduleId),
      icon: moduleIcon,
      load: async () => this._adopt(await load()),
      failed: reason =>
        trans.__('The page could not be loaded: %1', String(reason)),
      trans
    });
    this.moduleId = moduleId;
  }

  readonly moduleId: string;

  /** The content, once it is loaded. */
  get page(): ModulePage | null {
    return this._page;
  }

  /** Where the page is, or will be once it is loaded. */
  get view(): IPageView {
    return this._page ? { tab: this._page.page.model.tab } : this._view;
  }

  /** Emitted when the page went to another tab, so that it can be restored there. */
  get viewChanged(): ISignal<ModuleTab, void> {
    return this._viewChanged;
  }

  /** Go there, now or once the content is loaded. */
  goTo(view: IPageView): void {
    this._view = view;
    if (this._page) {
      this._page.open(view);
    }
  }

  private _adopt(page: ModulePage): ModulePage {
    const { model } = page.page;
    let { tab } = model;
    model.changed.connect(() => {
      this.title.label = model.module?.title ?? this.title.label;
      if (tab !== model.tab) {
        tab = model.tab;
        this._viewChanged.emit();
      }
    });
    this._page = page;
    page.open(this._view);
    return page;
  }

  private readonly _viewChanged = new Signal<ModuleTab, void>(this);
  private _page: ModulePage | null = null;
  private _view: IPageView = {};
}

export namespace ModuleTab {
  export interface IOptions {
    /** `source/name` */
    moduleId: string;
    load: () => Promise<ModulePage>;
    trans: TranslationBundle;
  }
}

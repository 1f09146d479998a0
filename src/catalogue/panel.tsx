import '../../style/catalogue.css';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeepService } from '../service/tokens';
import { ConnectionBanner } from '../shared/connectionBanner';
import { formatAgo } from '../shared/time';
import { useChanges, useSignal } from '../shared/useChanges';
import { CommandIDs } from './commandIds';
import { ModuleList } from './list';
import type { CatalogueModel } from './model';
import { FacetBar } from './facetPanel';
import { SearchBox } from './searchBox';
import { SourceLines } from './sourceLines';

export namespace CataloguePanel {
  export interface IOptions {
    model: CatalogueModel;
    service: IDeepService;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

/** The catalogue in the sidebar. */
export class CataloguePanel extends ReactWidget {
  constructor(private readonly _options: CataloguePanel.IOptions) {
    super();
    this.addClass('jp-DeepCatalogue-panel');
    void _options.model.start();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector('input')?.focus();
  }

  protected render(): JSX.Element {
    return <Catalogue {...this._options} />;
  }
}

function Catalogue(props: CataloguePanel.IOptions): JSX.Element {
  const { model, service, commands, trans } = props;
  useChanges(model);
  const search = React.useRef<HTMLInputElement>(null);
  const list = React.useRef<HTMLUListElement>(null);
  const focusList = () =>
    list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  return (
    <>
      <SearchBox ref={search} model={model} trans={trans} onDown={focusList} />
      <FacetBar model={model} trans={trans} />
      <CountLine model={model} trans={trans} />
      <ConnectionBanner service={service} trans={trans} />
      <div
        className="jp-DeepCatalogue-progress"
        data-running={model.isRefreshing}
      />
      {model.error && service.connection.state === 'online' && (
        <Failure model={model} trans={trans} />
      )}
      {model.modules?.length === 0 && <Empty model={model} trans={trans} />}
      <ModuleList
        ref={list}
        modules={model.modules ?? []}
        text={model.shownText}
        favourites={model.favourites}
        trans={trans}
        onOpen={id => void commands.execute(CommandIDs.openModule, { id })}
        onLeave={() => search.current?.focus()}
        onEnd={() => void model.more()}
      />
      <HealthFoot service={service} commands={commands} trans={trans} />
    </>
  );
}

interface IModelProps {
  model: CatalogueModel;
  trans: TranslationBundle;
}

function CountLine({ model, trans }: IModelProps): JSX.Element {
  const { modules, matching, total } = model;
  const words = model.isNarrow
    ? trans.__(
        '%1 of %2 modules',
        matching.toLocaleString(),
        total.toLocaleString()
      )
    : trans._n('%1 module', '%1 modules', matching, matching.toLocaleString());
  return (
    <div className="jp-DeepCatalogue-countLine">
      <span role="status">
        {modules ? words : trans.__('Asking for the modules…')}
      </span>
      <SourceLines model={model} trans={trans} />
      {model.isNarrow && matching > 0 && (
        <button type="button" onClick={() => model.clear()}>
          {trans.__('Clear filters')}
        </button>
      )}
    </div>
  );
}

/** The service answers, but not to this. */
function Failure({ model, trans }: IModelProps): JSX.Element {
  const { title, detail, hint } = model.error!.problem;
  return (
    <div role="alert" className="jp-DeepShared-error">
      <strong>{title}</strong>
      <p>{detail}</p>
      {hint && <p>{hint}</p>}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void model.refresh()}
      >
        {trans.__('Retry')}
      </button>
    </div>
  );
}

function Empty({ model, trans }: IModelProps): JSX.Element {
  const { suggestion, total } = model;
  const { text, view } = model.search;
  if (total === 0) {
    return (
      <p className="jp-DeepCatalogue-empty">
        {trans.__('No source has any module yet.')}
      </p>
    );
  }
  return (
    <div className="jp-DeepCatalogue-empty">
      <p>
        {text
          ? trans.__('No module matches “%1”.', text)
          : view === 'favourites'
            ? trans.__('No favourites yet: the star of a module adds it.')
            : trans.__('No module has all of these.')}
      </p>
      {suggestion && (
        <button type="button" onClick={() => model.setText(suggestion)}>
          {trans.__('Did you mean “%1”?', suggestion)}
        </button>
      )}
      <button type="button" onClick={() => model.clear()}>
        {trans.__('Clear filters')}
      </button>
    </div>
  );
}

interface IHealthFootProps {
  service: IDeepService;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The service's health in a line; the whole of it on click. */
function HealthFoot(props: IHealthFootProps): JSX.Element | null {
  const { service, commands, trans } = props;
  useSignal(service.connectionChanged);
  const { health } = service;
  if (!health) {
    return null;
  }
  const startedAt = new Date(health.startedAt);
  return (
    <button
      type="button"
      className="jp-DeepCatalogue-health"
      title={trans.__('Show service health')}
      onClick={() => void commands.execute(CommandIDs.showHealth)}
    >
      {trans.__('Service %1', health.version)}
      {' · '}
      {trans.__('started %1', formatAgo(startedAt))}
    </button>
  );
}

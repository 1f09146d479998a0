import type {
  Module,
  ModuleCard as IModuleCard
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { moduleIcon, starIcon, starFilledIcon } from '../shared/icons';
import { beginDrag, MODULE_MIME } from '../shared/labDrag';
import { fitWords } from './words';

interface IModuleCardProps {
  module: IModuleCard;
  trans: TranslationBundle;
  isFavourite: boolean;

  /** Whether Tab leads to this card; the arrow keys lead to the others. */
  isCurrent: boolean;
  onOpen: () => void;
  onFocus: () => void;
  onFavourite: () => void;
}

/** One module of the list: a click opens its page. */
export function ModuleCard(props: IModuleCardProps): JSX.Element {
  const { module, trans, isCurrent, onOpen, onFocus } = props;
  const { id, title, summary, broken } = module;
  return (
    <li
      data-deep-module={id}
      className={`jp-DeepCatalogue-item${broken ? ' jp-mod-broken' : ''}`}
    >
      <button
        type="button"
        tabIndex={isCurrent ? 0 : -1}
        className="jp-DeepCatalogue-card"
        onClick={onOpen}
        onFocus={onFocus}
        onMouseDown={event => beginDrag(event, MODULE_MIME, id, title)}
      >
        <span className="jp-DeepCatalogue-name">
          <moduleIcon.react tag="span" className="jp-DeepCatalogue-icon" />
          <span>{title}</span>
        </span>
        <span className="jp-DeepCatalogue-kind">{kindLine(module)}</span>
        <span className="jp-DeepCatalogue-summary">{summary}</span>
        <span className="jp-DeepCatalogue-foot">{footLine(module, trans)}</span>
      </button>
      <FavouriteButton {...props} />
    </li>
  );
}

function FavouriteButton(props: IModuleCardProps): JSX.Element {
  const { module, trans, isCurrent, isFavourite, onFavourite } = props;
  const icon: LabIcon = isFavourite ? starFilledIcon : starIcon;
  return (
    <button
      type="button"
      tabIndex={isCurrent ? 0 : -1}
      className="jp-DeepCatalogue-star"
      aria-pressed={isFavourite}
      aria-label={trans.__('Favourite: %1', module.title)}
      title={
        isFavourite
          ? trans.__('Remove from favourites')
          : trans.__('Add to favourites')
      }
      onClick={onFavourite}
    >
      <icon.react tag="span" />
    </button>
  );
}

type Made = Pick<Module, 'libraries' | 'runtime'>;
type Flow = Pick<Module, 'input' | 'output'>;

/** `image → 1,000 labels · ONNX` */
export function kindLine(module: Made & Flow): string {
  return [flowOf(module), ...madeWith(module)]
    .filter(part => part !== '')
    .join(' · ');
}

/** What goes in and what comes out. */
export const flowOf = ({ input, output }: Flow): string =>
  [input, output].filter(part => part !== '').join(' → ');

/** Libraries by name. The metadata's vocabulary has no word for ONNX: such modules say “Other”. */
export function madeWith({ libraries, runtime }: Made): string[] {
  const named = libraries.filter(library => library !== 'Other');
  return runtime === 'onnx' ? [...named, 'ONNX'] : named;
}

function footLine(module: IModuleCard, trans: TranslationBundle): string {
  const { capabilities, broken, shared } = module;
  const facts = [
    shared ? trans.__('v%1 by %2', shared.version, shared.author) : '',
    shared?.hasUpdate ? trans.__('new version') : '',
    fitWords(module, trans),
    !broken && capabilities.includes('trainable') ? trans.__('trainable') : '',
    !broken && capabilities.includes('tool') ? trans.__('tool') : ''
  ];
  return facts.filter(fact => fact !== '').join(' · ');
}

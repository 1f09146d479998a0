import type { IJsonSchema, IModuleDescription } from '../deepaas';
import { IMimeBundle, shownAs } from '../display/bundle';
import { tableBundle } from '../display/table';

/** What a module says about itself; shown as a table of predict's arguments. */
export type Description = IModuleDescription;

export const describedAs = (
  about: IModuleDescription,
  id: string
): Description => shownAs(about, () => bundle(about, id));

function bundle(
  { predict, accepts }: IModuleDescription,
  id: string
): IMimeBundle {
  const rows = Object.entries(predict.properties ?? {}).map(
    ([argument, property]) => ({
      argument,
      type: typeOf(property),
      default: predict.required?.includes(argument)
        ? 'required'
        : property.default,
      what: property.description
    })
  );
  return tableBundle(
    rows,
    ['argument', 'type', 'default', 'what'],
    `${id} predicts from these arguments and answers with ${accepts.join(', ')}`
  );
}

function typeOf(property: IJsonSchema): string {
  const { type, format, enum: choices, items, minimum, maximum } = property;
  if (Array.isArray(choices)) {
    return choices.map(choice => JSON.stringify(choice)).join(' | ');
  }
  const name = format ?? type ?? '';
  if (type === 'array') {
    return `list of ${(items as IJsonSchema | undefined)?.type ?? 'anything'}`;
  }
  const range =
    minimum === undefined && maximum === undefined
      ? ''
      : ` ${minimum ?? ''}–${maximum ?? ''}`;
  return name + range;
}

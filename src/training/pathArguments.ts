import type { RJSFSchema } from '@rjsf/utils';
import { kindOf } from '../inference/argumentKind';
import { IFormPlan, planForm } from '../inference/formSchema';

/** Names of arguments that real modules give to where their data lie. */
const DATA_NAME =
  /(^|_)(data|dataset|datasets|train(ing)?_?(data|set|dir|path)|(data|images?|train(ing)?|input|source)_?(dir|directory|folder|path|root))($|_)/i;
/** These are where something is put, or what is begun with. */
const OTHER_NAME =
  /(^|_)(out|output|save|saved|log|logs|model|models|weights?|checkpoint|ckpt|split|size|type|format|augmentation|loader|workers|url)($|_)/i;
const DATA_TEXT = /\b(path|folder|directory)\b/i;

/** What the user says of arguments: that they take the path of data, or that they do not. */
export type DataBindings = ReadonlyMap<string, boolean>;

/** Whether the path of data can be given for an argument at all: a text that is none of a certain kind. */
export function canTakeData(schema: RJSFSchema): boolean {
  const { format, enum: choices } = schema;
  return (
    kindOf(schema) === 'text' &&
    !choices &&
    (format === undefined || format === 'path' || format === 'dataset')
  );
}

/** Whether an argument of a training takes the path of data, by what its module says of it, its name or its description. */
export function takesData(name: string, schema: RJSFSchema): boolean {
  if (!canTakeData(schema)) {
    return false;
  }
  const { format, description = '' } = schema;
  if (format === 'dataset' || OTHER_NAME.test(name)) {
    return format === 'dataset';
  }
  return (
    format === 'path' ||
    DATA_NAME.test(name) ||
    (DATA_TEXT.test(description) &&
      /data|image|picture|file/i.test(description))
  );
}

/** The form of a training, whose arguments for data have a field of their own, and stand first. */
export interface ITrainingPlan extends IFormPlan {
  /** Arguments that take the path of data. */
  data: string[];
}

export function planTraining(
  train: unknown,
  bindings: DataBindings = new Map()
): ITrainingPlan {
  const plan = planForm(train, []);
  // As the module has them: a form's fields have no formats that it does not check.
  const given = ((train as RJSFSchema).properties ?? {}) as Record<
    string,
    RJSFSchema
  >;
  const all = Object.keys(plan.schema.properties ?? {});
  const texts = all.filter(name => name in given && canTakeData(given[name]));
  const data = texts.filter(
    name => bindings.get(name) ?? takesData(name, given[name])
  );
  // People set these each time; what else is not needed is folded.
  const common = all.filter(name =>
    /^(num_?)?epochs?(_num)?$|^(base_)?(lr|learning_rate)$/i.test(name)
  );
  const isFirst = (name: string) =>
    data.includes(name) ||
    plan.first.includes(name) ||
    common.includes(name) ||
    // It stays in sight of whoever said something of it.
    (texts.includes(name) && bindings.has(name));
  const first = [
    ...data,
    ...all.filter(name => isFirst(name) && !data.includes(name))
  ];
  const more = all.filter(name => !first.includes(name));
  return {
    ...plan,
    data,
    first,
    more,
    uiSchema: {
      ...plan.uiSchema,
      ...Object.fromEntries(
        texts.map(name => [
          name,
          { 'ui:field': data.includes(name) ? 'DeepData' : 'DeepText' }
        ])
      ),
      'ui:order': [...first, ...more]
    }
  };
}

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

/** Whether an argument of a training takes the path of data, by its name or its description. */
export function takesData(name: string, schema: RJSFSchema): boolean {
  const kind = kindOf(schema as Parameters<typeof kindOf>[0]);
  if (kind !== 'text' || schema.enum || OTHER_NAME.test(name)) {
    return false;
  }
  const { description = '' } = schema;
  return (
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

export function planTraining(train: unknown): ITrainingPlan {
  const plan = planForm(train, []);
  const properties = plan.schema.properties ?? {};
  const data = Object.entries(properties)
    .filter(([name, schema]) => takesData(name, schema as RJSFSchema))
    .map(([name]) => name);
  const all = Object.keys(properties);
  // People set these each time; what else is not needed is folded.
  const common = all.filter(name =>
    /^(num_?)?epochs?(_num)?$|^(base_)?(lr|learning_rate)$/i.test(name)
  );
  const isFirst = (name: string) =>
    data.includes(name) || plan.first.includes(name) || common.includes(name);
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
        data.map(name => [name, { 'ui:field': 'DeepData' }])
      ),
      'ui:order': [...first, ...more]
    }
  };
}

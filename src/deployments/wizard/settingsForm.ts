import {
  ModelGives,
  ModelInspection,
  ModelLayout,
  ModelPreparation,
  ModelRequest,
  ModelSettings,
  PREPARATIONS,
  PreparationName
} from '@jupyterlab-deep/protocol';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RJSFSchema } from '@rjsf/utils';
import type { FieldErrors } from '../../inference/formErrors';
import type { IFormPlan } from '../../inference/formSchema';

/** What the form of step 2 holds. Lists are texts with a name a line. */
export interface IWizardValues {
  name: string;
  labels?: string;
  columns?: string;
  preset?: PreparationName | typeof FOUND;
  width?: number;
  height?: number;
  fit?: ModelPreparation['fit'];
  channels?: 'RGB' | 'BGR';
  layout?: ModelLayout;
  gives?: ModelGives;
  output?: string;
  summary?: string;
  licence?: string;
  author?: string;
}

/** A preparation that was found beside the file and has no name. */
const FOUND = 'found';

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((value, index) => Math.abs(value - (b[index] ?? value)) < 1e-6);

/** The name of a preparation; `found` where it has none. */
function presetOf(preparation: ModelPreparation): IWizardValues['preset'] {
  const names = Object.keys(PREPARATIONS) as PreparationName[];
  const isGrey = preparation.channels === 'grey';
  return (
    names.find(name => {
      const { scale, mean, std, channels } = PREPARATIONS[name];
      return (
        Math.abs(scale - preparation.scale) < 1e-9 &&
        sameNumbers(preparation.mean, mean) &&
        sameNumbers(preparation.std, std) &&
        (isGrey || channels === preparation.channels)
      );
    }) ?? FOUND
  );
}

/** Where they are asked for at all, nothing goes on without them. */
const REQUIRED = ['name', 'labels', 'columns'];

const isTable = ({ task }: ModelSettings): boolean =>
  task.startsWith('tabular');

/** What is proposed, as the form shows it. */
export function valuesOf({ name, proposal }: ModelInspection): IWizardValues {
  const { labels, columns, preparation, network } = proposal ?? {};
  return {
    name,
    ...(labels && { labels: labels.join('\n') }),
    ...(columns && { columns: columns.map(each => each.name).join('\n') }),
    ...(preparation && {
      preset: presetOf(preparation),
      width: preparation.width,
      height: preparation.height,
      fit: preparation.fit,
      ...(preparation.channels !== 'grey' && {
        channels: preparation.channels
      })
    }),
    ...(network?.layout && { layout: network.layout }),
    ...(network?.gives && { gives: network.gives }),
    ...(network?.output && { output: network.output })
  };
}

/** Names, one a line; empty lines are left out. */
export const linesOf = (text = ''): string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

function preparationOf(
  values: IWizardValues,
  found: ModelPreparation
): ModelPreparation {
  const isGrey = found.channels === 'grey';
  const count = isGrey ? 1 : 3;
  const { preset = FOUND } = values;
  const named = preset === FOUND ? found : PREPARATIONS[preset];
  const size = {
    width: values.width ?? found.width,
    height: values.height ?? found.height
  };
  const fit = values.fit ?? found.fit;
  // An edge that was found belongs to the size that was found.
  const isFound = size.width === found.width && size.height === found.height;
  return {
    ...size,
    fit,
    ...(fit === 'crop' && isFound && found.edge && { edge: found.edge }),
    filter: found.filter,
    channels: isGrey ? 'grey' : (values.channels ?? 'RGB'),
    scale: named.scale,
    mean: named.mean.slice(0, count),
    std: named.std.slice(0, count)
  };
}

/** What is asked for, made of the form. */
export function requestOf(
  inspection: ModelInspection,
  values: IWizardValues,
  path: string,
  example: string | null,
  replace: boolean
): ModelRequest {
  const proposal = inspection.proposal!;
  const { task, preparation, network } = proposal;
  const { name, labels, columns, layout, gives, output } = values;
  const { summary, licence, author } = values;
  const text = (value?: string) => value?.trim() || undefined;
  return {
    file: { from: 'jupyter', path },
    name: name.trim(),
    title: name.trim(),
    settings: {
      task,
      network: {
        ...network,
        ...(layout && { layout }),
        ...(gives && { gives }),
        ...(output && { output })
      },
      ...(task !== 'tabular-regression' &&
        text(labels) && { labels: linesOf(labels) }),
      ...(isTable(proposal) &&
        text(columns) && {
          columns: linesOf(columns).map(each => ({ name: each }))
        }),
      ...(preparation && { preparation: preparationOf(values, preparation) })
    },
    summary: text(summary),
    licence: text(licence),
    author: text(author),
    ...(example !== null && {
      example: { file: { from: 'jupyter', path: example } }
    }),
    ...(replace && { replace }),
    isDraft: true
  };
}

const choice = (title: string, names: [string, string][]): RJSFSchema => ({
  type: 'string',
  title,
  oneOf: names.map(([value, words]) => ({ const: value, title: words }))
});

function pictureFields(
  { network, preparation }: ModelSettings,
  inspection: ModelInspection,
  trans: TranslationBundle
): Record<string, RJSFSchema> {
  const isGrey = preparation?.channels === 'grey';
  const hasFound = preparation && presetOf(preparation) === FOUND;
  const isAnySize = inspection.inputs.some(
    ({ shape }) => shape.slice(1).filter(length => length === null).length > 1
  );
  const side = { type: 'integer' as const, minimum: 1, maximum: 4096 };
  return {
    preset: {
      ...choice(trans.__('Preparation'), [
        ...(hasFound
          ? ([[FOUND, trans.__('As its preprocessor_config.json says')]] as [
              string,
              string
            ][])
          : []),
        ['imagenet', trans.__('ImageNet: PyTorch, torchvision, timm')],
        ['zero-one', trans.__('0 to 1')],
        [
          'minus-one-one',
          trans.__('−1 to 1: Keras MobileNet, Inception, Teachable Machine')
        ],
        [
          'pixels',
          trans.__('0 to 255 as they are: Keras EfficientNet, ConvNeXt')
        ],
        ['caffe', trans.__('Blue, green, red minus mean: Keras ResNet, VGG')]
      ]),
      description: trans.__('What the values of a pixel become')
    },
    ...(isAnySize && {
      width: { ...side, title: trans.__('Width of its pictures, pixels') },
      height: { ...side, title: trans.__('Height of its pictures, pixels') }
    }),
    fit: choice(trans.__('Fit'), [
      ['squeeze', trans.__('The whole picture, squeezed')],
      ['crop', trans.__('The middle of the picture')]
    ]),
    ...(!isGrey && {
      channels: choice(trans.__('Order of colours'), [
        ['RGB', trans.__('Red, green, blue')],
        ['BGR', trans.__('Blue, green, red')]
      ])
    }),
    ...(network?.layout &&
      inspection.format === 'onnx' && {
        layout: choice(trans.__('Order of dimensions'), [
          ['NCHW', trans.__('Channels first, as in PyTorch')],
          ['NHWC', trans.__('Channels last, as in TensorFlow')]
        ])
      })
  };
}

/** The form of step 2 for a model: first what is missing or guessed, the rest folded. */
export function planSettings(
  inspection: ModelInspection,
  trans: TranslationBundle
): IFormPlan {
  const { proposal, classes, width, questions, outputs } = inspection;
  const settings = proposal!;
  const gives = settings.network?.gives;
  const count = (total: number | undefined) =>
    total === undefined
      ? trans.__('One a line, in the order of the network')
      : trans._n(
          '%1 name, in the order of the network',
          '%1 names, one a line, in the order of the network',
          total
        );
  const properties: Record<string, RJSFSchema> = {
    name: {
      type: 'string',
      title: trans.__('Name'),
      description: trans.__('Any text; it becomes the title of its page')
    },
    ...(settings.task !== 'tabular-regression' && {
      labels: {
        type: 'string',
        title: trans.__('Names of its classes'),
        description: count(classes)
      }
    }),
    ...(isTable(settings) && {
      columns: {
        type: 'string',
        title: trans.__('Names of its columns'),
        description: count(width)
      }
    }),
    ...(settings.preparation && pictureFields(settings, inspection, trans)),
    ...(gives && {
      gives: choice(trans.__('What its numbers are'), [
        ['logits', trans.__('Scores, from which probabilities are made')],
        ['probabilities', trans.__('Probabilities')],
        ['logit', trans.__('One score for the second of two classes')],
        [
          'probability',
          trans.__('One probability for the second of two classes')
        ]
      ])
    }),
    ...(outputs.length > 1 && {
      output: choice(
        trans.__('Its answer'),
        outputs.map(({ name }) => [name, name])
      )
    }),
    summary: {
      type: 'string',
      title: trans.__('Summary'),
      description: trans.__('One sentence for its card')
    },
    licence: { type: 'string', title: trans.__('Licence') },
    author: { type: 'string', title: trans.__('Author') }
  };
  const all = Object.keys(properties);
  const asked = [
    ...questions,
    ...(questions.includes('preparation') ? ['preset'] : []),
    ...(questions.includes('size') ? ['width', 'height'] : [])
  ];
  const first = all.filter(
    name =>
      ['name', 'labels', 'columns', 'preset'].includes(name) ||
      (asked as string[]).includes(name)
  );
  const more = all.filter(name => !first.includes(name));
  const required = all.filter(name => REQUIRED.includes(name));
  const lines = { 'ui:widget': 'textarea', 'ui:options': { rows: 6 } };
  return {
    schema: { type: 'object', required, properties },
    uiSchema: {
      'ui:order': [...first, ...more],
      ...('labels' in properties && { labels: lines }),
      ...('columns' in properties && { columns: lines })
    },
    files: [],
    secrets: [],
    first,
    more
  };
}

/** What can be seen to be wrong before anybody is asked. */
export function checkSettings(
  { classes, width, proposal }: ModelInspection,
  values: IWizardValues,
  trans: TranslationBundle
): FieldErrors {
  const errors: FieldErrors = {};
  if (!values.name?.trim()) {
    errors.name = [trans.__('Give it a name.')];
  }
  const { task } = proposal!;
  const isOfTwo = values.gives === 'logit' || values.gives === 'probability';
  const wanted = isOfTwo ? 2 : classes;
  const labels = linesOf(values.labels);
  if (task !== 'tabular-regression') {
    if (labels.length === 0) {
      errors.labels = [trans.__('Name its classes.')];
    } else if (wanted !== undefined && labels.length !== wanted) {
      errors.labels = [
        trans.__(
          'It tells %1 classes apart; %2 are named.',
          wanted.toLocaleString(),
          labels.length.toLocaleString()
        )
      ];
    }
  }
  const columns = linesOf(values.columns);
  if (task.startsWith('tabular')) {
    if (columns.length === 0) {
      errors.columns = [trans.__('Name its columns.')];
    } else if (width !== undefined && columns.length !== width) {
      errors.columns = [
        trans.__(
          'It takes %1 columns; %2 are named.',
          width.toLocaleString(),
          columns.length.toLocaleString()
        )
      ];
    }
  }
  return errors;
}

/** Complaints of the service at the fields of this form. */
export const fieldsOf = ({
  preparation,
  network,
  ...fields
}: FieldErrors): FieldErrors => ({
  ...fields,
  ...(preparation && { preset: preparation }),
  ...(network && { output: network })
});

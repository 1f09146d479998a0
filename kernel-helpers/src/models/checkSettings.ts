import {
  DeepError,
  type ModelInspection,
  type ModelSettings
} from '@jupyterlab-deep/protocol';

type Fields = Record<string, string[]>;

const isOfTwo = ({ network }: ModelSettings): boolean =>
  network?.gives === 'probability' || network?.gives === 'logit';

const words = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

function wrongLabels(
  { classes }: ModelInspection,
  settings: ModelSettings
): string | undefined {
  const { labels, task } = settings;
  if (task === 'tabular-regression') {
    return labels && 'A model that gives a number has no classes to name.';
  }
  const wanted = isOfTwo(settings) ? 2 : classes;
  if (!labels) {
    return wanted === undefined
      ? 'Name the classes, in the order of the network.'
      : `Name its ${wanted.toLocaleString('en')} classes, in the order of the network.`;
  }
  return wanted !== undefined && labels.length !== wanted
    ? `The network tells ${words(wanted, 'class', 'classes')} apart; ${words(labels.length, 'name is', 'names are')} given.`
    : undefined;
}

function wrongColumns(
  { width }: ModelInspection,
  { columns, task }: ModelSettings
): string | undefined {
  if (task === 'image-classification') {
    return columns && 'A model of pictures has no columns.';
  }
  if (!columns) {
    return width === undefined
      ? 'Name the columns, in the order of the network.'
      : `Name its ${words(width, 'column', 'columns')}, in the order of the network.`;
  }
  if (width !== undefined && columns.length !== width) {
    return `The network takes ${words(width, 'column', 'columns')}; ${words(columns.length, 'name is', 'names are')} given.`;
  }
  const names = columns.map(({ name }) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `Two columns are called ${twice}.`;
}

/** Height, width and channels that the file asks for; null where any will do. */
function pictureShape(
  { inputs }: ModelInspection,
  { network }: ModelSettings
): (number | null)[] {
  const input = inputs.find(({ name }) => name === network?.input) ?? inputs[0];
  const [, second = null, third = null, fourth = null] = input?.shape ?? [];
  return network?.layout === 'NHWC'
    ? [second, third, fourth]
    : [third, fourth, second];
}

function wrongPreparation(
  inspection: ModelInspection,
  settings: ModelSettings
): string | undefined {
  const { preparation, task } = settings;
  if (task !== 'image-classification') {
    return preparation && 'Only pictures are prepared.';
  }
  if (!preparation) {
    return 'Say how pictures are prepared: their size, and what becomes of their values.';
  }
  const { width, height, channels, mean, std, fit, edge } = preparation;
  const count = channels === 'grey' ? 1 : 3;
  const [tall, wide, deep] = pictureShape(inspection, settings);
  if ((tall ?? height) !== height || (wide ?? width) !== width) {
    return `The network takes pictures of ${wide ?? 'any'} × ${tall ?? 'any'} pixels, not of ${width} × ${height}.`;
  }
  if ((deep ?? count) !== count) {
    return `The network takes ${deep === 1 ? 'grey pictures' : 'pictures in colour'}: its input has ${words(deep!, 'channel', 'channels')}.`;
  }
  if (mean.length !== count || std.length !== count) {
    return `Mean and deviation need ${words(count, 'number', 'numbers')} each.`;
  }
  if (std.includes(0)) {
    return 'A deviation of 0 cannot be divided by.';
  }
  const isTooSmall =
    fit === 'crop' && edge !== undefined && edge < Math.max(width, height);
  return isTooSmall
    ? `The middle of ${width} × ${height} cannot be taken from a shorter side of ${edge}.`
    : undefined;
}

function wrongNetwork(
  { format, inputs, outputs }: ModelInspection,
  { network }: ModelSettings
): string | undefined {
  if (format === 'tfjs' || !network) {
    return undefined;
  }
  const lacks = (tensors: { name: string }[], name: string | undefined) =>
    name !== undefined && !tensors.some(each => each.name === name);
  if (lacks(inputs, network.input)) {
    return `It has no input ${network.input}; it has ${inputs.map(({ name }) => name).join(', ')}.`;
  }
  return lacks(outputs, network.output)
    ? `It has no output ${network.output}; it has ${outputs.map(({ name }) => name).join(', ')}.`
    : undefined;
}

/**
 * Whether what was said of a network fits what its file says.
 * @throws DeepError `invalid-arguments` with the field that does not, or the problem of the file itself.
 */
export function checkSettings(
  inspection: ModelInspection,
  settings: ModelSettings
): void {
  if (inspection.problem) {
    throw DeepError.fromProblem(inspection.problem);
  }
  const fields: Fields = {};
  const found = {
    labels: wrongLabels(inspection, settings),
    columns: wrongColumns(inspection, settings),
    preparation: wrongPreparation(inspection, settings),
    network: wrongNetwork(inspection, settings)
  };
  for (const [field, problem] of Object.entries(found)) {
    if (problem) {
      fields[field] = [problem];
    }
  }
  const problems = Object.values(fields).flat();
  if (problems.length > 0) {
    throw new DeepError('invalid-arguments', problems.join(' '), { fields });
  }
}

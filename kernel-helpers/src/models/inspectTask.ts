import {
  DeepError,
  type ModelGives,
  type ModelInspection,
  type ModelLayout,
  type ModelNetwork,
  type ModelPreparation,
  type ModelQuestion,
  type ModelSettings,
  type ModelTensor
} from '@jupyterlab-deep/protocol';
import { type IBeside } from './inspectBeside';
import { namedPreparation } from './pictureSettings';

/** What a file says of a network, whatever its format. */
export interface INetworkFacts {
  format: 'onnx' | 'tfjs';
  inputs: ModelTensor[];
  outputs: ModelTensor[];
  /** The last operation, in lower case, by the output's name; empty where it is not known. */
  madeBy(output: string): string;
  /** Operations that read an input, in lower case. */
  readBy(input: string): string[];
  /** The network scales the values of pictures itself. */
  rescales: boolean;
  /** Names of classes inside of the file. */
  labels?: { names: string[]; from: string };
}

export type Guess = Pick<
  ModelInspection,
  'classes' | 'width' | 'findings' | 'proposal' | 'questions'
>;

const NUMBERS = ['float32', 'float64', 'float16', 'bfloat16'];
const TAKEN = ['float32', 'float64', 'int32', 'int64', 'uint8'];
const CHANNELS = [1, 3];
const DEFAULT_SIDE = 224;

const SCORES = [
  'softmax',
  'treeensembleclassifier',
  'svmclassifier',
  'linearclassifier',
  'normalizer'
];
const PLAIN = ['gemm', 'matmul', 'add', 'linear', 'conv', 'logsoftmax', 'log'];
/** As converters of scikit-learn call them. */
const PROBABILITIES = [
  'probabilities',
  'output_probability',
  'probability_tensor'
];
const REGRESSION = ['variable'];

const ZIPMAP = `from skl2onnx import to_onnx; to_onnx(model, X[:1], options={'zipmap': False})`;

/** `image (float32, any × 3 × 224 × 224)` */
const tensorWords = ({ name, type, shape }: ModelTensor): string => {
  const lengths = shape.map(length => length ?? 'any').join(' × ');
  return `${name} (${[type, lengths].filter(Boolean).join(', ')})`;
};

const refused = (detail: string, hint: string): DeepError =>
  new DeepError('model-invalid', detail, { hint });

/** Collects what is known and what is guessed. */
class Findings {
  readonly findings: Guess['findings'] = [];
  readonly questions: ModelQuestion[] = [];

  certain(text: string): void {
    this.findings.push({ text, isCertain: true });
  }

  guess(text: string, question: ModelQuestion): void {
    this.findings.push({ text, isCertain: false });
    this.ask(question);
  }

  ask(question: ModelQuestion): void {
    if (!this.questions.includes(question)) {
      this.questions.push(question);
    }
  }
}

/** The one input that it must have. */
function inputOf({ inputs }: INetworkFacts): ModelTensor {
  if (inputs.length === 1) {
    return inputs[0];
  }
  const columns = inputs.every(
    ({ shape }) => shape.length === 2 && shape[1] === 1
  );
  throw refused(
    `It has ${inputs.length} inputs: ${inputs.slice(0, 8).map(tensorWords).join(', ')}. One is supported.`,
    columns && inputs.length > 1
      ? `Convert it with one input for all columns: initial_types=[('input', FloatTensorType([None, ${inputs.length}]))].`
      : 'Export it with one input, or make a Python module of it.'
  );
}

/** What of the outputs is the answer. */
function outputOf(facts: INetworkFacts, found: Findings): ModelTensor {
  const { outputs } = facts;
  const numbers = outputs.filter(({ type }) => NUMBERS.includes(type));
  if (numbers.length === 0) {
    const isMapped = outputs.some(
      ({ type }) => type === 'sequence' || type === 'map'
    );
    throw refused(
      isMapped
        ? `Its probabilities are a list of dictionaries (ZipMap), which is no tensor: ${outputs.map(tensorWords).join(', ')}.`
        : `None of its outputs are numbers that can be read: ${outputs.map(tensorWords).join(', ') || 'it has none'}.`,
      isMapped
        ? `Convert it again without ZipMap: ${ZIPMAP}`
        : 'Export it with an output of scores or probabilities, as 32-bit floats.'
    );
  }
  const preferred =
    numbers.find(({ name }) => name === 'logits') ??
    numbers.find(({ name }) => PROBABILITIES.includes(name)) ??
    numbers.find(({ shape }) => shape.length === 2) ??
    numbers[0];
  const isHalf = ['float16', 'bfloat16'].includes(preferred.type);
  if (isHalf) {
    throw refused(
      `Its output ${tensorWords(preferred)} has ${preferred.type} numbers.`,
      'Export it with 32-bit floats: model.float() before torch.onnx.export.'
    );
  }
  if (numbers.length > 1) {
    const isKnown =
      preferred.name === 'logits' || PROBABILITIES.includes(preferred.name);
    const text = `Of its outputs ${numbers.map(({ name }) => name).join(', ')}, ${preferred.name} is the answer.`;
    if (isKnown) {
      found.certain(text);
    } else {
      found.guess(text, 'output');
    }
  }
  return preferred;
}

/** Numbers in an answer for one input; undefined where the file does not say. */
function answerLength(output: ModelTensor): number | undefined {
  const rest = output.shape.slice(1);
  if (output.shape.length > 2 && rest.slice(1).some(length => length !== 1)) {
    throw refused(
      `Its output ${tensorWords(output)} is no list of classes; it may find things in pictures, or mark areas.`,
      'Model folders classify pictures and tables. Make a Python module of it, which can answer anything.'
    );
  }
  return rest.length > 0 && rest.every(length => length !== null)
    ? rest.reduce<number>((a, b) => a * b!, 1)
    : undefined;
}

function givesOf(
  facts: INetworkFacts,
  output: ModelTensor,
  length: number | undefined,
  found: Findings
): ModelGives {
  const maker = facts.madeBy(output.name);
  if (maker === 'sigmoid') {
    found.certain(
      'A sigmoid is its last step, so that its numbers are probabilities.'
    );
    return length === 1 ? 'probability' : 'probabilities';
  }
  if (SCORES.includes(maker) || PROBABILITIES.includes(output.name)) {
    found.certain('Its numbers are probabilities already.');
    return 'probabilities';
  }
  const gives = length === 1 ? 'logit' : 'logits';
  const text = 'Its numbers are scores, from which probabilities are made.';
  if (PLAIN.includes(maker)) {
    found.certain(text);
  } else {
    found.guess(text, 'gives');
  }
  return gives;
}

function layoutOf(
  facts: INetworkFacts,
  input: ModelTensor,
  found: Findings
): { layout: ModelLayout; channels: 1 | 3; width?: number; height?: number } {
  const [, second, third, fourth] = input.shape;
  const [isFirst, isLast] = [second, fourth].map(length =>
    CHANNELS.includes(length ?? 0)
  );
  const readers = facts.readBy(input.name);
  const looksLast = facts.format === 'tfjs' || readers.includes('transpose');
  const isKnown = isFirst !== isLast || facts.format === 'tfjs';
  const isNhwc = isKnown && facts.format !== 'tfjs' ? isLast : looksLast;
  const length = isNhwc ? fourth : second;
  if (length !== null && !CHANNELS.includes(length)) {
    throw refused(
      `It takes pictures of ${length} channels: ${tensorWords(input)}.`,
      'Pictures have three channels (red, green, blue), or one (grey).'
    );
  }
  const layout = isNhwc ? 'NHWC' : 'NCHW';
  const words = isNhwc
    ? 'channels come last (NHWC), as in TensorFlow'
    : 'channels come first (NCHW), as in PyTorch';
  if (isKnown) {
    found.certain(`In its pictures, ${words}.`);
  } else {
    found.guess(`In its pictures, ${words}.`, 'layout');
  }
  const [height, width] = isNhwc ? [second, third] : [third, fourth];
  return {
    layout,
    channels: length === 1 ? 1 : 3,
    width: width ?? undefined,
    height: height ?? undefined
  };
}

function preparationFor(
  facts: INetworkFacts,
  picture: ReturnType<typeof layoutOf>,
  isBytes: boolean,
  beside: IBeside,
  found: Findings
): ModelPreparation {
  const { width, height, channels, layout } = picture;
  const known = beside.preparation;
  const fits =
    known &&
    (width === undefined || known.value.width === width) &&
    (height === undefined || known.value.height === height) &&
    (known.value.channels === 'grey') === (channels === 1);
  if (known && fits) {
    found.certain(`${known.from} says how pictures are prepared.`);
    return known.value;
  }
  if (width === undefined || height === undefined) {
    found.guess(
      `It takes pictures of any size; ${DEFAULT_SIDE} × ${DEFAULT_SIDE} is usual.`,
      'size'
    );
  }
  const size = { width: width ?? DEFAULT_SIDE, height: height ?? DEFAULT_SIDE };
  const isGrey = channels === 1;
  if (isBytes || facts.rescales) {
    found.certain('It takes values from 0 to 255 and scales them itself.');
    return namedPreparation('pixels', size, isGrey);
  }
  if (isGrey) {
    found.guess(
      'Values from 0 to 1 are usual for grey pictures.',
      'preparation'
    );
    return namedPreparation('zero-one', size, true);
  }
  const isTorch = layout === 'NCHW';
  found.guess(
    isTorch
      ? 'Networks of PyTorch are usually trained with mean and deviation of ImageNet.'
      : 'Networks of TensorFlow usually take values from −1 to 1.',
    'preparation'
  );
  return namedPreparation(isTorch ? 'imagenet' : 'minus-one-one', size);
}

/** Names that are there in the right number. */
function labelsFor(
  facts: INetworkFacts,
  beside: IBeside,
  classes: number | undefined,
  found: Findings
): string[] | undefined {
  for (const known of [facts.labels, beside.labels]) {
    if (!known) {
      continue;
    }
    const count = known.names.length;
    if (classes === undefined || count === classes) {
      found.certain(`${known.from} names its ${count} classes.`);
      return known.names;
    }
    found.certain(
      `${known.from} names ${count} classes, but the network gives ${classes} numbers: these names are left aside.`
    );
  }
  found.ask('labels');
  return undefined;
}

const countOf = (
  length: number | undefined,
  gives: ModelGives
): number | undefined =>
  gives === 'probability' || gives === 'logit' ? 2 : length;

const named = (
  facts: INetworkFacts,
  input: ModelTensor,
  output: ModelTensor
): ModelNetwork =>
  facts.format === 'onnx' ? { input: input.name, output: output.name } : {};

function guessPicture(
  facts: INetworkFacts,
  input: ModelTensor,
  beside: IBeside,
  found: Findings
): Guess {
  const picture = layoutOf(facts, input, found);
  const output = outputOf(facts, found);
  const length = answerLength(output);
  const gives = givesOf(facts, output, length, found);
  const classes = countOf(length, gives);
  found.certain(
    classes === undefined
      ? 'It takes pictures and gives a list of numbers: it classifies pictures.'
      : `It takes pictures and tells ${classes.toLocaleString('en')} classes apart.`
  );
  const isBytes = input.type === 'uint8';
  const preparation = preparationFor(facts, picture, isBytes, beside, found);
  const labels = labelsFor(facts, beside, classes, found);
  const proposal: ModelSettings = {
    task: 'image-classification',
    network: { ...named(facts, input, output), layout: picture.layout, gives },
    ...(labels && { labels }),
    preparation
  };
  return {
    ...(classes !== undefined && { classes }),
    proposal,
    findings: found.findings,
    questions: found.questions
  };
}

function isRegression(
  facts: INetworkFacts,
  output: ModelTensor,
  length: number | undefined
): boolean {
  return (
    REGRESSION.includes(output.name) ||
    (length === 1 && facts.madeBy(output.name) !== 'sigmoid' && !facts.labels)
  );
}

function guessTable(
  facts: INetworkFacts,
  input: ModelTensor,
  beside: IBeside,
  found: Findings
): Guess {
  const output = outputOf(facts, found);
  const length = answerLength(output);
  const width = input.shape[1] ?? undefined;
  found.certain(
    width === undefined
      ? 'It takes rows of a table.'
      : `It takes rows of a table with ${width.toLocaleString('en')} columns.`
  );
  found.ask('columns');
  const network = named(facts, input, output);
  const shared = {
    ...(width !== undefined && { width }),
    findings: found.findings,
    questions: found.questions
  };
  if (isRegression(facts, output, length)) {
    const text = 'It gives a number for each row.';
    if (REGRESSION.includes(output.name)) {
      found.certain(text);
    } else {
      found.guess(text, 'gives');
    }
    return { ...shared, proposal: { task: 'tabular-regression', network } };
  }
  const gives = givesOf(facts, output, length, found);
  const classes = countOf(length, gives);
  found.certain(
    classes === undefined
      ? 'It gives numbers for classes.'
      : `It tells ${classes.toLocaleString('en')} classes apart.`
  );
  const labels = labelsFor(facts, beside, classes, found);
  return {
    ...shared,
    ...(classes !== undefined && { classes }),
    proposal: {
      task: 'tabular-classification',
      network: { ...network, gives },
      ...(labels && { labels })
    }
  };
}

/**
 * What a network is for, from what its file says: what is certain, and what is guessed and therefore asked.
 * @throws DeepError `model-invalid` when it cannot be a model folder, with what cures it.
 */
export function guessTask(facts: INetworkFacts, beside: IBeside): Guess {
  const input = inputOf(facts);
  if (!TAKEN.includes(input.type)) {
    throw refused(
      `Its input ${tensorWords(input)} has the type ${input.type}.`,
      input.type === 'float16' || input.type === 'bfloat16'
        ? 'Export it with 32-bit floats: model.float() before torch.onnx.export.'
        : `Model folders give ${TAKEN.join(', ')}. Make a Python module of it, which can take anything.`
    );
  }
  const found = new Findings();
  if (input.shape.length === 4) {
    return guessPicture(facts, input, beside, found);
  }
  const isText = /input_ids|tokens?$/i.test(input.name);
  if (input.shape.length === 2 && !isText) {
    return guessTable(facts, input, beside, found);
  }
  throw refused(
    `It takes ${tensorWords(input)}: neither pictures nor rows of a table.`,
    'Model folders classify pictures (four dimensions) and tables (two). Make a Python module of it, which can take anything.'
  );
}

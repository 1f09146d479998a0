import { type IArgument } from '../arguments';

/** Arguments of the training of a picture classifier. */
export const TRAINING_ARGUMENTS: IArgument[] = [
  {
    name: 'data',
    type: 'string',
    required: true,
    description:
      'Path of the pictures: a folder with one folder for each class, or a CSV or JSON list with the columns file and label'
  },
  {
    name: 'epochs',
    type: 'integer',
    required: false,
    default: 20,
    minimum: 1,
    maximum: 1000,
    description: 'How often every picture is looked at, at most'
  },
  {
    name: 'learning_rate',
    type: 'number',
    required: false,
    default: 0.001,
    minimum: 0,
    description: 'How far each step goes; smaller is slower and steadier'
  },
  {
    name: 'validation_split',
    type: 'number',
    required: false,
    default: 0.2,
    minimum: 0.01,
    maximum: 0.9,
    description: 'Share of the pictures of each class to check with'
  },
  {
    name: 'batch_size',
    type: 'integer',
    required: false,
    default: 32,
    minimum: 1,
    maximum: 4096,
    description: 'Pictures in one step'
  },
  {
    name: 'patience',
    type: 'integer',
    required: false,
    default: 5,
    minimum: 0,
    maximum: 1000,
    description:
      'Stop when so many epochs brought nothing better; 0 never stops early'
  },
  {
    name: 'class_weights',
    type: 'string',
    required: false,
    default: 'balanced',
    choices: ['balanced', 'none'],
    description:
      'Whether rare classes count as much as common ones (balanced) or each picture the same (none)'
  },
  {
    name: 'max_unreadable',
    type: 'number',
    required: false,
    default: 0.1,
    minimum: 0,
    maximum: 1,
    description: 'Share of the pictures that may be unreadable and left out'
  },
  {
    name: 'seed',
    type: 'integer',
    required: false,
    default: 0,
    minimum: 0,
    maximum: 2147483647,
    description: 'The same seed makes the same split and order'
  },
  {
    name: 'name',
    type: 'string',
    required: false,
    default: '',
    description: 'Name of the new model; by default that of the data'
  }
];

/** The arguments, read. */
export interface ITrainingArguments {
  data: string;
  epochs: number;
  learning_rate: number;
  validation_split: number;
  batch_size: number;
  patience: number;
  class_weights: 'balanced' | 'none';
  max_unreadable: number;
  seed: number;
  name: string;
}

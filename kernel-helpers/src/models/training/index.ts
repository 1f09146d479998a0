export { taskOptions } from '../model';
export { type ITrainingArguments, TRAINING_ARGUMENTS } from './arguments';
export { confusionOf, type IConfusion } from './confusion';
export { type TrainingEvent } from './events';
export {
  type ITrainingRecord,
  type ITrainingResult,
  readHead,
  trainClassifier
} from './trainClassifier';

/** Reads model files, which may be large or made to keep a reader busy, apart from whoever asks. */
import { readModel } from './inspect';
import { serveCalls } from './workerSide';

serveCalls(async (file: string) => ({ value: await readModel(file) }));

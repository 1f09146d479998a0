/** Decodes, resizes and normalises pictures. */
import { workerData } from 'node:worker_threads';
import {
  type IPrepareCall,
  type IPrepareData,
  SlotPreparer
} from './prepareSlots';
import { serveCalls } from './workerSide';

const preparer = new SlotPreparer(workerData as IPrepareData);

serveCalls(async (call: IPrepareCall) => ({
  value: await preparer.prepare(call)
}));

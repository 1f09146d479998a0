/** Builds the workers of the models engine for whoever runs its sources (tests): into kernel-helpers/dist/workers. */
import { fileURLToPath } from 'node:url';
import { buildWorkers } from '../../build/workers.mjs';

await buildWorkers(
  fileURLToPath(new URL('../../dist/workers', import.meta.url))
);

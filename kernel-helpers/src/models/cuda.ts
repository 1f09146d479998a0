import { existsSync } from 'node:fs';
import * as path from 'node:path';

/**
 * Whether the CUDA part of onnxruntime lies beside its main part. Its list of backends names CUDA on each platform that could have it,
 * and trying in vain writes its own error to the log.
 */
export function hasCudaLibrary(): boolean {
  const main = path.dirname(require.resolve('onnxruntime-node'));
  const binaries = path.join(
    main,
    '../bin/napi-v6',
    process.platform,
    process.arch
  );
  return ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll']
    .map(name => path.join(binaries, name))
    .some(existsSync);
}

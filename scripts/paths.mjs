import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const at = (...parts) => path.join(root, ...parts);

/** The virtual environment of development; its `bin` comes first on PATH for everything we run. */
export const venv = at('.venv');
export const venvBin = path.join(venv, 'bin');
/** Holds what the peers of benchmarks and of the conformity test need, apart from ours. */
export const peersVenv = at('.venv-peers');
/** Holds a real Infrastructure Manager for the tests of deployments. */
export const imVenv = at('.venv-im');
/** Holds the server of models that `bench deploy` compares us with. */
export const mlflowVenv = at('.venv-mlflow');
/** Holds a real JupyterHub for its tests, without what `.venv` has. */
export const hubVenv = at('.venv-hub');
/** Holds what Elyra needs beside `.venv` to read and run a pipeline. */
export const elyraVenv = at('.venv-elyra');

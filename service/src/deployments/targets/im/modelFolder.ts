import startModel from './templates/start_model.py';
import type { Schema } from './inputs';

/** Where the API of modules listens inside of a container. */
const PORT = '5000';

/** What can be chosen for a model folder: where it and the server of models come from. */
export const modelProperties = (wheel: string): Record<string, Schema> => ({
  model_url: {
    type: 'string',
    title: 'Public link to the model',
    description:
      'To a ZIP file of the model folder that anybody may download, such as a public link of a Nextcloud with /download at its end.',
    format: 'uri',
    pattern: '^https://'
  },
  model_sha256: {
    type: 'string',
    title: 'SHA-256 of that file',
    description:
      'What comes from the link is used only if it has this checksum.',
    pattern: '^[0-9A-Fa-f]{64}$'
  },
  wheel_url: {
    type: 'string',
    title: 'Wheel of jupyterlab-deep',
    description: 'What the container installs, to serve the model.',
    format: 'uri',
    pattern: '^https://',
    default: wheel
  }
});

export const MODEL_REQUIRED = ['model_url', 'model_sha256', 'wheel_url'];

/** The command of a container that fetches and serves a model folder, an argument each. */
export const startCommand = (
  name: string,
  options: Record<string, unknown>
): string[] => [
  'python3',
  '-c',
  startModel,
  PORT,
  name,
  String(options.wheel_url),
  String(options.model_url),
  String(options.model_sha256).toLowerCase()
];

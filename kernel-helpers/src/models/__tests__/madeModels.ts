import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type ModelSettings } from '@jupyterlab-deep/protocol';
import { folderTexts } from '../folderTexts';
import { type IInspectedModel } from '../inspect';
import { PYTHON } from './surroundings';

/** ONNX files as exporters write them, in a folder of their own. */
export function makeModels(folder: string): void {
  execFileSync(PYTHON, [path.join(__dirname, 'madeModels.py'), folder]);
}

/** A model folder of an inspected file, as the service writes it. */
export function writeFolder(
  folder: string,
  { files, inspection }: IInspectedModel,
  settings: ModelSettings
): string {
  for (const [name, from] of Object.entries(files)) {
    const to = path.join(folder, name);
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(from, to);
  }
  const about = {
    name: inspection.name,
    title: 'A model',
    version: '1.0.0',
    summary: 'Made by a test.'
  };
  for (const [name, text] of Object.entries(folderTexts(settings, about))) {
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files of a model folder by name; an object goes as JSON, null leaves a file out. */
export type Files = Record<string, string | object | null>;

const METADATA = `metadata_version: 2.3.0
title: Plants
summary: Names plants on photographs.
description: "**Plants** of Europe."
links:
  source_code: https://example.org/plants
libraries: [Other]
tasks: [Computer Vision, Classification]
categories: [AI4 inference, AI4 pre trained]
tags: [botany]
data-type: [Image]
`;

/** A folder with everything that a module needs; its model is only a name here. */
export function makeModelFolder(
  parent: string,
  name: string,
  files: Files = {}
): string {
  const all: Files = {
    'module.json': {
      name,
      version: '1.0.0',
      license: 'MIT',
      task: 'image-classification'
    },
    'ai4-metadata.yml': METADATA,
    'config.json': { id2label: { 0: 'oak', 1: 'ash' } },
    'preprocessor_config.json': {},
    'onnx/model.onnx': 'bytes',
    ...files
  };
  const folder = path.join(parent, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(all)) {
    if (content !== null) {
      const target = path.join(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      const text =
        typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(target, text);
    }
  }
  return folder;
}

import type { Medium } from '@jupyterlab-deep/protocol/lib/results';

export type CellLanguage = 'typescript' | 'python';

/**
 * A cell that loads a saved answer and shows it.
 *
 * @param path - relative to the notebook; it is written as JSON text, never pasted into code.
 */
export function resultCell(
  language: CellLanguage,
  medium: Medium,
  path: string
): string {
  const name = JSON.stringify(path);
  const lines = language === 'typescript' ? typescript(medium) : python(medium);
  return lines.join('\n').replaceAll('PATH', () => name);
}

function typescript(medium: Medium): string[] {
  return medium === 'json'
    ? [
        "import { readFileSync } from 'node:fs';",
        "import { display } from '@jupyterlab-deep/kernel-helpers';",
        '',
        "const result = JSON.parse(readFileSync(PATH, 'utf8'));",
        'display(result);'
      ]
    : [
        "import { display } from '@jupyterlab-deep/kernel-helpers';",
        '',
        'display.file(PATH);'
      ];
}

function python(medium: Medium): string[] {
  switch (medium) {
    case 'json':
      return [
        'import json',
        'from pathlib import Path',
        '',
        'result = json.loads(Path(PATH).read_text(encoding="utf-8"))',
        'result'
      ];
    case 'picture':
      return ['from IPython.display import Image', '', 'Image(PATH)'];
    case 'audio':
      return ['from IPython.display import Audio', '', 'Audio(PATH)'];
    case 'video':
      return [
        'from IPython.display import Video',
        '',
        'Video(PATH, embed=True)'
      ];
    case 'table':
      return [
        'import csv',
        '',
        'with open(PATH, newline="", encoding="utf-8") as file:',
        '    rows = list(csv.reader(file))',
        'rows[:10]'
      ];
    case 'zip':
      return [
        'import zipfile',
        '',
        'archive = zipfile.ZipFile(PATH)',
        'archive.namelist()'
      ];
    case 'npy':
      return [
        'import numpy as np',
        '',
        'array = np.load(PATH, allow_pickle=False)',
        'array.shape, array.dtype'
      ];
    case 'text':
    case 'html':
    case 'vector':
      return [
        'from pathlib import Path',
        '',
        'text = Path(PATH).read_text(encoding="utf-8")',
        'print(text[:1000])'
      ];
    default:
      return [
        'from pathlib import Path',
        '',
        'data = Path(PATH).read_bytes()',
        'len(data)'
      ];
  }
}

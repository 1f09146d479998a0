import { writeFileSync } from 'node:fs';

/** A code cell: its tags and its lines. */
export type Cell = [tags: string[], ...lines: string[]];

/** Write a notebook as Jupyter does. */
export function writeNotebook(
  file: string,
  cells: Cell[],
  language = 'python'
): void {
  const notebook = {
    cells: cells.map(([tags, ...lines]) => ({
      cell_type: 'code',
      execution_count: null,
      metadata: { tags },
      outputs: [],
      source: lines.map((line, index) =>
        index < lines.length - 1 ? `${line}\n` : line
      )
    })),
    metadata: { kernelspec: { name: language, language } },
    nbformat: 4,
    nbformat_minor: 5
  };
  writeFileSync(file, JSON.stringify(notebook));
}

/** Tells the colours of pictures apart by a file beside it; has a helper, a demonstration and a training. */
export const COLOURS: Cell[] = [
  [
    [],
    'import json',
    'import matplotlib.pyplot as plt',
    'import numpy as np',
    'from PIL import Image',
    '%matplotlib inline'
  ],
  [[], '# What it tells apart', "COLOURS = json.load(open('colours.json'))"],
  [
    [],
    'def mean_of(path):',
    '    """The mean',
    'colour"""',
    '    return np.asarray(Image.open(path).convert("RGB")).mean(axis=(0, 1)) / 255'
  ],
  [[], 'plt.imshow(Image.open("photos/red.png"))'],
  [['parameters'], 'image = "photos/red.png"', 'count = 2'],
  [
    ['predict'],
    'mean = mean_of(image)',
    'scores = {name: float(mean @ np.array(each)) for name, each in COLOURS.items()}',
    '',
    'best = sorted(scores, key=scores.get, reverse=True)[:count]',
    '{',
    '    "labels": best,',
    '    "mean": mean,',
    '}'
  ],
  [
    ['train'],
    'def train(data: str, epochs: int = 2):',
    '    for epoch in range(epochs):',
    '        print(f"epoch {epoch}")',
    '    return {"classes": len(COLOURS)}'
  ]
];

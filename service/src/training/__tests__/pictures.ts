import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { ROOT } from '../../__tests__/bundles';

export const MODEL = path.join(
  ROOT,
  'jupyterlab_deep/modules/image-classifier'
);

/** Real photographs, by the class that tests give them. */
export const PHOTOGRAPHS: Record<string, string> = {
  cat: path.join(MODEL, 'examples/cat.jpg'),
  coffee: path.join(MODEL, 'examples/coffee.jpg')
};

/** Parts of the photographs, in a folder for each class. */
export async function makePictures(
  folder: string,
  each: number
): Promise<string> {
  for (const [label, file] of Object.entries(PHOTOGRAPHS)) {
    mkdirSync(path.join(folder, label), { recursive: true });
    const { width, height } = await sharp(file).metadata();
    const size = Math.floor(Math.min(width, height) * 0.7);
    for (let index = 0; index < each; index++) {
      const left = Math.floor(((width - size) * index) / each);
      const top = Math.floor(((height - size) * ((index * 7) % each)) / each);
      await sharp(file)
        .extract({ left, top, width: size, height: size })
        .resize(256, 256)
        .jpeg()
        .toFile(path.join(folder, label, `${index}.jpg`));
    }
  }
  return folder;
}

const PICTURES = '**/*.{jpg,jpeg,png,gif,webp,bmp,tif,tiff}';

/**
 * Which files of a folder a file argument takes: pictures where the argument speaks of them, else all.
 *
 * ```ts
 * filePattern('image', {}); // '**\/*.{jpg,jpeg,png,gif,webp,bmp,tif,tiff}'
 * ```
 */
export function filePattern(
  argument: string,
  about: { title?: string; description?: string } = {}
): string {
  const { title = '', description = '' } = about;
  return /image|picture|photo/i.test(`${argument} ${title} ${description}`)
    ? PICTURES
    : '**/*';
}

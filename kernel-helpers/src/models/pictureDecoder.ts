import sharp from 'sharp';

/** Of the formats that the decoder knows, those of pictures; not SVG, which can name other files, nor PDF. */
const FORMATS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'];
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: FORMATS.map(name => `VipsForeignLoad${name}`) });
// Each picture comes once, and the other CPUs are the network's.
sharp.cache(false);
sharp.concurrency(1);

/** sharp, which takes pictures alone and keeps none. */
export const pictureDecoder = sharp;

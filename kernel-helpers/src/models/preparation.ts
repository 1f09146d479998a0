import { DeepError } from '@jupyterlab-deep/protocol';
import { type PreprocessorConfig } from './manifest';
import { isResample } from './resample';

/** How pictures become the network's input; passed to the preparation worker as it is. */
export interface IPreparation {
  /** Size that the whole picture is resized to, or the length of its shorter side. */
  resize: { width: number; height: number } | { shortestEdge: number };
  /** Pillow's number of the filter. */
  resample: number;
  /** Size of the network's input: the middle of the resized picture. */
  width: number;
  height: number;
  /** The input of channel c is `value * scale[c] + offset[c]`, values 0 to 255. */
  scale: number[];
  offset: number[];
  /** Pictures that declare more pixels are refused. */
  maxPixels: number;
  /** Files with more bytes are refused. */
  maxBytes: number;
}

const BICUBIC = 3;

type Size = PreprocessorConfig['size'];

function targetSize(size: Size): { width: number; height: number } {
  if (typeof size === 'number') {
    return { width: size, height: size };
  }
  return 'shortest_edge' in size
    ? { width: size.shortest_edge, height: size.shortest_edge }
    : { width: size.width, height: size.height };
}

/** Transformers' image processors: a shortest edge below 384 with `crop_pct` is first resized larger, then cropped. */
function resizeOf(config: PreprocessorConfig): IPreparation['resize'] {
  const { size } = config;
  if (typeof size === 'object' && 'shortest_edge' in size) {
    const cropped = config.crop_pct && size.shortest_edge < 384;
    const factor = cropped ? config.crop_pct! : 1;
    return { shortestEdge: Math.floor(size.shortest_edge / factor) };
  }
  return targetSize(size);
}

function inputSize(config: PreprocessorConfig) {
  const isCropped = config.do_center_crop && config.crop_size !== undefined;
  return targetSize(isCropped ? config.crop_size! : config.size);
}

/**
 * What `preprocessor_config.json` asks for.
 * @throws DeepError `model-invalid` when it asks for something that is not done here.
 */
export function preparationOf(
  config: PreprocessorConfig,
  limits: Pick<IPreparation, 'maxPixels' | 'maxBytes'>
): IPreparation {
  const unsupported =
    config.do_resize === false
      ? 'pictures of any size (do_resize is false)'
      : isResample(config.resample ?? BICUBIC)
        ? ''
        : 'nearest-neighbour resizing (resample is 0)';
  if (unsupported) {
    throw new DeepError(
      'model-invalid',
      `preprocessor_config.json asks for ${unsupported}, which is not supported.`
    );
  }
  const rescale =
    config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  const normalizes = config.do_normalize !== false;
  const mean = (normalizes && config.image_mean) || [0, 0, 0];
  const deviation = (normalizes && config.image_std) || [1, 1, 1];
  return {
    resize: resizeOf(config),
    resample: config.resample ?? BICUBIC,
    ...inputSize(config),
    scale: deviation.map(value => rescale / value),
    offset: mean.map((value, channel) => -value / deviation[channel]),
    ...limits
  };
}

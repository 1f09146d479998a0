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
  /** Red, green and blue (0, 1, 2) in the order of the network's planes; a single one of grey pictures. */
  planes: number[];
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

export const isGrey = ({ planes }: Pick<IPreparation, 'planes'>): boolean =>
  planes.length === 1;

/** Numbers for each channel; one stands for all of them. */
function forChannels(
  values: number[] | undefined,
  otherwise: number,
  key: string
): number[] {
  const [first = otherwise] = values ?? [];
  const given = values ?? [];
  if (given.length === 2) {
    throw new DeepError(
      'model-invalid',
      `${key} in preprocessor_config.json has two numbers; it must have one for each of three channels, or one for all.`
    );
  }
  return given.length === 3 ? given : [first, first, first];
}

function planesOf(config: PreprocessorConfig, channels: 1 | 3): number[] {
  if (channels === 1) {
    return [0];
  }
  return config.do_flip_channel_order ? [2, 1, 0] : [0, 1, 2];
}

/**
 * What `preprocessor_config.json` asks for.
 * @param channels - That the network takes: 1 stands for grey pictures.
 * @throws DeepError `model-invalid` when it asks for something that is not done here.
 */
export function preparationOf(
  config: PreprocessorConfig,
  limits: Pick<IPreparation, 'maxPixels' | 'maxBytes'>,
  channels: 1 | 3 = 3
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
  const { image_mean, image_std } = normalizes ? config : {};
  const mean = forChannels(image_mean, 0, 'image_mean');
  const deviation = forChannels(image_std, 1, 'image_std');
  return {
    resize: resizeOf(config),
    resample: config.resample ?? BICUBIC,
    ...inputSize(config),
    planes: planesOf(config, channels),
    scale: deviation.map(value => rescale / value),
    offset: mean.map((value, channel) => -value / deviation[channel]),
    ...limits
  };
}

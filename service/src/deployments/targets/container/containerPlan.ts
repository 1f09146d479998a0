import { existsSync } from 'node:fs';
import { TargetPlan } from '@jupyterlab-deep/protocol';
import { ISettings } from '../../../admin/config';
import { IMachine, lacksOf, lackSentences } from '../../../machine/needs';
import { gigabytes } from '../../../machine/sizes';
import { IDeployable } from '../target';
import { IContainerChoices, servesModel } from './containerSpec';
import { Engine, IEngineAbout } from './engine';
import { imageText, mirrored, parseImageName } from './imageNames';

const MEGA = 1024 ** 2;
const CDI = ['/etc/cdi/nvidia.yaml', '/var/run/cdi/nvidia.yaml'];

/** What a plan is made of. */
export interface IPlanParts {
  target: string;
  engine: Engine;
  about: IEngineAbout;
  settings: ISettings;
  defaults: Partial<IContainerChoices>;
  /** What its host has, where that is this machine. */
  machine?: IMachine;
}

/** What would happen if a module were run by an engine. */
export function containerPlan(
  what: IDeployable,
  parts: IPlanParts
): TargetPlan {
  const { module } = what;
  const reason = whyNot(what, parts.engine);
  return {
    target: parts.target,
    module: module.id,
    isPossible: reason === undefined,
    reason,
    options: schemaOf(what, parts),
    says: says(what, parts),
    warnings: warnings(what, parts)
  };
}

function whyNot(
  { module, folder }: IDeployable,
  { address }: Engine
): string | undefined {
  if (
    address.kind === 'tcp' &&
    !isHere(address.host) &&
    !address.publishAddress
  ) {
    return `Nothing that ${address.host} runs could be asked from here: the administrator has not said at which of its addresses (\`publishAddress\`).`;
  }
  if (servesModel({ module, folder }) || module.image !== undefined) {
    return undefined;
  }
  return folder === undefined
    ? `${module.title} has no container image.`
    : `${module.title} is a Python project without an image: start it as a process of this machine, or build an image of it.`;
}

const isHere = (host: string): boolean =>
  host === 'localhost' || /^127\./.test(host) || host === '::1';

function says(
  what: IDeployable,
  { about, settings, engine }: IPlanParts
): string[] {
  const { module } = what;
  const from = servesModel(what)
    ? `${about.name} builds an image of the model folder and our program, from ${settings.targets.baseImage}; nothing of the model leaves ${engine.isLocal ? 'this machine' : 'its host and this machine'}.`
    : imageSays(module.image ?? '', settings.targets.mirrors);
  return [
    from,
    'It is asked at a port that only its own host can reach, because modules have no login.',
    'It goes on when Jupyter is closed, until it is stopped.'
  ];
}

function imageSays(image: string, mirrors: Record<string, string>): string {
  if (!image) {
    return '';
  }
  const name = parseImageName(image);
  const from = mirrored(name, mirrors);
  const place = from.name === name.name ? '' : `, from its mirror ${from.name}`;
  return `The image ${imageText(name)} is fetched${place}, and started as the platform starts it.`;
}

function warnings(what: IDeployable, parts: IPlanParts): string[] {
  const { about, machine } = parts;
  const { title } = what.module;
  const { gpu = 0, memoryMb = 0 } = what.module.resources ?? {};
  return [
    ...(gpu > 0 && !mayHaveGpus(parts)
      ? [
          `${what.module.title} wants a GPU, and ${about.name} has none to give.`
        ]
      : []),
    ...(memoryMb * MEGA > about.memoryBytes
      ? [
          `${what.module.title} wants ${gigabytes(memoryMb * MEGA)} of memory; the host has ${gigabytes(about.memoryBytes)}.`
        ]
      : []),
    // Engines tell neither; where images lie is their own matter, so free space is not compared.
    ...lackSentences(
      title,
      machine
        ? lacksOf(what.module.resources, machine).filter(
            lack => lack.what === 'gpuMemory'
          )
        : []
    )
  ];
}

/** Podman does not tell what its host has set up: here it can be looked at, elsewhere it is found out. */
const mayHaveGpus = ({ about, engine }: IPlanParts): boolean =>
  about.hasGpus ||
  (about.isPodman && (!engine.isLocal || CDI.some(file => existsSync(file))));

function schemaOf(what: IDeployable, parts: IPlanParts): object {
  const { defaults } = parts;
  const own = servesModel(what) ? modelSchema(parts) : imageSchema(what, parts);
  const properties = { ...limitSchema(what, parts), ...own.properties };
  for (const [name, value] of Object.entries(defaults)) {
    const property = (properties as Record<string, object>)[name];
    if (property) {
      Object.assign(property, { default: value });
    }
  }
  return { ...own, type: 'object', additionalProperties: false, properties };
}

function limitSchema({ module }: IDeployable, parts: IPlanParts) {
  const { about, settings } = parts;
  const { cpus, memoryMb } = settings.targets;
  const most = Math.max(64, Math.floor(about.memoryBytes / MEGA));
  const wanted = module.resources?.memoryMb ?? memoryMb;
  return {
    cpus: {
      type: 'number',
      title: 'CPUs',
      minimum: 0.1,
      maximum: about.cpus,
      default: Math.min(cpus, about.cpus)
    },
    memoryMb: {
      type: 'integer',
      title: 'Memory, MB',
      description: 'It is ended when it uses more.',
      minimum: 64,
      maximum: most,
      default: Math.min(Math.max(64, Math.round(wanted)), most)
    },
    ...(mayHaveGpus(parts) && {
      gpus: {
        type: 'integer',
        title: 'GPUs',
        ...(!about.hasGpus &&
          !parts.engine.isLocal && {
            description: 'Only where its host has set them up for Podman.'
          }),
        minimum: 0,
        maximum: 16,
        default: 0
      }
    }),
    idleMinutes: {
      type: 'number',
      title: 'Stop after minutes without use',
      description: '0: never.',
      minimum: 0,
      maximum: 35_000,
      default: 0
    },
    port: {
      type: 'integer',
      title: 'Port',
      description: '0: any that is free.',
      minimum: 0,
      maximum: 65_535,
      default: 0
    }
  };
}

function modelSchema({ settings, engine }: IPlanParts) {
  return {
    properties: {
      baseImage: {
        type: 'string',
        title: 'Image to build from',
        description: 'Any with glibc and libstdc++.',
        default: settings.targets.baseImage
      },
      ...(engine.isLocal && {
        model: {
          enum: ['copied', 'mounted'],
          title: 'The model folder',
          description:
            'Copied into the image, or seen where it lies: then a restart takes what has changed.',
          default: 'copied'
        }
      })
    }
  };
}

const FOLDER = '^/';

function imageSchema({ module }: IDeployable, { engine }: IPlanParts) {
  const { tag } = module.image
    ? parseImageName(module.image)
    : { tag: 'latest' };
  const place = engine.isLocal ? 'this machine' : 'its host';
  return {
    properties: {
      service: {
        enum: ['deepaas', 'jupyter', 'vscode'],
        title: 'Service',
        description: 'Its API, or a development environment in its place.',
        default: 'deepaas'
      },
      tag: {
        type: 'string',
        title: 'Tag of the image',
        pattern: '^\\w[\\w.-]{0,127}$',
        default: tag
      },
      fetch: {
        type: 'boolean',
        title: 'Look for a newer image',
        default: false
      },
      password: {
        type: 'string',
        format: 'password',
        title: 'Password of Jupyter or VS Code',
        minLength: 9
      },
      dataFolder: {
        type: 'string',
        title: 'Folder of data',
        description: `Of ${place}; seen as data/ and not changed.`,
        pattern: FOLDER
      },
      modelsFolder: {
        type: 'string',
        title: 'Folder of models',
        description: `Of ${place}; seen as models/, and written to.`,
        pattern: FOLDER
      },
      rcloneUrl: {
        type: 'string',
        title: 'WebDAV address of a cloud',
        pattern: '^https?://'
      },
      rcloneUser: { type: 'string', title: 'User there' },
      rclonePassword: {
        type: 'string',
        format: 'password',
        title: 'App password there'
      }
    },
    if: {
      properties: { service: { enum: ['jupyter', 'vscode'] } },
      required: ['service']
    },
    then: { required: ['password'] }
  };
}

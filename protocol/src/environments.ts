import { Static, Type } from '@sinclair/typebox';

/** What an environment computes on; `any` uses a GPU where there is one. */
export const EnvironmentDevice = Type.Union([
  Type.Literal('cpu'),
  Type.Literal('cuda'),
  Type.Literal('any')
]);
export type EnvironmentDevice = Static<typeof EnvironmentDevice>;

/** An installed package, as its own record says: it is not imported for that. */
export const InstalledPackage = Type.Object({
  name: Type.String(),
  version: Type.String()
});
export type InstalledPackage = Static<typeof InstalledPackage>;

/** What would be made here, and what that takes. */
export const EnvironmentPlan = Type.Object({
  device: EnvironmentDevice,
  why: Type.String({ description: 'Why this one, for people.' }),
  versions: Type.Array(InstalledPackage, { description: 'Of what matters.' }),
  packages: Type.Integer(),
  downloadBytes: Type.Integer(),
  installedBytes: Type.Optional(
    Type.Integer({ description: 'Measured; absent where nobody has.' })
  ),
  seconds: Type.Optional(
    Type.Integer({
      description: 'Measured once with an empty cache; absent where nobody has.'
    })
  ),
  freeBytes: Type.Integer({ description: 'On the disk where it would lie.' })
});
export type EnvironmentPlan = Static<typeof EnvironmentPlan>;

/** An environment that is whole, and the kernel of it. */
export const MadeEnvironment = Type.Object({
  kernel: Type.String({ description: 'Name of its kernel for Jupyter.' }),
  device: EnvironmentDevice,
  python: Type.String({ description: 'Version.' }),
  versions: Type.Array(InstalledPackage),
  packages: Type.Integer(),
  added: Type.Integer({
    description: 'Packages that somebody has installed in it since.'
  }),
  sizeBytes: Type.Integer(),
  seconds: Type.Integer({ description: 'How long it took.' }),
  madeAt: Type.String({ format: 'date-time' }),
  folder: Type.String(),
  isCurrent: Type.Boolean({
    description: 'False: making it again would bring other versions.'
  }),
  processes: Type.Integer({
    description: 'Kernels and other programs that run in it now.'
  })
});
export type MadeEnvironment = Static<typeof MadeEnvironment>;

/** A ready-to-use environment: what it is, what it takes, whether it is there. */
export const KernelEnvironment = Type.Object({
  name: Type.String(),
  title: Type.String(),
  summary: Type.String(),
  plan: Type.Optional(EnvironmentPlan),
  whyNot: Type.Optional(
    Type.String({ description: 'Why it cannot be made here, for people.' })
  ),
  made: Type.Optional(MadeEnvironment),
  run: Type.Optional(
    Type.String({ description: 'The run that makes it at this moment.' })
  )
});
export type KernelEnvironment = Static<typeof KernelEnvironment>;

/** Body of `POST /environments/:name`. */
export const KernelEnvironmentRequest = Type.Object(
  {
    device: Type.Optional(EnvironmentDevice)
  },
  { additionalProperties: false }
);
export type KernelEnvironmentRequest = Static<typeof KernelEnvironmentRequest>;

export const Gpu = Type.Object({
  name: Type.String(),
  memoryBytes: Type.Optional(Type.Integer()),
  usedBytes: Type.Optional(Type.Integer()),
  driver: Type.Optional(Type.String())
});
export type Gpu = Static<typeof Gpu>;

/** What this machine has, within the limits that hold for this user's programs. */
export const MachineReport = Type.Object({
  cpus: Type.Number(),
  hostCpus: Type.Integer(),
  memoryBytes: Type.Integer(),
  hostMemoryBytes: Type.Integer(),
  gpus: Type.Array(Gpu),
  gpuNote: Type.String({
    description: 'How that was found out, or why there is none, for people.'
  }),
  disk: Type.Object({
    folder: Type.String(),
    freeBytes: Type.Integer(),
    totalBytes: Type.Integer()
  }),
  python: Type.Optional(
    Type.String({ description: 'Version that environments are made of.' })
  )
});
export type MachineReport = Static<typeof MachineReport>;

/** How far a run that makes an environment is. */
export const EnvironmentState = Type.Object({
  name: Type.String(),
  act: Type.Union([Type.Literal('create'), Type.Literal('update')]),
  device: EnvironmentDevice
});
export type EnvironmentState = Static<typeof EnvironmentState>;

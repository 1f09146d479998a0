import type {
  Deployment,
  Run,
  Target,
  TargetPlan
} from '@jupyterlab-deep/protocol';
import { READY } from '../../__tests__/samples';

/** A moment in seconds from a fixed one. */
export const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1, 10) + seconds * 1000).toISOString();

export const HERE: Target = {
  id: 'process',
  kind: 'process',
  title: 'This machine',
  state: 'reachable',
  said: 'Processes of this machine.',
  used: '2 of 24 GB'
};

export const ENGINE: Target = {
  id: 'container:gpu-host',
  kind: 'container',
  title: 'Containers on gpu-host',
  state: 'unreachable',
  said: 'Asked gpu-host:2376: connection refused.',
  hint: 'Start its engine.'
};

export const CLOUD: Target = {
  id: 'papi:ai4eosc',
  kind: 'papi',
  title: 'Cloud · AI4EOSC',
  state: 'needs-account',
  said: 'It wants somebody to sign in.',
  account: 'egi'
};

export const PULLING: Deployment = {
  ...READY,
  id: 'd2',
  module: 'ai4/yolo',
  title: 'YOLO v8',
  target: 'container',
  targetId: ENGINE.id,
  state: 'preparing',
  phase: 'Pulling the image, 3 of 7 layers',
  since: at(10),
  createdAt: at(10)
};

export const FAILED: Deployment = {
  ...READY,
  id: 'd3',
  module: 'mine/seeds',
  title: 'seeds-retrained',
  target: 'papi',
  targetId: CLOUD.id,
  state: 'failed',
  phase: '',
  error: 'The container ended with code 137, probably out of memory.',
  since: at(20),
  createdAt: at(5)
};

export const PLAN: TargetPlan = {
  target: ENGINE.id,
  module: READY.module,
  isPossible: true,
  options: {
    type: 'object',
    required: ['memoryGb'],
    properties: {
      memoryGb: {
        type: 'integer',
        title: 'Memory (GB)',
        minimum: 1,
        maximum: 16,
        default: 4
      },
      gpu: { type: 'boolean', title: 'GPU', default: false }
    }
  },
  says: ['The image ai4/yolo is pulled.', 'A container is started.'],
  warnings: ['The image is 4 GB.'],
  cost: 'Nothing: it is your own machine.'
};

export const PLATFORM: Target = {
  id: 'papi:hub',
  kind: 'papi',
  title: 'The platform',
  state: 'reachable',
  said: 'It answered.',
  takesJobs: true
};

/** What is asked for depends on the organisation. */
export const PLATFORM_PLAN: TargetPlan = {
  target: PLATFORM.id,
  module: READY.module,
  isPossible: true,
  options: {
    type: 'object',
    required: ['vo'],
    properties: {
      vo: {
        type: 'string',
        title: 'Virtual organisation',
        default: 'vo.ai4eosc.eu',
        oneOf: [
          { const: 'vo.ai4eosc.eu', title: 'vo.ai4eosc.eu' },
          { const: 'try-me', title: 'Only try it' }
        ]
      }
    },
    dependencies: {
      vo: {
        oneOf: [
          {
            properties: {
              vo: { enum: ['vo.ai4eosc.eu'] },
              general: {
                type: 'object',
                title: 'General',
                properties: {
                  jupyter_password: {
                    type: 'string',
                    title: 'IDE password',
                    format: 'password'
                  }
                }
              },
              hardware: {
                type: 'object',
                title: 'Hardware',
                properties: {
                  cpu_num: {
                    type: 'integer',
                    title: 'CPUs',
                    default: 4,
                    maximum: 10
                  }
                }
              }
            }
          },
          { properties: { vo: { enum: ['try-me'] } } }
        ]
      }
    }
  },
  says: ['The platform runs it.'],
  warnings: []
};

export const JOB: Run = {
  id: 'a1b2c3d4e5f60718',
  kind: 'job',
  title: 'Image classifier: python train.py',
  module: READY.module,
  state: 'running',
  phase: 'It waits in the queue of the platform.',
  arguments: {},
  inputs: [],
  createdAt: at(0),
  job: { target: PLATFORM.id, script: 'python train.py\n' }
};

/** One thing that can be chosen, as `/config` describes it. */
export interface IParameter {
  name: string;
  value: unknown;
  description?: string;
  options?: unknown[];
  range?: [number | null, number | null];
}

export type IConfiguration = Record<string, Record<string, IParameter>>;

const general = (image: string, services: string[]) => ({
  title: { name: 'Title', value: '', description: 'At most 45 characters.' },
  desc: { name: 'Description', value: '' },
  docker_image: { name: 'Image', value: image },
  docker_tag: { name: 'Tag', value: 'latest', options: ['latest', 'gpu'] },
  service: {
    name: 'Service to run',
    value: services[0],
    options: services,
    description:
      'DEEPaaS and JupyterLab cannot run together; see <a href="https://example.org">how</a>.'
  },
  jupyter_password: {
    name: 'IDE password',
    value: '',
    description: 'At least 9 characters.'
  }
});

const STORAGE = {
  rclone_conf: { name: 'rclone.conf', value: '/srv/.rclone/rclone.conf' },
  rclone_url: { name: 'Storage URL', value: '' },
  rclone_vendor: { name: 'Vendor', value: 'nextcloud', options: ['nextcloud'] },
  rclone_user: { name: 'User', value: '' },
  rclone_password: { name: 'Password', value: '' },
  datasets: { name: 'Datasets', value: [] }
};

/** The form of a module; limits differ by virtual organisation. */
export function moduleConfiguration(name: string, vo: string): IConfiguration {
  const isTutorial = vo === 'tutorials';
  return {
    general: general(`ai4oshub/${name}`, ['deepaas', 'jupyter']),
    hardware: {
      cpu_num: {
        name: 'CPUs',
        value: isTutorial ? 2 : 4,
        range: isTutorial ? [1, 4] : [1, 10]
      },
      gpu_num: { name: 'GPUs', value: 0, range: [0, isTutorial ? 0 : 1] },
      gpu_type: {
        name: 'GPU model',
        value: '',
        options: ['', 'Tesla T4', 'Tesla V100'],
        description: 'If you care.'
      },
      ram: { name: 'Memory (MB)', value: 8000, range: [2000, 40000] },
      disk: { name: 'Disk (MB)', value: 10000, range: [1000, 50000] },
      warning: {
        name: 'Warning',
        value:
          '<p>The author asks for <b>more memory</b> than there is &amp; a GPU.</p>'
      }
    },
    storage: STORAGE
  };
}

/** The form of a tool: it has groups of its own, and ranges without end. */
export function toolConfiguration(): IConfiguration {
  return {
    general: general('ai4oshub/ai4os-federated-server', [
      'fedserver',
      'jupyter'
    ]),
    hardware: {
      cpu_num: { name: 'CPUs', value: 1, range: [1, 2] },
      ram: { name: 'Memory (MB)', value: 2000, range: [2000, 8000] },
      disk: { name: 'Disk (MB)', value: 1000, range: [1000, 2000] }
    },
    storage: STORAGE,
    flower: {
      rounds: { name: 'Rounds', value: 5, range: [1, null] },
      metric: {
        name: 'Metrics',
        value: ['accuracy'],
        options: ['accuracy', 'mse']
      },
      dp: { name: 'Differential privacy', value: false },
      mu: { name: 'Mu', value: 1, range: [0, null] }
    }
  };
}

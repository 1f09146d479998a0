import type { IJob } from './jobs.ts';

const ENDPOINTS: Record<IJob['kind'], string[]> = {
  module: ['api', 'ui', 'monitor'],
  tool: ['monitor'],
  try: ['api', 'ui'],
  batch: []
};

function mainOf({ kind, configuration }: IJob): string | null {
  const isIde = ['jupyter', 'vscode'].includes(
    String(configuration.general?.service)
  );
  return {
    module: isIde ? 'ide' : 'api',
    tool: 'monitor',
    try: 'ui',
    batch: null
  }[kind];
}

/** A job as the platform shows it. */
export function viewOf(
  job: IJob,
  isFull: boolean,
  apiOf: (job: IJob) => string
): Record<string, unknown> {
  const { general = {}, hardware = {} } = job.configuration;
  const isAllocated = !['queued', 'error'].includes(job.status);
  const names = ENDPOINTS[job.kind].concat(
    general.service === 'jupyter' ? ['ide'] : []
  );
  const endpoints = Object.fromEntries(
    names.map(name => [
      name,
      isAllocated
        ? name === 'api'
          ? `${apiOf(job)}/ui`
          : `https://${name}-${job.id}.example.org`
        : `https://${name}-${job.id}.\${meta.domain}-example.org`
    ])
  );
  return {
    job_ID: job.id,
    name: `${job.kind}-${job.id}`,
    status: job.status,
    owner: job.owner,
    title: String(general.title ?? '').slice(0, 45),
    description: String(general.desc ?? '').slice(0, 1000),
    docker_image: `${String(general.docker_image)}:${String(general.docker_tag ?? 'latest')}`,
    docker_command: `deep-start --${String(general.service ?? 'deepaas')}`,
    submit_time: '2026-01-31 12:00:00',
    resources: {
      cpu_num: hardware.cpu_num ?? 1,
      cpu_MHz: 0,
      gpu_num: hardware.gpu_num ?? 0,
      memory_MB: hardware.ram ?? 2000,
      disk_MB: hardware.disk ?? 1000
    },
    endpoints,
    active_endpoints: isFull && isAllocated ? job.active : null,
    main_endpoint: mainOf(job),
    alloc_ID: isAllocated ? `alloc-${job.id}` : null,
    datacenter: isAllocated ? 'ifca-ai4eosc' : null,
    ...(job.errorMessage && { error_msg: job.errorMessage }),
    ...(job.script !== undefined && {
      templates: { 'local/batch.sh': job.script }
    })
  };
}

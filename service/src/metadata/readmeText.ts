import { IModuleFolder } from './moduleFolder';

type Values = Record<string, unknown>;

const LINKS: Record<string, string> = {
  source_code: 'Source code',
  documentation: 'Documentation',
  dataset: 'Data',
  weights: 'Weights',
  citation: 'Publication',
  base_model: 'Made from',
  zenodo_doi: 'Archive',
  docker_image: 'Image'
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : '';

/** A README by what the metadata and the project say; empty where they say nothing that a reader could use. */
export function readmeText(
  { metadata, project, name }: IModuleFolder,
  title: string,
  isLicensed: boolean
): string {
  const values = (metadata?.values ?? {}) as Values;
  const summary = textOf(values.summary) || (project?.summary ?? '').trim();
  const description = textOf(values.description);
  if (title === '' || (summary === '' && description === '')) {
    return '';
  }
  const parts = [
    `# ${title}`,
    summary,
    description === summary ? '' : description,
    ...howToRun(project?.entryPoints ?? [], name),
    ...links((values.links ?? {}) as Values),
    ...citation(values),
    ...(isLicensed ? ['## Licence', 'See LICENSE.'] : [])
  ];
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

function howToRun(entryPoints: readonly string[], folder: string): string[] {
  const [module] = entryPoints;
  if (module === undefined) {
    return [];
  }
  const image = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return [
    '## Run it',
    'It has the API of DEEPaaS v2:',
    [
      '```sh',
      'pip install .',
      `deepaas-run --listen-port 5000 --model-name ${module}`,
      '```'
    ].join('\n'),
    'Its page is then at http://127.0.0.1:5000/api. As a container:',
    [
      '```sh',
      `podman build -t ${image} .`,
      `podman run -p 5000:5000 ${image}`,
      '```'
    ].join('\n')
  ];
}

function links(given: Values): string[] {
  const lines = Object.entries(LINKS).flatMap(([key, label]) => {
    const address = textOf(given[key]);
    return address ? [`- ${label}: ${address}`] : [];
  });
  return lines.length > 0 ? ['## Links', lines.join('\n')] : [];
}

function citation({ doi }: Values): string[] {
  const address = textOf(doi);
  return address ? ['## Cite it', address] : [];
}

/** What the platform's API makes of metadata. */
import { parse } from 'yaml';

const INVALID = 'invalid metadata';

export const isBroken = ({ tags }) => tags?.includes(INVALID) ?? false;

/** The whole object of version 2 with id, licence and links of its own; a placeholder with the error where it cannot be read. */
export function papiMetadata({ owner, repo, files }) {
  try {
    const metadata = parse(String(files.get('ai4-metadata.yml')), {
      // As PyYAML, which takes the last one of two.
      uniqueKeys: false
    });
    return {
      ...metadata,
      id: repo.toLowerCase(),
      license: 'APACHE_2_0',
      links: {
        ...metadata.links,
        self: `https://github.com/${owner}/${repo}`,
        cicd_url: `https://jenkins.services.ai4os.eu/job/AI4OS-hub/job/${repo}/job/main/`,
        cicd_badge: `https://jenkins.services.ai4os.eu/buildStatus/icon?job=AI4OS-hub/${repo}/main`
      }
    };
  } catch (error) {
    return {
      id: repo.toLowerCase(),
      metadata_version: '2.0.0',
      title: repo,
      summary: '',
      description: `The metadata of this module is not valid YAML: ${error.message.split('\n')[0]}`,
      tags: [INVALID],
      tasks: [],
      categories: [],
      libraries: [],
      'data-type': [],
      links: {}
    };
  }
}

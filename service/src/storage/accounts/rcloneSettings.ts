import { obscured } from './obscured';

/** What the settings are of. */
export interface IRcloneSettings {
  name: string;
  url: string;
  vendor: 'nextcloud' | 'other';
  user: string;
  password: string;
}

/** Settings for module containers: a section of `rclone.conf`, and the variables that DEEP's and AI4OS's images read. */
export function rcloneSettings({
  name,
  url,
  vendor,
  user,
  password
}: IRcloneSettings): string {
  const values = {
    type: 'webdav',
    url,
    vendor,
    user,
    pass: obscured(password)
  };
  const section = Object.entries(values).map(
    ([key, value]) => `${key} = ${value}`
  );
  const variables = Object.entries(values).map(
    ([key, value]) => `RCLONE_CONFIG_RSHARE_${key.toUpperCase()}=${value}`
  );
  return [
    `[${name}]`,
    ...section,
    '',
    '# The same as variables of a container:',
    ...variables,
    ''
  ].join('\n');
}

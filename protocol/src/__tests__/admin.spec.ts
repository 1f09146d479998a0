import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AdminConfig } from '../admin';

const page = readFileSync(
  path.join(__dirname, '../../../docs/admin.md'),
  'utf8'
);

it('docs/admin.md names every key of the administrator’s file', () => {
  const missing: string[] = [];
  for (const [section, { properties }] of Object.entries(
    AdminConfig.properties
  )) {
    for (const key of Object.keys(properties)) {
      if (!page.includes(`${section}.${key}`)) {
        missing.push(`${section}.${key}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

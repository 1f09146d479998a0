/** A few repositories of our own, with every kind of dirt that the real ones have. */

const second = (title, more = '') => `metadata_version: 2.0.0
title: ${title}
summary: What ${title} is for.
description: |-
  **${title}** in a few words.
${more}links:
  source_code: https://github.com/ai4os-hub/example
  docker_image: ai4oshub/example
tags:
  - example
tasks:
  - Computer Vision
categories:
  - AI4 inference
  - AI4 pre trained
libraries:
  - PyTorch
data-type:
  - Image
`;

const first = (title, more = {}) =>
  JSON.stringify(
    {
      title,
      summary: `What ${title} is for.`,
      description: [`**${title}**`, 'in two lines.'],
      keywords: ['tensorflow', 'image classification', 'inference', 'docker'],
      license: 'Apache 2.0',
      date_creation: '2019-01-01',
      sources: {
        dockerfile_repo: 'https://github.com/deephdc/DEEP-OC-example',
        docker_registry_repo: 'deephdc/deep-oc-example',
        code: 'https://github.com/deephdc/example'
      },
      ...more
    },
    undefined,
    2
  );

const yml = (repo, body, owner = 'ai4os-hub') => ({
  owner,
  repo,
  file: 'ai4-metadata.yml',
  body: Buffer.from(body)
});
const json = (repo, body, owner = 'deephdc') => ({
  owner,
  repo,
  file: 'metadata.json',
  body: Buffer.from(body)
});

export const SMALL = [
  yml('plants', second('Plants')),
  yml('birds', second('Birds')),
  json('birds', first('Birds of before'), 'ai4os-hub'),
  yml('old-number', second('Old number').replace('2.0.0', '1.0.0')),
  yml(
    'unquoted-colon',
    second('Unquoted').replace(
      'description: |-\n',
      'description:\n  It has\n  benefits: many.\n'
    )
  ),
  yml('key-twice', `${second('Twice')}libraries:\n  - Keras\n`),
  yml('unknown-word', second('Words').replace('PyTorch', 'Foo')),
  yml(
    'scripts',
    second('Scripts').replace(
      '**Scripts** in',
      '<script>alert(1)</script><img class="fit", src="https://example.org/a.png"/> [x](javascript:alert(2)) in'
    )
  ),
  json('first-only', first('First only'), 'ai4os-hub'),
  json(
    'comma-too-many',
    '{\n  "title": "Comma",\n  "description": [\n    "a",\n  ]\n}',
    'ai4os-hub'
  ),
  yml(
    'a-tool',
    second('A tool').replace('AI4 inference', 'AI4 tools'),
    'ai4os'
  ),
  json('a-tool-of-before', first('A tool of before'), 'ai4os'),
  json('DEEP-OC-plants', first('Plants')),
  json(
    'DEEP-OC-no-licence',
    first('No licence', { license: 'No license file' })
  )
];

/**
 * Where each source has what.
 *
 * A repository that has both versions has the older one alone on its branch `master`, as it was before version 2, and both on
 * `main`. The index of DEEP names such repositories too, so that every file is read through one source at least.
 */
import { isBroken, papiMetadata } from './papiAnswers.mjs';

const YAML = 'ai4-metadata.yml';
const JSON_FILE = 'metadata.json';
const TOOL_OWNER = 'ai4os';
const DEEP_OWNER = 'deephdc';
const PLAIN = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

/** Real entries end in nothing, `.git` or `/`. */
const ENDINGS = ['', '.git', '', '/', ''];

const gitmodules = repositories =>
  repositories
    .map(
      ({ owner, repo }, index) =>
        `[submodule "${repo}"]\n\tpath = ${repo}\n\turl = https://github.com/${owner}/${repo}${ENDINGS[index % ENDINGS.length]}\n\tbranch = main\n`
    )
    .join('');

const modulesYml = repositories =>
  repositories
    .map(({ owner, repo }) => `- module: https://github.com/${owner}/${repo}\n`)
    .join('');

/** Repositories with their files by name. */
function repositoriesOf(entries) {
  const found = new Map();
  for (const { owner, repo, file, body } of entries) {
    const key = `${owner}/${repo}`;
    const known = found.get(key) ?? { owner, repo, files: new Map() };
    known.files.set(file, body);
    found.set(key, known);
  }
  return [...found.values()];
}

function* rawFiles({ owner, repo, files }) {
  const hasBoth = files.has(YAML) && files.has(JSON_FILE);
  const isOld = owner === DEEP_OWNER && !hasBoth;
  for (const [file, body] of files) {
    const branches = hasBoth && file === JSON_FILE ? ['master', 'main'] : [];
    for (const branch of branches.length > 0
      ? branches
      : [isOld ? 'master' : 'main']) {
      yield [`/raw/${owner}/${repo}/${branch}/${file}`, { type: PLAIN, body }];
    }
  }
}

/** The platform has what is of version 2. */
function* papiFiles(kind, repositories) {
  const base = `/v1/catalog/${kind}`;
  const listed = repositories.filter(({ files }) => files.has(YAML));
  const all = listed.map(papiMetadata);
  const json = value => ({ type: JSON_TYPE, body: JSON.stringify(value) });
  yield [base, json(listed.map(({ repo }) => repo))];
  yield [
    `${base}/detail`,
    json(
      all
        .filter(metadata => !isBroken(metadata))
        .map(({ description, links, ...rest }, i) => ({
          ...rest,
          name: listed[i].repo
        }))
    )
  ];
  for (const [i, metadata] of all.entries()) {
    yield [`${base}/${listed[i].repo}/metadata`, json(metadata)];
  }
}

/**
 * Every address with its content.
 *
 * @param {{owner: string, repo: string, file: string, body: Buffer}[]} entries
 * @returns {Map<string, {type: string, body: Buffer | string}>}
 */
export function layOut(entries) {
  const all = repositoriesOf(entries);
  const tools = all.filter(({ owner }) => owner === TOOL_OWNER);
  const modules = all.filter(
    ({ owner, files }) =>
      owner !== TOOL_OWNER && (owner !== DEEP_OWNER || files.has(YAML))
  );
  const deep = all.filter(
    ({ owner, files }) =>
      files.has(JSON_FILE) && (owner === DEEP_OWNER || files.has(YAML))
  );
  const index = body => ({ type: PLAIN, body });
  return new Map([
    ...all.flatMap(repository => [...rawFiles(repository)]),
    [
      '/raw/ai4os-hub/modules-catalog/master/.gitmodules',
      index(gitmodules(modules))
    ],
    ['/raw/ai4os/tools-catalog/master/.gitmodules', index(gitmodules(tools))],
    ['/raw/deephdc/deep-oc/master/MODULES.yml', index(modulesYml(deep))],
    ...papiFiles('modules', modules),
    ...papiFiles('tools', tools)
  ]);
}

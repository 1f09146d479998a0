const jupyterLab = require('@jupyterlab/testing/lib/jest-config');

/** Published as ES modules only: jest has to transpile them. */
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft',
  '@rjsf',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

/** swc strips types and does not check them: `npm run typecheck` does. */
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'classic' } }
    },
    module: { type: 'commonjs' }
  }
];

/** The same of the service; they are loaded only when somebody signs in. */
const serviceEsModules = ['jose', 'oauth4webapi', 'openid-client'].join('|');

const shared = {
  automock: false,
  moduleNameMapper: {
    '^@jupyterlab-deep/protocol$': '<rootDir>/protocol/src',
    '^@jupyterlab-deep/protocol/lib/(.*)$': '<rootDir>/protocol/src/$1',
    '^@jupyterlab-deep/kernel-helpers$': '<rootDir>/kernel-helpers/src',
    '^@jupyterlab-deep/kernel-helpers/(.*)$': '<rootDir>/kernel-helpers/src/$1'
  },
  // Build output carries further package.json files of the same names, which jest reports as collisions.
  modulePathIgnorePatterns: [
    '<rootDir>/jupyterlab_deep',
    '<rootDir>/ui-tests',
    '<rootDir>/build',
    '<rootDir>/lib',
    '<rootDir>/\\.venv',
    '<rootDir>/\\.cache'
  ]
};

const browser = jupyterLab(__dirname);

module.exports = {
  testTimeout: 60_000,
  // jest leaves one core to itself; most specs here wait for processes that they started.
  maxWorkers: 2,
  projects: [
    {
      ...browser,
      ...shared,
      displayName: 'src',
      moduleNameMapper: {
        ...browser.moduleNameMapper,
        ...shared.moduleNameMapper
      },
      testRegex: 'src/.*\\.spec\\.tsx?$',
      roots: ['<rootDir>/src'],
      transform: {
        '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
        '^.+\\.(t|j)sx?$': swc
      },
      transformIgnorePatterns: [`/node_modules/(?!(${esModules})).+`]
    },
    ...[
      'protocol/src',
      'kernel-helpers/src',
      'service/src',
      'module-runtime/src',
      'stand-in'
    ].map(folder => ({
      ...shared,
      displayName: folder.split('/')[0],
      rootDir: __dirname,
      roots: [`<rootDir>/${folder}`],
      testEnvironment: 'node',
      testRegex: '\\.spec\\.ts$',
      transform: {
        '\\.(yml|py|txt)$': '@jupyterlab/testing/lib/jest-raw-loader.js',
        '^.+\\.(t|j|mj|cj)sx?$': swc
      },
      transformIgnorePatterns: [`/node_modules/(?!(${serviceEsModules})/).+`]
    }))
  ].map(
    ({
      reporters,
      coverageReporters,
      coverageDirectory,
      collectCoverageFrom,
      testTimeout,
      ...project
    }) => project
  )
};

import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const BROWSER = ['src/**/*.ts', 'src/**/*.tsx'];
const TESTS = ['**/__tests__/**', 'ui-tests/**'];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/lib',
      '**/dist',
      'build',
      '.cache',
      '.venv*',
      '**/test-results*',
      'jupyterlab_deep/labextension',
      'jupyterlab_deep/node',
      'jupyterlab_deep/modules',
      'examples/notebooks'
    ]
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      // Schemas, tokens and types share their names: a value and a type of one name are one noun.
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'none', ignoreRestSiblings: true }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error',
      'no-console': 'off'
    }
  },
  {
    ...jupyter.configs.recommended[0],
    files: BROWSER,
    ignores: TESTS,
    plugins: {
      ...jupyter.configs.recommended[0].plugins,
      jupyter,
      'react-hooks': reactHooks
    },
    rules: {
      ...jupyter.configs.recommended[0].rules,
      ...reactHooks.configs.recommended.rules,
      // What activation needs it needs at once; bench/startup measures what that costs.
      'jupyter/prefer-lazy-imports': 'off',
      'no-console': ['error', { allow: ['warn', 'error'] }]
    }
  },
  { files: TESTS, rules: { '@typescript-eslint/naming-convention': 'off' } },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.cts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  },
  prettier
);

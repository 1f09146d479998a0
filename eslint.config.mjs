import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';
console.log(Object.keys(jupyter), Object.keys(jupyter.configs ?? {}), Object.keys(jupyter.rules));

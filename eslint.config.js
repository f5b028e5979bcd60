// What is worth a complaint in the scripts. How they are set is Prettier's, whether they fit together is TypeScript's.

import js from '@eslint/js';

export default [
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: 'error',
      'no-else-return': 'error',
      'no-implicit-coercion': 'error',
      'no-unneeded-ternary': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'prefer-template': 'error',
      // A key that is taken out of an object, or an argument that is passed over, is called `_`.
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // TypeScript knows every name, and which of them are the browser's.
      'no-undef': 'off',
    },
  },
  // It runs before the first paint, and so is no module.
  { files: ['static/early.js'], languageOptions: { sourceType: 'script' } },
];

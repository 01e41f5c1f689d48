import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const DEFAULT_EXPORTS = [
  {
    selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
    message: 'Export by name.',
  },
];

const CURRENT_DATE = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: 'Take a Clock (lib/util/clock.ts) by parameter.',
};

const CLOCK_MESSAGE = 'Take a Clock (lib/util/clock.ts) by parameter.';
const ENDING_MESSAGE = 'Only lib/cli and the ending.ts files print, read argv and set exit codes.';

const TIME_GLOBALS = ['setTimeout', 'setInterval'].map((name) => ({
  name,
  message: CLOCK_MESSAGE,
}));
const TIME_PROPERTIES = [
  { object: 'Date', property: 'now', message: CLOCK_MESSAGE },
  { object: 'performance', property: 'now', message: CLOCK_MESSAGE },
  { object: 'process', property: 'hrtime', message: CLOCK_MESSAGE },
  { object: 'AbortSignal', property: 'timeout', message: CLOCK_MESSAGE },
];
const TIME_MODULES = ['node:timers', 'node:timers/promises', 'node:perf_hooks'].map((name) => ({
  name,
  message: CLOCK_MESSAGE,
}));

const CONSOLE_GLOBAL = { name: 'console', message: ENDING_MESSAGE };
const ENDING_PROPERTIES = ['exit', 'argv', 'exitCode', 'reallyExit', 'abort'].map((property) => ({
  object: 'process',
  property,
  message: ENDING_MESSAGE,
}));
const ENDING_MODULES = ['node:process', 'node:console'].map((name) => ({
  name,
  message: 'Use the global.',
}));

/** What one file may do follows from its folder; each list replaces the one before it. */
function boundaries({ time, ending }) {
  return {
    'no-restricted-globals': [
      'error',
      ...(time ? [] : TIME_GLOBALS),
      ...(ending ? [] : [CONSOLE_GLOBAL]),
    ],
    'no-restricted-properties': [
      'error',
      ...(time ? [] : TIME_PROPERTIES),
      ...(ending ? [] : ENDING_PROPERTIES),
    ],
    'no-restricted-imports': [
      'error',
      { paths: [...(time ? [] : TIME_MODULES), ...ENDING_MODULES] },
    ],
    'no-restricted-syntax': ['error', ...DEFAULT_EXPORTS, ...(time ? [] : [CURRENT_DATE])],
  };
}

const UNUSED = {
  argsIgnorePattern: '^_',
  varsIgnorePattern: '^_',
  caughtErrors: 'all',
  ignoreRestSiblings: true,
};

const NODE_GLOBALS = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis)
    .filter((name) => !Object.hasOwn(Object.prototype, name))
    .map((name) => [name, 'readonly']),
);

const PROMISES = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    // An adapter types the library it loads on first use with `typeof import(…)`.
    { prefer: 'type-imports', fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'temp/', 'coverage/', 'node_modules/', '**/.vigil/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: NODE_GLOBALS },
    rules: { 'no-unused-vars': ['error', UNUSED] },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  {
    files: ['test/support/*.cjs'],
    languageOptions: { globals: { afterAll: 'readonly', jest: 'readonly' } },
  },
  {
    files: ['lib/**/*.{ts,cts}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...PROMISES,
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/parameter-properties': 'error',
      // Own files and parts of Node are loaded on first use where a start would wait for them.
      '@typescript-eslint/no-require-imports': ['error', { allow: ['^\\.{1,2}/', '^node:'] }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', UNUSED],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      ...boundaries({ time: false, ending: false }),
    },
  },
  {
    files: ['lib/util/clock.ts'],
    rules: boundaries({ time: true, ending: false }),
  },
  {
    // Runs in a browser, whose time is the only one there is.
    files: ['lib/dashboard/page/**/*.ts'],
    rules: boundaries({ time: true, ending: false }),
  },
  {
    files: [
      'lib/cli/**/*.ts',
      'lib/session/monitor/ending.ts',
      'lib/session/worker/ending.ts',
      'lib/jobs/worker/ending.ts',
      'lib/fleet/application/ending.ts',
      'lib/fleet/hosts/agent/ending.ts',
    ],
    rules: boundaries({ time: false, ending: true }),
  },
  {
    files: ['test/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...PROMISES,
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': ['error', UNUSED],
      'no-restricted-syntax': ['error', ...DEFAULT_EXPORTS],
    },
  },
);

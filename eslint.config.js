// What the linter asks beyond the compiler: promises are awaited, files and functions stay small, and the pure
// files (docs/architecture.md) know no process, clock or timer. Who may import whom is in .dependency-cruiser.mjs.
import eslint from '@eslint/js'
import {defineConfig} from 'eslint/config'
import tseslint from 'typescript-eslint'
import {PURE_GLOBS} from './scripts/layers.mjs'
import {COMPARES_PROSE, MAY_COMPARE_PROSE} from './scripts/no-prose.mjs'

const IMPURE = 'This file is pure: take it as a parameter.'
const SKIP = 'Every test runs, or says why it cannot: skipBecause of test/support/skip.ts.'
const TIMEOUT = 'A busy machine must not fail a test: take a limit from test/support/timeouts.ts.'
const UNIT = 'A unit test starts no process and opens no socket: move it to test/component/.'
const NOT_IN_UNIT_TESTS = ['child_process', 'dgram', 'http', 'https', 'net', 'tls'].map(
  (name) => `node:${name}`,
)
/** Parts of test/support/ that start processes or open sockets. */
const SUPPORT_OF_OTHER_TIERS =
  'support/(api-double/(api-double|use-double)|backends|nginx-fixture|ports|proxy-double|terminal|traffic)\\.js$'
/** They make named pipes, need one real socket for a single test, or ask promtool if it is installed. */
const UNIT_TESTS_WITH_A_PROCESS = [
  'test/unit/cli/run/write-snapshot.test.ts',
  'test/unit/controller/changes.test.ts',
  'test/unit/controller/metrics/metrics.test.ts',
  'test/unit/lint/command/check.test.ts',
  'test/unit/lint/config/find-config.test.ts',
  'test/unit/sources/manifests/find-files.test.ts',
  'test/unit/sources/manifests/search-folder.test.ts',
]
const NOT_IN_PURE_FILES = [
  'process',
  'performance',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]

export default defineConfig(
  {ignores: ['dist/', 'dist.next/', 'coverage/', 'artifacts/', '.cache/', 'node_modules/']},
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      // An async function without await is how an interface that promises is implemented.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', {fixStyle: 'inline-type-imports'}],
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_', varsIgnorePattern: '^_+$'}],
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true, allowBoolean: true}],
    },
  },
  {
    // NGINX runs it, with engines that know only ES5 and modules.
    files: ['templates/*.js'],
    languageOptions: {globals: {ngx: 'readonly'}},
    rules: {'no-unused-vars': ['error', {caughtErrors: 'none'}]},
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', {max: 250, skipBlankLines: true, skipComments: true}],
      'max-lines-per-function': ['error', {max: 40, skipBlankLines: true, skipComments: true}],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...COMPARES_PROSE],
    },
  },
  {files: MAY_COMPARE_PROSE, rules: {'no-restricted-syntax': 'off'}},
  {
    files: PURE_GLOBS,
    rules: {
      'no-restricted-globals': ['error', ...NOT_IN_PURE_FILES.map((name) => ({name, message: IMPURE}))],
      'no-restricted-properties': [
        'error',
        {object: 'Math', property: 'random', message: IMPURE},
        {object: 'Date', property: 'now', message: IMPURE},
      ],
      'no-restricted-syntax': [
        'error',
        ...COMPARES_PROSE,
        {selector: 'NewExpression[callee.name=Date][arguments.length=0]', message: IMPURE},
        {selector: 'CallExpression[callee.name=Date]', message: IMPURE},
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Colours on a terminal are control characters.
      'no-control-regex': 'off',
      // What JSON.parse gives back is compared, not computed with.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.type=ThisExpression][callee.property.name=skip]',
          message: SKIP,
        },
        {
          selector: 'MemberExpression[object.name=/^(it|describe)$/][property.name=/^(skip|only)$/]',
          message: SKIP,
        },
        {
          selector: 'CallExpression[callee.object.name!=AbortSignal][callee.property.name=timeout] > Literal',
          message: TIMEOUT,
        },
      ],
    },
  },
  {
    files: ['test/unit/**/*.ts'],
    ignores: UNIT_TESTS_WITH_A_PROCESS,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: NOT_IN_UNIT_TESTS.map((name) => ({name, message: UNIT, allowTypeImports: true})),
          patterns: [{regex: SUPPORT_OF_OTHER_TIERS, message: UNIT, allowTypeImports: true}],
        },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'Buffer',
          'console',
          'process',
          'URL',
          'require',
          'module',
          '__dirname',
          'setTimeout',
          'AbortSignal',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
)

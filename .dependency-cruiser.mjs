// Who may import whom, checked on every run. The table is scripts/layers.mjs; docs/architecture.md tells the story.
import {importsInWords, LAYERS, PURE_PATTERN} from './scripts/layers.mjs'

/** Packages that only these folders use, so that they can be replaced in one place and do not slow the start of the others. */
const PACKAGE_HOMES = {
  '@kubernetes/client-node': ['kube'],
  '@oclif/core': ['cli', 'commands'],
  execa: ['util'],
  'js-yaml': ['sources'],
  liquidjs: ['dataplane/nginx/config'],
  listr2: ['gce'],
  'p-limit': ['util', 'dataplane'],
  pino: ['cli'],
  'pino-pretty': ['cli'],
  'prom-client': ['controller'],
  socks: ['kube'],
  'tar-stream': ['doctor'],
  yaml: ['sources'],
}

const NOT_A_TYPE = {dependencyTypesNot: ['type-only']}

/** The table of annotations, and how a value is checked. */
const SETTINGS_TABLE = '^src/core/intent/(annotations|annotation-entry|setting-entries|setting-values)\\.ts$'

/** Matches the files below these folders of src/, and nothing for no folders. */
function within(folders) {
  return `^src/(${folders.join('|')})(/|$)`
}

function layerRules([layer, {mayImport, typesOf = [], because}]) {
  const comment = `src/${layer} may import: ${importsInWords(layer)}. Reason: ${because}. Move the code to the layer it belongs to, or pass what you need as a parameter.`
  const from = {path: within([layer])}
  const forbidden = {path: '^src/', pathNot: within([layer, ...mayImport, ...typesOf])}
  const rules = [{name: `layer-${layer}`, severity: 'error', comment, from, to: forbidden}]
  if (typesOf.length === 0) return rules
  return [
    ...rules,
    {
      name: `layer-${layer}-types`,
      severity: 'error',
      comment,
      from,
      to: {path: within(typesOf), ...NOT_A_TYPE},
    },
  ]
}

/** A part is imported by the parts above it only. */
function partRules([layer, {parts = []}]) {
  const paths = parts.map((part) => `${layer}/${part}`)
  return paths.map((path, index) => ({
    name: `part-${path.replaceAll('/', '-')}`,
    severity: 'error',
    comment: `The parts of src/${layer} build on each other, from top to bottom: ${parts.join(', ')}, the rest. Move what both need down.`,
    from: {path: within([layer]), pathNot: within(paths.slice(0, index + 1))},
    to: {path: within([path])},
  }))
}

function homeRule([name, folders]) {
  return {
    name: `home-of-${name.replaceAll('/', '-')}`,
    severity: 'error',
    comment: `The package ${name} is used in src/${folders.join(' and src/')} only: import what you need from there. Types may go anywhere.`,
    from: {path: '^src/', pathNot: within(folders)},
    to: {path: `^node_modules/${name}/`, ...NOT_A_TYPE},
  }
}

export default {
  forbidden: [
    ...Object.entries(LAYERS).flatMap(layerRules),
    ...Object.entries(LAYERS).flatMap(partRules),
    ...Object.entries(PACKAGE_HOMES).map(homeRule),
    {
      name: 'every-file-in-a-layer',
      severity: 'error',
      comment:
        'This file of src/ is in no layer. Put it into one, or add a layer to scripts/layers.mjs and say why in docs/decisions/.',
      from: {},
      to: {path: '^src/', pathNot: within(Object.keys(LAYERS))},
    },
    {
      name: 'flags-without-wiring',
      severity: 'error',
      comment:
        'Flags, logger and exit codes know nothing of what is run, so that lbex --help loads none of it: only src/cli/run does. The flags of settings come from the table of annotations, which is only text.',
      from: {path: within(['cli']), pathNot: within(['cli/run'])},
      to: {path: '^src/', pathNot: [within(['cli', 'report', 'util', 'diagnostics']), SETTINGS_TABLE]},
    },
    {
      name: 'pure-files',
      severity: 'error',
      comment: 'A pure file touches no file, socket, process, clock or timer: take what you need as a value.',
      from: {path: PURE_PATTERN},
      to: {dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|url|util)$', ...NOT_A_TYPE},
    },
    {
      name: 'crypto-in-content-hash',
      severity: 'error',
      comment:
        'Hashes are made by contentHash (src/core/model/content-hash.ts), certificates are parsed by src/core/cluster/credentials.ts: use these.',
      from: {
        path: PURE_PATTERN,
        pathNot: within(['core/model/content-hash.ts', 'core/cluster/credentials.ts']),
      },
      to: {dependencyTypes: ['core'], path: '^(node:)?crypto$', ...NOT_A_TYPE},
    },
    {
      name: 'processes-in-util',
      severity: 'error',
      comment:
        'Processes are started by src/util/run-program.ts and src/util/start-detached.ts, without a shell: use these.',
      from: {path: '^src/', pathNot: within(['util/run-program.ts', 'util/start-detached.ts'])},
      to: {path: '^(node:)?child_process$', ...NOT_A_TYPE},
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'These modules import each other in a circle: what both need belongs into a third one.',
      from: {},
      to: {circular: true},
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this module and it imports nothing: remove it, or use it.',
      from: {orphan: true, path: '^src/'},
      to: {},
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      comment: 'What is shipped needs nothing of tests, scripts or benchmarks.',
      from: {path: '^src/'},
      to: {path: '^(test|scripts|bench|bin)/'},
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment:
        'This package is not among the "dependencies" of package.json, so an installed lbex would not have it.',
      from: {path: '^src/'},
      to: {dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...NOT_A_TYPE},
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'This import leads nowhere: a file was renamed or a package is not installed.',
      from: {},
      to: {couldNotResolve: true},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}

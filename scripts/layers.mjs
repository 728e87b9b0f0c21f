// The layers of src/ and what each may import. .dependency-cruiser.mjs enforces it, npm run docs writes it into
// docs/architecture.md, and eslint and the coverage thresholds ask which files are pure.

/**
 * From top to bottom: a layer may import only what stands below it. An entry is a folder of src/, so `core/cluster` allows
 * less than `core` does. `parts` are folders and files of the layer, from top to bottom too; the rest of the layer is below
 * them. A part is imported by the parts above it only.
 *
 * @type {Record<string, {holds: string, mayImport: string[], typesOf?: string[], parts?: string[], because: string}>}
 */
export const LAYERS = {
  commands: {
    holds: 'oclif classes only: metadata, parse, one call, return',
    mayImport: ['cli', 'lint', 'doctor', 'gce', 'ha'],
    because: 'a command is metadata, parse, one call, and return',
  },
  lint: {
    holds:
      '`lbex check`: rules over the whole input, policy, baseline, fixes, `config/`, `formats/`, `command/`',
    mayImport: ['cli', 'sources/manifests', 'report', 'core', 'util', 'diagnostics'],
    parts: ['command', 'formats'],
    because: 'lint checks manifests with the rules of `run`, and never needs NGINX or an API server',
  },
  doctor: {
    holds:
      '`lbex doctor`: each check examines one part of the environment, changes nothing, and returns findings; `bundle/`: `lbex support-bundle`',
    mayImport: [
      'cli',
      'controller',
      'publish',
      'sources',
      'dataplane',
      'kube',
      'report',
      'core',
      'util',
      'diagnostics',
    ],
    parts: ['bundle', 'command'],
    because: 'doctor checks everything that `run` uses, and no layer uses doctor',
  },
  gce: {
    holds:
      '`lbex gce`: a group of hosts on Google Cloud; compares desired and observed resources, and runs a plan',
    mayImport: ['cli', 'report', 'util', 'diagnostics'],
    parts: ['command'],
    because: 'gcloud tasks stand beside the load balancer',
  },
  ha: {
    holds: '`lbex ha`: configurations of keepalived and BIRD, which move addresses between hosts',
    mayImport: ['cli', 'dataplane/nginx/config', 'report', 'core/cluster', 'util', 'diagnostics'],
    parts: ['command'],
    because: 'it makes files for other programs, and `run` does not depend on them',
  },
  cli: {
    holds: 'base command, flags, logger, exit codes; `run/`: the wiring of run, render and drain',
    mayImport: [
      'controller',
      'publish',
      'observe',
      'health',
      'sources',
      'dataplane',
      'kube',
      'report',
      'core',
      'util',
      'diagnostics',
    ],
    parts: ['run'],
    because: 'cli wires the layers below it together, and only a subject with a command may use it',
  },
  controller: {
    holds: 'reconcile, holdoff, pacing, health server, metrics',
    mayImport: ['core', 'util', 'diagnostics'],
    typesOf: ['publish', 'observe', 'health', 'sources', 'dataplane'],
    because: 'the loop takes sources and data plane as parameters: import their types only',
  },
  publish: {
    holds: 'what is written to the API: Service status, Events, route status, leader election',
    mayImport: ['kube', 'core', 'util', 'diagnostics'],
    because: 'it reports results, whichever data plane serves them',
  },
  observe: {
    holds: 'traffic metrics, access log, the state API and the status page',
    mayImport: ['core', 'util', 'diagnostics'],
    because: 'it shows values, and does not fetch them from other layers',
  },
  health: {
    holds: 'active checks of upstream servers',
    mayImport: ['core', 'util', 'diagnostics'],
    because: 'its result is an input of the translator, and no business of NGINX',
  },
  sources: {
    holds: '`cluster/` (reflector, store, retry policy), `manifests/` (find, parse, objects, edit, watch)',
    mayImport: ['kube', 'core/cluster', 'util', 'diagnostics'],
    because: 'a source reads a snapshot and does not interpret it',
  },
  dataplane: {
    holds:
      'the interface of the data plane; `nginx/`: `runtime/` (its parts, and the loop that polls NGINX), `apply/` (prepare, commit, fault isolation), `live/` (changes without a reload), `drain/` (the end of connections), `process/`, `store/` (generations on disk), `config/` (templates, output guard), `host/` (discovery, limits)',
    mayImport: ['core', 'util', 'diagnostics'],
    parts: [
      'nginx/nginx.ts',
      'nginx/runtime',
      'nginx/apply',
      'nginx/live',
      'nginx/drain',
      'nginx/process',
      'nginx/store',
      'nginx/config',
      'nginx/host',
    ],
    because: 'the data plane serves a load balancer and does not depend on its source',
  },
  kube: {
    holds: 'credentials and requests',
    mayImport: ['util', 'diagnostics'],
    because: 'requests to an API server do not depend on the use of the responses',
  },
  report: {
    holds: 'results as text or JSON, as values: `{output, notes, exitCode}`',
    mayImport: ['core', 'diagnostics'],
    because: 'a report turns results into text, and does not depend on the layer that made them',
  },
  core: {
    holds:
      'the pure middle: `state/` (what is served, as a value), `translate/` (the translator: the stages in their order, and what is remembered), `model/` (listeners, upstreams, conflicts), `addresses/` (which Service gets which address of a pool), `intent/` (annotations and fields of a Service, one table), `cluster/` (objects, coverage, indexes)',
    mayImport: ['diagnostics'],
    parts: ['state', 'translate', 'model', 'addresses', 'intent', 'cluster'],
    because: 'what a cluster asks for follows from its objects and the options alone',
  },
  util: {
    holds: 'clock, back-off, atomic write, programs, memo',
    mayImport: ['diagnostics'],
    because: 'it belongs to no subject',
  },
  diagnostics: {
    holds: 'the catalogue of codes, diagnostics, failures',
    mayImport: [],
    because: 'every layer reports its errors with it',
  },
}

/** Files that touch no file, socket, process, clock or timer. `/**`: the whole folder, `/*`: without its subfolders. */
const PURE = [
  'core/**',
  'report/**',
  'diagnostics/**',
  'dataplane/nginx/config/**',
  'lint/*',
  'lint/formats/**',
]

/** For eslint. */
export const PURE_GLOBS = PURE.map((glob) => `src/${glob.endsWith('/**') ? `${glob}/*` : glob}.ts`)

/** As the text of a regular expression. */
export const PURE_PATTERN = `^src/(${PURE.map((glob) => glob.replace('/**', '/.+').replace('/*', '/[^/]+')).join('|')})$`

/** @param {string} path of a file, from the root of the project */
export function isPure(path) {
  return new RegExp(PURE_PATTERN).test(path)
}

/** @param {string} path of a file of src/, from the root of the project */
export function layerOf(path) {
  return path.split('/')[1]
}

/** What a layer may import, in words. @param {string} layer */
export function importsInWords(layer) {
  const {mayImport, typesOf = []} = LAYERS[layer]
  const types = typesOf.length > 0 ? `; types of ${typesOf.join(', ')}` : ''
  return (mayImport.join(', ') || 'nothing') + types
}

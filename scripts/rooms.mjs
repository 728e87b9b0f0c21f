// The rooms of src/ and what each may import: docs/architecture.md draws them, .dependency-cruiser.mjs enforces them, and
// eslint and the coverage thresholds ask which of them are pure.

/** @type {Record<string, {mayImport: string[], typesOf?: string[], because: string}>} */
export const ROOMS = {
  commands: {
    mayImport: ['cli', 'app', 'report'],
    because: 'a command is metadata, parse, one call into app, and return',
  },
  app: {
    mayImport: [
      'cli',
      'report',
      'daemon',
      'source',
      'kube',
      'doctor',
      'nginx',
      'gce',
      'exec',
      'translate',
      'check',
      'evaluate',
      'render',
      'model',
      'intent',
      'snapshot',
      'config',
      'runtime',
      'diagnostics',
    ],
    because: 'app wires everything below the commands together, and nothing but a command may use it',
  },
  cli: {
    mayImport: ['report', 'diagnostics', 'runtime'],
    because: 'flags, logger and exit codes know nothing of what is run',
  },
  report: {
    mayImport: ['model', 'config', 'diagnostics'],
    because: 'a report turns results into text, whoever made them',
  },
  daemon: {
    mayImport: ['config', 'diagnostics', 'runtime'],
    typesOf: ['source', 'translate', 'nginx'],
    because: 'the loop takes source, translate and nginx as parameters: import their types only',
  },
  source: {
    mayImport: ['snapshot', 'kube', 'diagnostics', 'runtime'],
    because: 'the edge in reads a snapshot and does not judge it',
  },
  kube: {
    mayImport: ['diagnostics', 'runtime'],
    because: 'requests to an API server know nothing of what is done with the answers',
  },
  doctor: {
    mayImport: ['nginx', 'kube', 'config', 'diagnostics', 'runtime'],
    because:
      'it looks at what the edges will need, and says what it finds; what Services want comes as a parameter',
  },
  nginx: {
    mayImport: ['config', 'exec', 'diagnostics', 'runtime'],
    because: 'the edge out gets files; how they came to be is not its business',
  },
  gce: {
    mayImport: ['exec', 'diagnostics', 'runtime'],
    because: 'gcloud tasks stand beside the load balancer, not in it',
  },
  exec: {mayImport: ['diagnostics'], because: 'it starts processes, for whomever'},
  translate: {
    mayImport: ['evaluate', 'render', 'config', 'diagnostics'],
    typesOf: ['snapshot', 'model'],
    because: 'translate is evaluate, then render',
  },
  check: {
    mayImport: ['evaluate', 'intent', 'snapshot', 'diagnostics'],
    because: 'check judges with evaluate, and decides which findings are worth telling',
  },
  evaluate: {
    mayImport: ['snapshot', 'intent', 'model', 'config', 'diagnostics'],
    because: 'evaluate works without templates: it is all that check needs',
  },
  render: {
    mayImport: ['model', 'config', 'diagnostics'],
    because: 'only the typed values of the model reach a template',
  },
  model: {
    mayImport: ['intent', 'snapshot', 'config', 'diagnostics'],
    because: 'the model is decided before anybody thinks of NGINX files',
  },
  intent: {
    mayImport: ['snapshot', 'diagnostics'],
    because: 'what a Service asks for depends on the Service alone',
  },
  snapshot: {mayImport: ['diagnostics'], because: 'a snapshot is what was read, and no more'},
  config: {mayImport: ['diagnostics'], because: 'these values are shared by model, render and nginx'},
  runtime: {mayImport: [], because: 'clock, back-off and logger stand below everything'},
  diagnostics: {mayImport: [], because: 'trouble is described below everything'},
}

/** Rooms that touch no file, socket, process, clock or timer. */
export const PURE_ROOMS = [
  'diagnostics',
  'config',
  'snapshot',
  'intent',
  'model',
  'evaluate',
  'render',
  'translate',
  'check',
  'report',
]

/** Rooms that are one file; the others are folders. */
const SINGLE_FILES = ['evaluate', 'translate']

/** @param {string} room */
export function roomPath(room) {
  return SINGLE_FILES.includes(room) ? `src/${room}.ts` : `src/${room}`
}

/** Folders and files of the pure rooms, from the root of the project. */
export const PURE_FILES = PURE_ROOMS.map(roomPath)

/** @param {string} path of a file of src/, from the root of the project */
export function roomOf(path) {
  return path.replace(/^src\//, '').replace(/[/.].*$/, '')
}

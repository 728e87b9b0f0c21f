// Who may import whom, checked on every run. The table is scripts/rooms.mjs; docs/architecture.md tells the story.
import {PURE_ROOMS, ROOMS, roomPath} from './scripts/rooms.mjs'

/** Packages that are at home in some rooms only, so that they can be replaced in one place and stay out of the way of a fast start. */
const PACKAGE_HOMES = {
  '@kubernetes/client-node': ['kube'],
  '@oclif/core': ['cli', 'commands'],
  execa: ['exec'],
  liquidjs: ['render'],
  listr2: ['gce'],
  pino: ['cli'],
  'pino-pretty': ['cli'],
  'prom-client': ['daemon'],
  socks: ['kube'],
  yaml: ['source'],
}

const NOT_A_TYPE = {dependencyTypesNot: ['type-only']}

/** Matches the files of these rooms, and nothing for no rooms. */
function within(rooms) {
  const paths = rooms.map((room) => roomPath(room).replace(/\.ts$/, '\\.ts'))
  return `^(${paths.join('|')})(/|$)`
}

function roomRules([room, {mayImport, typesOf = [], because}]) {
  const comment = `${roomPath(room)} may import ${mayImport.join(', ') || 'no other room'}${
    typesOf.length ? `, and types of ${typesOf.join(', ')}` : ''
  }: ${because}. Move the code to the room it belongs to, or pass what you need as a parameter.`
  const from = {path: within([room])}
  const forbidden = {path: '^src/', pathNot: within([room, ...mayImport, ...typesOf])}
  const rules = [{name: `room-${room}`, severity: 'error', comment, from, to: forbidden}]
  if (typesOf.length === 0) return rules
  return [
    ...rules,
    {
      name: `room-${room}-types`,
      severity: 'error',
      comment,
      from,
      to: {path: within(typesOf), ...NOT_A_TYPE},
    },
  ]
}

function homeRule([name, rooms]) {
  return {
    name: `home-of-${name.replaceAll('/', '-')}`,
    severity: 'error',
    comment: `The package ${name} is at home in ${rooms.join(' and ')}: ask that room for what you need. Types may go anywhere.`,
    from: {path: '^src/', pathNot: within(rooms)},
    to: {path: `^node_modules/${name}/`, ...NOT_A_TYPE},
  }
}

export default {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(roomRules),
    ...Object.entries(PACKAGE_HOMES).map(homeRule),
    {
      name: 'a-room-for-everything',
      severity: 'error',
      comment:
        'This file of src/ is in no room. Put it into one, or add a room to scripts/rooms.mjs and to docs/architecture.md, and say why in docs/decisions/.',
      from: {},
      to: {path: '^src/', pathNot: within(Object.keys(ROOMS))},
    },
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'A pure room touches no file, socket, process, clock or timer: take what you need as a value.',
      from: {path: within(PURE_ROOMS)},
      to: {dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|util)$', ...NOT_A_TYPE},
    },
    {
      name: 'crypto-in-config',
      severity: 'error',
      comment: 'Hashes are made by src/config (contentHash): use that.',
      from: {path: within(PURE_ROOMS), pathNot: within(['config'])},
      to: {dependencyTypes: ['core'], path: '^(node:)?crypto$', ...NOT_A_TYPE},
    },
    {
      name: 'processes-in-exec',
      severity: 'error',
      comment: 'src/exec is the only place that starts a process, always without a shell: use it.',
      from: {path: '^src/', pathNot: within(['exec'])},
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

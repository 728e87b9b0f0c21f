/** The migration guide: whatever the first lbex had is in it, and whatever it points to is there. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {COMMANDS} from '../../src/commands/index.js'
import {startHealthServer} from '../../src/controller/health-server.js'
import {ANNOTATION_ENTRIES} from '../../src/core/intent/annotations.js'
import {codeIn, tableBelow, type Row} from '../support/markdown-table.js'

const page = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')

/** Of its README: what `lbex --help` and `gce-up.sh --help` printed, and its tables. */
const FIRST = {
  flags: [
    ...['alsologtostderr', 'anti-affinity', 'health-check', 'health-port', 'help', 'kubeconfig'],
    ...[
      'log_backtrace_at',
      'log_dir',
      'logtostderr',
      'proxy',
      'require-port',
      'service-name',
      'service-pool',
    ],
    ...['stderrthreshold', 'strict-affinity', 'v', 'version', 'vmodule'],
  ].map((name) => `--${name}`),
  variables: [
    ...['ANTI_AFFINITY', 'HEALTH_CHECK', 'HEALTH_PORT', 'KUBECONFIG', 'PROXY', 'REQUIRE_PORT'],
    ...['SERVICE_NAME', 'SERVICE_POOL'],
  ].map((name) => `LBEX_${name}`),
  annotations: [
    'kubernetes.io/loadbalancer-class',
    'loadbalancer-port.lbex/[port-name]',
    ...['algorithm', 'method', 'node-address-type', 'node-set', 'passthrough', 'port', 'resolver'].map(
      (name) => `loadbalancer.lbex/${name}`,
    ),
    'loadbalancer.lbex/service-pool',
    'loadbalancer.lbex/upstream-type',
  ],
  gce: [
    ...[
      '--cidr',
      '--cluster-name',
      '--cluster-network',
      '--cluster-zone',
      '--health-port',
      '--help',
      '--name',
    ],
    ...[
      '--num-autoscale',
      '--project',
      '--region',
      '-c',
      '-h',
      '-i',
      '-m',
      '-n',
      '-p',
      '-r',
      '-s',
      '-t',
      '-z',
    ],
  ],
}

type Command = {readonly flags: Readonly<Record<string, {readonly char?: string; readonly env?: string}>>}

const commands: Readonly<Record<string, Command>> = COMMANDS
const ours = Object.entries(commands).filter(([name]) => !name.startsWith('gce:'))
const gce = Object.entries(commands).filter(([name]) => name.startsWith('gce:'))

/** Every spelling of a flag of these commands; help and version are oclif's. */
function spellings(some: readonly (readonly [string, Command])[]): string[] {
  const flags = some.flatMap(([, command]) => Object.entries(command.flags))
  return [
    ...['-h', '--help', '--version'],
    ...flags.flatMap(([name, {char}]) => [`--${name}`, ...(char ? [`-${char}`] : [])]),
  ]
}

const variables = ours.flatMap(([, command]) => Object.values(command.flags).map(({env}) => env))
const annotations = ANNOTATION_ENTRIES.map(({key}) => (key.endsWith('/') ? `${key}PORT-NAME` : key))

/** What the first column names is what the first lbex had, each once; what the second one names is there today. */
function compare(
  rows: readonly Row[],
  first: readonly string[],
  today: readonly (string | undefined)[],
): void {
  assert.deepEqual(rows.flatMap(([old = '']) => codeIn(old)).sort(), [...first].sort())
  const now = rows.flatMap(([, cell = '']) => codeIn(cell))
  assert.deepEqual(
    now.filter((name) => !today.includes(name)),
    [],
  )
  for (const row of rows) assert.equal(row.length, rows[0]?.length, row.join(' | '))
}

describe('docs/migration.md', () => {
  it('has a row for each flag of the first lbex, and names flags that there are', () => {
    compare(tableBelow(page, 'Flags'), FIRST.flags, spellings(ours))
  })

  it('has a row for each variable', () => {
    compare(tableBelow(page, 'Environment'), FIRST.variables, variables)
  })

  it('has a row for each annotation', () => {
    compare(tableBelow(page, 'Annotations'), FIRST.annotations, annotations)
  })

  it('has a row for each flag of the scripts for Google Cloud', () => {
    compare(tableBelow(page, 'On Google Cloud'), FIRST.gce, spellings(gce))
  })

  it('lists the health endpoints that answer', async () => {
    const server = await startHealthServer({
      port: 0,
      address: '127.0.0.1',
      checks: () => ({health: [], live: [], ready: []}),
      metrics: async () => ({type: 'text/plain', text: ''}),
    })
    try {
      const paths = tableBelow(page, 'Health').flatMap(([path = '']) => codeIn(path))
      assert.deepEqual(paths, ['/', '/livez', '/readyz', '/metrics'])
      for (const path of [...paths, '/other']) {
        const {status} = await fetch(`http://127.0.0.1:${server.port}${path}`)
        assert.equal(status, path === '/other' ? 404 : 200, path)
      }
    } finally {
      await server.close()
    }
  })
})

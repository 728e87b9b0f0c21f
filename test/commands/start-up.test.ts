/** A fast start requires few modules: checks which packages each part of the bundle loads. */
import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {root} from './lbex.js'

const dist = join(root, 'dist')

/** The packages that a module of the bundle imports statically, directly or indirectly. */
async function packagesOf(path: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(path)) return new Set()
  seen.add(path)
  const text = await readFile(path, 'utf8')
  const packages = new Set(
    [...text.matchAll(/^(?: {2})?(?:\/\/ |")node_modules\/((?:@[^/]+\/)?[^/]+)/gm)].map(
      ([, name = '']) => name,
    ),
  )
  for (const [, imported = ''] of text.matchAll(/^(?:import|\} from|import \{.*\} from) ?"(\.[^"]+)"/gm)) {
    for (const name of await packagesOf(resolve(dirname(path), imported), seen)) packages.add(name)
  }
  return packages
}

/** The chunk that contains a source module. */
async function chunkOf(source: string): Promise<string> {
  for (const name of await readdir(join(dist, 'chunks'))) {
    const path = join(dist, 'chunks', name)
    if (path.endsWith('.js') && (await readFile(path, 'utf8')).includes(`\n// ${source}\n`)) return path
  }
  throw new Error(`no chunk holds ${source}`)
}

const HEAVY = [
  'yaml',
  'liquidjs',
  'execa',
  'pino',
  'pino-pretty',
  'prom-client',
  'diff',
  'tinyglobby',
  'listr2',
  '@kubernetes/client-node',
]

function heavy(packages: ReadonlySet<string>): string[] {
  return HEAVY.filter((name) => packages.has(name))
}

describe('the bundle', () => {
  it('loads oclif and no large module to parse a command line', async () => {
    const packages = await packagesOf(join(dist, 'cli/main.js'))
    for (const name of await packagesOf(join(dist, 'commands/index.js'))) packages.add(name)
    assert.ok(packages.has('@oclif/core'))
    assert.deepEqual(heavy(packages), ['tinyglobby'])
  })

  it('loads the config writer for render, but no cluster source, logger or process runner', async () => {
    assert.deepEqual(heavy(await packagesOf(await chunkOf('src/cli/run/render.ts'))), [
      'liquidjs',
      'tinyglobby',
    ])
  })

  it('loads the parsers of files only for files', async () => {
    const packages = await packagesOf(await chunkOf('src/sources/manifests/manifest-source.ts'))
    assert.deepEqual(heavy(packages), ['yaml', 'tinyglobby'])
  })

  it('loads the large Kubernetes client only for a kubeconfig', async () => {
    for (const source of ['src/kube/open-access.ts', 'src/sources/cluster/cluster-source.ts']) {
      assert.deepEqual(heavy(await packagesOf(await chunkOf(source))), [])
    }
  })

  it('loads the metrics only with a health server', async () => {
    const packages = await packagesOf(await chunkOf('src/controller/metrics/metrics.ts'))
    assert.deepEqual(heavy(packages), ['prom-client'])
  })

  it('loads the parsers for check, but no config writer, client or other module', async () => {
    assert.deepEqual(heavy(await packagesOf(await chunkOf('src/lint/command/check.ts'))), [
      'yaml',
      'tinyglobby',
    ])
  })

  it('loads everything else for run', async () => {
    const packages = await packagesOf(await chunkOf('src/cli/run/run.ts'))
    assert.deepEqual(heavy(packages), ['liquidjs', 'execa', 'pino', 'pino-pretty', 'tinyglobby'])
  })
})

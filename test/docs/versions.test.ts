/** The table of tested versions in docs/versions.md says what the workflows and the tests use. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import {nginxOf} from '../../scripts/get-nginx.mjs'
import {root} from '../commands/lbex.js'
import {PACKAGES_SUITE} from '../install/debian-roots.js'
import {NODES} from '../install/nodes.js'
import {tableBelow} from '../support/markdown-table.js'
import {NGINX_SUITES} from '../support/nginx-binary.js'
import {skipBecause} from '../support/skip.js'

type Workflow = {
  readonly jobs: Readonly<
    Record<string, {'runs-on': string; strategy?: {matrix: Readonly<Record<string, readonly unknown[]>>}}>
  >
}

const NAMES: Readonly<Record<string, string>> = {
  bookworm: 'Debian 12',
  trixie: 'Debian 13',
  sid: 'Debian sid',
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const workflow = (name: string) => parse(read(`.github/workflows/${name}`)) as Workflow
const rows = new Map(
  tableBelow(read('docs/versions.md'), 'Tested versions').map(([component = '', versions = '']) => [
    component,
    versions.split(', '),
  ]),
)

describe('docs: tested versions', () => {
  it('of Kubernetes are those of the workflow', () => {
    const {kubernetes = []} = workflow('e2e.yml').jobs['scenarios']?.strategy?.matrix ?? {}
    assert.deepEqual(
      rows.get('Kubernetes'),
      kubernetes.map((version) => String(version).replace(/\.x$/, '')),
    )
  })

  it('of Node are those of the workflow and of the packages', () => {
    const {node = []} = workflow('ci.yml').jobs['test']?.strategy?.matrix ?? {}
    assert.deepEqual(rows.get('Node'), node.map(String))
    assert.deepEqual(
      rows.get('Node'),
      NODES.map((version) => version.split('.')[0]),
    )
  })

  it('of NGINX are those of Debian that setup fetches', () => {
    const suites = [PACKAGES_SUITE, ...NGINX_SUITES].map((suite) => NAMES[suite])
    assert.deepEqual(
      rows.get('NGINX')?.map((text) => /\((.*)\)/.exec(text)?.[1]),
      suites,
    )
  })

  it('of NGINX have the number that the program prints', async function () {
    const nginx = await nginxOf('trixie')
    if ('reason' in nginx) return skipBecause(this, nginx.reason)
    const version = execFileSync('sh', ['-c', '"$0" -v 2>&1', nginx.binary], {encoding: 'utf8'})
    const expected = rows.get('NGINX')?.find((text) => text.includes('(Debian 13)'))
    assert.equal(`${/nginx\/(\d+\.\d+)/.exec(version)?.[1]} (Debian 13)`, expected)
  })

  it('of systems are those that packages are installed on', () => {
    const image = read('Dockerfile')
    assert.deepEqual(rows.get('.deb, tarball, npm package'), [NAMES[PACKAGES_SUITE]])
    assert.deepEqual(rows.get('container image'), [
      `Debian ${/^FROM debian:(\d+)[.\d]*-slim@/m.exec(image)?.[1]}`,
    ])
    const runners = Object.values(workflow('ci.yml').jobs).map((job) => job['runs-on'])
    assert.deepEqual(
      rows.get('build'),
      [...new Set(runners)].map((name) => name.replace('ubuntu-', 'Ubuntu ')),
    )
  })
})

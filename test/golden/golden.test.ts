/** The one runner of the golden cases: test/support/golden-cases.ts says what a case is. UPDATE_GOLDEN=1 rewrites them. */
import assert from 'node:assert/strict'
import type {LoadBalancer} from '../../src/core/model/load-balancer.js'
import {CATALOGUE, type DiagnosticCode} from '../../src/diagnostics/catalogue.js'
import {options} from '../support/builders.js'
import {goldenCases, readExpected, strayFiles, writeExpected} from '../support/golden-cases.js'
import {findJudges, type Judge} from '../support/golden-judge.js'
import {renderCase} from '../support/golden-render.js'
import {NGINX_SUITES, nginxOf} from '../support/nginx-binary.js'
import {skipBecause} from '../support/skip.js'
import type {TestOptions} from '../support/translate.js'

/** Diagnostics that no manifest can cause, and what causes them. Other tests cover them. */
const NOT_FROM_MANIFESTS: Partial<Record<DiagnosticCode, string>> = {
  'hosts-over-limit': 'only a manifest with more than 10,000 host names causes it',
  'value-refused': 'only a bug in the stages before the templates lets such a value through',
  'nginx-refused': 'only a running NGINX can reject a Service',
  'nginx-exhausted': 'only a running NGINX can run out of memory or time',
  'nodes-forbidden': 'only an API server can deny access to Nodes',
  'port-privileged': 'only lbex check has --unprivileged-nginx',
  'tls-secret-kept': 'only lbex run keeps the last good content of a Secret',
  'server-unhealthy': 'only lbex run probes servers',
  'servers-all-unhealthy': 'only lbex run probes servers',
  'health-check-slow': 'only lbex run probes servers',
  'node-port-conflict': 'only lbex check reads Services that are not served',
  'pool-overlap': 'only lbex check compares pools',
  'ignore-unused': 'only lbex check supports ignores',
  'ignore-unknown': 'only lbex check supports ignores',
  'config-invalid': 'only lbex check reads a configuration file',
}

const cases = goldenCases()
const judges = await findJudges()
const updates = process.env['UPDATE_GOLDEN'] === '1'

describe('golden cases', () => {
  for (const golden of cases) {
    describe(golden.name, () => {
      it('renders the expected output', async () => {
        const {conf, diagnostics} = await renderCase(golden)
        if (updates) writeExpected(golden.name, {conf, diagnostics})
        const expected = readExpected(golden.name)
        assert.equal(conf, expected.conf)
        assert.equal(diagnostics, expected.diagnostics)
      })

      const able = judges.filter(({knows}) => knows(golden.options.nginx))
      if (able.length > 0) {
        it(`is accepted by NGINX ${versionsOf(able)}`, async () => {
          const {loadBalancer} = await renderCase(golden)
          const complaints = await complaintsOf(able, loadBalancer, golden.options)
          assert.deepEqual(complaints, able.map(accepted))
        })
      } else {
        it(`needs a newer NGINX than ${versionsOf(judges)}`)
      }
    })
  }

  // In a separate block at the end: mocha runs the tests of a block before its nested blocks.
  describe('all of them', () => {
    for (const suite of NGINX_SUITES) {
      it(`are tested with the NGINX of Debian ${suite}`, async function () {
        const nginx = await nginxOf(suite)
        if ('reason' in nginx) return skipBecause(this, nginx.reason)
        const wanted = nginx.capabilities.version.join('.')
        assert.ok(judges.some(({version}) => version === wanted))
      })
    }

    it('are tested with an NGINX that does reject invalid configurations', async () => {
      const ref = {kind: 'Service', namespace: 'default', name: 'empty'}
      const upstream = {
        name: 'x',
        settings: {balancing: {algorithm: 'round_robin'}},
        servers: [],
        unknown: [],
        absent: [],
      } as const
      const loadBalancer = {services: [{ref, id: 'x', listeners: [], upstreams: [upstream]}], shared: []}
      for (const {complaint} of judges)
        assert.match(await complaint(loadBalancer, options()), /no servers are inside upstream/)
    })

    it('have no files that belong to no case', () => {
      assert.deepEqual(strayFiles(), [])
    })

    it('show every diagnostic that manifests can cause', () => {
      const shown = new Set(cases.flatMap(({name}) => codesIn(readExpected(name).diagnostics)))
      const missing = Object.keys(CATALOGUE).filter((code) => !shown.has(code))
      assert.deepEqual(missing.sort(), Object.keys(NOT_FROM_MANIFESTS).sort())
    })
  })
})

type Complaint = {readonly version: string; readonly complaint: string}

/** At the same time: there are few versions. */
function complaintsOf(
  able: readonly Judge[],
  loadBalancer: LoadBalancer,
  settings: TestOptions,
): Promise<Complaint[]> {
  return Promise.all(
    able.map(async ({version, complaint}) => ({
      version,
      complaint: await complaint(loadBalancer, settings),
    })),
  )
}

function accepted({version}: Judge): Complaint {
  return {version, complaint: ''}
}

function versionsOf(some: readonly Judge[]): string {
  return some.map(({version}) => version).join(', ')
}

/** The codes in the lines of a `.diagnostics` file: `PATH:LINE:COLUMN: SEVERITY CODE MESSAGE`. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/^\S.*?: (?:error|warning|info) ([a-z-]+) /gm)].map((match) => match[1] ?? '')
}

/** The one runner of the golden cases: test/support/golden-cases.ts says what a case is. UPDATE_GOLDEN=1 rewrites them. */
import assert from 'node:assert/strict'
import {CATALOGUE, type DiagnosticCode} from '../../src/diagnostics/catalogue.js'
import {options} from '../support/builders.js'
import {goldenCases, readExpected, strayFiles, writeExpected} from '../support/golden-cases.js'
import {findJudge} from '../support/golden-judge.js'
import {renderCase} from '../support/golden-render.js'

/** Diagnostics that no manifest can cause, with what causes them: they have tests of their own. */
const NOT_FROM_MANIFESTS: Partial<Record<DiagnosticCode, string>> = {
  'value-refused': 'only a mistake in the stages before render lets such a value through',
  'nginx-refused': 'only a running NGINX refuses a Service',
  'nginx-exhausted': 'only a running NGINX runs out of memory or time',
  'nodes-forbidden': 'only an API server forbids to read',
  'port-privileged': 'only lbex check knows of an NGINX without privileges',
  'node-port-conflict': 'only lbex check looks at Services that are not served',
  'pool-overlap': 'only lbex check looks across pools',
  'ignore-unused': 'only lbex check ignores findings',
  'ignore-unknown': 'only lbex check ignores findings',
  'config-invalid': 'only lbex check reads a configuration',
}

const cases = goldenCases()
const judge = await findJudge()
const updates = process.env['UPDATE_GOLDEN'] === '1'

describe('golden cases', () => {
  for (const golden of cases) {
    describe(golden.name, () => {
      it('renders what is written down', async () => {
        const {conf, diagnostics} = await renderCase(golden)
        if (updates) writeExpected(golden.name, {conf, diagnostics})
        const expected = readExpected(golden.name)
        assert.equal(conf, expected.conf)
        assert.equal(diagnostics, expected.diagnostics)
      })

      if (judge.knows(golden.options.nginx)) {
        it('is accepted by NGINX', async () => {
          const {loadBalancer} = await renderCase(golden)
          assert.equal(await judge.complaint(loadBalancer, golden.options), '')
        })
      } else {
        it(`is for a newer NGINX than the ${judge.version} of this machine`)
      }
    })
  }

  // In a block of its own at the end: mocha runs the tests of a block before the blocks in it.
  describe('all of them', () => {
    it('are judged by an NGINX that does refuse', async () => {
      const ref = {kind: 'Service', namespace: 'default', name: 'empty'}
      const upstream = {
        name: 'x',
        settings: {balancing: {algorithm: 'round_robin'}},
        servers: [],
        unknown: [],
        absent: [],
      } as const
      const loadBalancer = {services: [{ref, id: 'x', listeners: [], upstreams: [upstream]}], shared: []}
      assert.match(await judge.complaint(loadBalancer, options()), /no servers are inside upstream/)
    })

    it('leave no file that belongs to no case', () => {
      assert.deepEqual(strayFiles(), [])
    })

    it('show every diagnostic that manifests can cause', () => {
      const shown = new Set(cases.flatMap(({name}) => codesIn(readExpected(name).diagnostics)))
      const missing = Object.keys(CATALOGUE).filter((code) => !shown.has(code))
      assert.deepEqual(missing.sort(), Object.keys(NOT_FROM_MANIFESTS).sort())
    })
  })
})

/** The codes in the lines of a `.diagnostics` file: `PATH:LINE:COLUMN: SEVERITY CODE MESSAGE`. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/^\S.*?: (?:error|warning|info) ([a-z-]+) /gm)].map((match) => match[1] ?? '')
}

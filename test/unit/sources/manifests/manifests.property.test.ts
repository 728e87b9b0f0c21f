/** For any text: reading it never throws, and every location is inside the text. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {covered, readText} from './support.js'

const YAML = `# comment
apiVersion: v1
kind: Service
metadata:
  name: &name "ntp"
  annotations: &annotations
    kubernetes.io/loadbalancer-class: loadbalancer-lbex
    loadbalancer.lbex/port: 123
spec:
  type: NodePort
  ports:
  - {name: ntp, port: 123, protocol: UDP, nodePort: 30123}
  - name: http
    port: 80
---
apiVersion: v1
kind: List
items:
- apiVersion: discovery.k8s.io/v1
  kind: EndpointSlice
  metadata: {name: a, labels: {kubernetes.io/service-name: ntp}}
  addressType: IPv4
  endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
- apiVersion: v1
  kind: Endpoints
  metadata: {name: b}
  subsets:
  - addresses: &ips [{ip: 10.0.0.1}]
    notReadyAddresses: *ips
    ports: [{port: 80}]
- apiVersion: v1
  kind: Node
  metadata:
    <<: {name: c}
  status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
...
---
|
  text
`

const JSON_LIST = JSON.stringify(
  {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: [{port: 80}]}},
      {apiVersion: 'v1', kind: 'Node', metadata: {name: 'b'}},
    ],
  },
  null,
  2,
)

const PIECES = [
  ...[
    '',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    '---\n',
    '...\n',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '|\n',
    '>',
  ],
  ...[
    '&a ',
    '*a',
    '*name',
    '<<: *annotations\n',
    '!!int ',
    '? ',
    '%YAML 1.1\n',
    '\uFEFF',
    '\u2028',
    '0',
    'null',
    'yes',
  ],
  ...['kind: Service\n', 'items:\n', '{"kind":"List","items":[]}', '\u{1F600}', '\0', ','],
]

type Mutation = {at: number; remove: number; insert: string}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({min: 0, max: 1, noNaN: true}),
  remove: fc.oneof(fc.nat(3), fc.nat(60)),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({maxLength: 5})),
})

const mutated = fc
  .tuple(
    fc.constantFrom(YAML, YAML.replaceAll('\n', '\r\n'), JSON_LIST),
    fc.array(mutation, {minLength: 1, maxLength: 6}),
  )
  .map(([text, mutations]) => mutations.reduce(mutate, text))

function mutate(text: string, {at, remove, insert}: Mutation): string {
  const start = Math.floor(at * text.length)
  return text.slice(0, start) + insert + text.slice(start + remove)
}

function placesOf(diagnostics: readonly Diagnostic[]): Diagnostic['location'][] {
  return diagnostics.flatMap(({location, related = []}) => [
    location,
    ...related.map((place) => place.location),
  ])
}

function assertInside(text: string, location: Diagnostic['location']): void {
  assert.ok(location, 'every finding about a text has a location')
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const {line, column, endLine, endColumn} = location
  assert.ok(line >= 1 && endLine <= lines.length, `lines ${line}-${endLine} of ${lines.length}`)
  assert.ok(column >= 1 && column <= (lines[line - 1] ?? '').length + 1, `column ${column} of line ${line}`)
  assert.ok(
    endColumn >= 1 && endColumn <= (lines[endLine - 1] ?? '').length + 1,
    `end ${endColumn} of ${endLine}`,
  )
  assert.ok(endLine > line || endColumn >= column, 'the end is not before the beginning')
  assert.ok(text.includes(covered(text, location)))
}

describe('any text', () => {
  it('is read without an exception, and every location is inside it', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const {located} = await readText(text)
        for (const place of placesOf(located)) assertInside(text, place)
      }),
      {numRuns: 400},
    )
  })

  it('gives every object an origin that can be located', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const {snapshot, locate} = await readText(text)
        const {services, endpointSlices, endpoints, nodes} = snapshot
        const findings = [...services, ...endpointSlices, ...endpoints, ...nodes].map(
          ({ref, origin}): Diagnostic => ({
            code: 'port-missing',
            severity: 'error',
            message: '',
            object: ref,
            origin,
          }),
        )
        for (const place of placesOf(locate(findings))) assertInside(text, place)
      }),
      {numRuns: 200},
    )
  })

  it('has the same result twice', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const [one, two] = [await readText(text), await readText(text)]
        assert.deepEqual([one.snapshot, one.located], [two.snapshot, two.located])
      }),
      {numRuns: 50},
    )
  })
})

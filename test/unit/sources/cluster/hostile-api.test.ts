/** An API server that has gone wrong: it costs what it says of one object, and nothing else. */
import assert from 'node:assert/strict'
import {parsePage, type KubeObject, type ListPage} from '../../../../src/kube/answers.js'
import {COMPLETE} from '../../../../src/core/cluster/snapshot.js'
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  NODES,
  SERVICES,
  type ApiKind,
} from '../../../../src/sources/cluster/kinds.js'
import {ObjectStore} from '../../../../src/sources/cluster/object-store.js'
import {Reflector, type ReflectorDeps} from '../../../../src/sources/cluster/reflect.js'
import {translate} from '../../../support/translate.js'
import {apiEndpoints, apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import {options} from '../../../support/builders.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {FakeClock} from '../../controller/fake-clock.js'
import {FakeLog} from '../../controller/fakes.js'
import {event, failing, object, page, saying, ScriptedAccess, silence} from './scripted-access.js'

type Value = unknown
type Path = readonly (string | number)[]

const WRONG: readonly Value[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 60, '', 'x', '\u0000', 'constructor', [], [null], [[]], {}],
  ...[{toString: 5}, {a: {}}, {length: 5}, [{}], ['x', 5]],
]

/** The places of all values in an object. */
function placesIn(value: Value, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, part]) =>
    placesIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return path.length === 0 ? below : [path, ...below]
}

function withValue(value: Value, [key, ...rest]: Path, wrong: Value): Value {
  if (key === undefined) return wrong
  const part = (value as Record<string | number, Value>)[key]
  const changed = withValue(part, rest, wrong)
  if (Array.isArray(value)) return value.map((item: Value, at) => (at === key ? changed : item))
  return {...(value as object), [key]: changed}
}

const annotations = {'loadbalancer.lbex/algorithm': 'least_conn', 'loadbalancer-port.lbex/main': '80'}

const KINDS: readonly [kind: ApiKind<unknown>, sample: object, other: object][] = [
  [SERVICES, apiService('a', {annotations}), apiService('b', {port: 81})],
  [ENDPOINT_SLICES, apiSlice('a', ['10.1.0.1']), apiSlice('b', ['10.1.0.2'])],
  [ENDPOINTS, apiEndpoints('a', ['10.1.0.1']), apiEndpoints('b', ['10.1.0.2'])],
  [NODES, apiNode('a', '10.0.0.1'), apiNode('b', '10.0.0.2')],
]

describe('sources/cluster, when the API server sends', () => {
  const SERVER = {url: new URL('http://127.0.0.1'), through: 'a test'}
  const listed = (items: readonly Value[]): ListPage =>
    parsePage(JSON.stringify({kind: 'List', metadata: {resourceVersion: '5'}, items}), SERVER)
  const stored = (kind: ApiKind<unknown>, items: readonly Value[]): readonly unknown[] => {
    const store = new ObjectStore<unknown>()
    const replacement = store.replacement(kind.project)
    replacement.add(listed(items).items)
    replacement.commit({complete: true})
    return store.values
  }
  const whole = KINDS.map(([kind, sample]) => [kind, stored(kind, [sample])] as const)
  const valuesOf = (kind: ApiKind<unknown>, changed: ApiKind<unknown>, values: readonly unknown[]) =>
    (kind === changed ? values : (whole.find(([known]) => known === kind)?.[1] ?? [])) as never

  for (const [kind, sample, other] of KINDS) {
    it(`a value of another type anywhere in one of the ${kind.resource.plural}, only that object is affected`, () => {
      const good = stored(kind, [other])
      for (const path of placesIn(sample)) {
        for (const wrong of WRONG) {
          const place = `${path.join('.')} = ${JSON.stringify(wrong)}`
          const values = stored(kind, [withValue(sample, path, wrong), other])
          assert.deepEqual(values.slice(-good.length), good, place)
          const snapshot = {
            services: valuesOf(SERVICES, kind, values),
            endpointSlices: valuesOf(ENDPOINT_SLICES, kind, values),
            endpoints: valuesOf(ENDPOINTS, kind, values),
            nodes: valuesOf(NODES, kind, values),
            coverage: COMPLETE,
          }
          assert.doesNotThrow(() => translate(snapshot, options()), place)
        }
      }
    }).timeout(INTEGRATION_TIMEOUT)
  }

  describe('an endless list', () => {
    let clock: FakeClock
    let access: ScriptedAccess
    let log: FakeLog
    let stopping: AbortController
    let running: Promise<void>

    beforeEach(() => {
      clock = new FakeClock()
      access = new ScriptedAccess(clock)
      log = new FakeLog()
      stopping = new AbortController()
    })
    afterEach(async () => {
      stopping.abort()
      await running
    })

    /** Has read `good`, and loses its watch then. */
    const afterGood = async (more: Partial<ReflectorDeps> = {}) => {
      let isFirst = true
      access.onList = () => page([object('good')])
      access.onWatch = (_, signal) => {
        if (!isFirst) return silence(signal)
        isFirst = false
        return saying([], failing('api-gone'))
      }
      const made = new Reflector(
        {access, clock, log, random: () => 0, ...more},
        {kinds: [SERVICES], onUpdate: () => {}},
      )
      running = made.run(stopping.signal)
      await clock.advance(0)
      return made
    }
    const names = ({store}: Reflector<unknown>) =>
      store.values.map((value) => (value as {ref: {name: string}}).ref.name)
    const many = (count: number, from = 0): KubeObject[] =>
      Array.from({length: count}, (_, index) => object(`more-${from + index}`))

    const ENDLESS: readonly [what: string, next: (count: number) => ListPage, words: RegExp][] = [
      [
        'a page whose token leads to itself',
        () => page([object('x')], '20', 'again'),
        /the continue token of a page leads to the same page$/,
      ],
      ['empty pages', (count) => page([], '20', `t${count}`), /101 pages were almost empty$/],
      [
        'pages of one object',
        (count) => page(many(1, count), '20', `t${count}`),
        /101 pages were almost empty$/,
      ],
      ['full pages of the same', (count) => page(SAME, '20', `t${count}`), /more than 500000 objects$/],
    ]
    const SAME = Array.from({length: 500}, (_, index) => object(`same-${index}`))

    for (const [what, next, words] of ENDLESS) {
      it(`${what}: the store is kept, and the failure is reported and rate-limited`, async () => {
        const made = await afterGood()
        let pages = 0
        access.onList = () => next((pages += 1))
        await clock.advance(10_000)
        assert.equal(made.failure?.code, 'api-endless')
        assert.match(made.failure?.message ?? '', words)
        assert.deepEqual(names(made), ['good'])
        assert.equal(log.lines.filter(([level]) => level === 'warn').length, 1)
        const before = pages
        await clock.advance(Math.max(0, before - 20) * 900)
        assert.equal(pages, before)
        access.onList = () => page([object('new')], '30')
        await clock.advance(before * 1000)
        assert.deepEqual([names(made), made.failure], [['new'], undefined])
      }).timeout(INTEGRATION_TIMEOUT)
    }

    it('more than fits into memory: the store is kept, and the failure is reported', async () => {
      const made = await afterGood({memory: 100_000})
      let pages = 0
      access.onList = () => page(many(500, (pages += 1) * 500), '20', `t${pages}`)
      await clock.advance(10_000)
      assert.equal(made.failure?.code, 'api-too-much')
      assert.deepEqual(names(made), ['good'])
      assert.ok(pages < 10, 'it asks once in a while, not for more and more')
    })

    it('more than fits into memory in a watch: the list is repeated, and then fails', async () => {
      const made = await afterGood({memory: 100_000})
      access.onList = () => page([object('good')], '20')
      const added = many(2000).map((_, at) => event('ADDED', `more-${at}`, String(21 + at)))
      access.onWatch = () => saying(added)
      await clock.advance(20_000)
      assert.equal(made.failure?.code, 'api-too-much')
      assert.ok(made.store.size < 110_000)
    })
  })

  it('an item without a name, no object counts as deleted', async () => {
    const clock = new FakeClock()
    const [access, log, stopping] = [new ScriptedAccess(clock), new FakeLog(), new AbortController()]
    access.onList = () => page([object('a'), object('b')])
    access.onWatch = () => saying([], failing('api-gone'))
    const made = new Reflector({access, clock, log, random: () => 0}, {kinds: [SERVICES], onUpdate: () => {}})
    const running = made.run(stopping.signal)
    await clock.advance(0)
    access.onWatch = (_, signal) => silence(signal)
    access.onList = () => ({...page([object('b'), object('c')], '20'), nameless: 1})
    await clock.advance(10_000)
    assert.deepEqual(made.store.values.map(({ref}) => ref.name).sort(), ['a', 'b', 'c'])
    assert.deepEqual(
      log.said.filter((line) => line.startsWith('warn')),
      ['warn objects without a name are skipped, and no object counts as deleted'],
    )
    stopping.abort()
    await running
  })

  describe('objects that cannot be read', () => {
    /** The warnings about one list. */
    const warned = async (items: readonly KubeObject[]) => {
      const clock = new FakeClock()
      const [access, log, stopping] = [new ScriptedAccess(clock), new FakeLog(), new AbortController()]
      access.onList = () => page(items)
      const made = new Reflector(
        {access, clock, log, random: () => 0},
        {kinds: [SERVICES], onUpdate: () => {}},
      )
      const running = made.run(stopping.signal)
      await clock.advance(0)
      stopping.abort()
      await running
      const fields = log.lines.flatMap(([level, , more]) => (level === 'warn' ? [more] : []))
      return {fields, names: made.store.values.map(({ref}) => ref.name)}
    }
    /** As in many lists, without a version of its own. */
    const unversioned = (name: string, spec: object): KubeObject => {
      const {metadata} = object(name)
      return {metadata: {...metadata, resourceVersion: undefined}, spec} as unknown as KubeObject
    }

    const SPECS: readonly [spec: object, error: string][] = [
      [{ports: {}}, 'spec.ports must be a list'],
      [{ports: [{port: 1e99}]}, 'spec.ports[0].port must be an integer'],
      [{ports: [{port: 70_000}]}, 'spec.ports[0].port must be from 1 to 65535'],
      [{ports: [{port: 80, nodePort: -1}]}, 'spec.ports[0].nodePort must be from 0 to 65535'],
      [{clusterIPs: [7]}, 'spec.clusterIPs[0] must be a string'],
      [{externalTrafficPolicy: 5}, 'spec.externalTrafficPolicy must be a string'],
      [{loadBalancerSourceRanges: '10.0.0.0/8'}, 'spec.loadBalancerSourceRanges must be a list'],
    ]

    it('are each named with the error, and affect no other object', async () => {
      const bad = SPECS.map(([spec], index) => unversioned(`bad-${index}`, spec))
      const {fields, names} = await warned([object('a'), ...bad, object('b')])
      assert.deepEqual(names, ['a', 'b'])
      assert.deepEqual(
        fields,
        SPECS.map(([, error], index) => ({kind: 'Service', name: `default/bad-${index}`, error})),
      )
    })

    it('are counted after the first 20 of a list', async () => {
      const bad = Array.from({length: 45}, (_, index) => unversioned(`bad-${index}`, {ports: {}}))
      const {fields} = await warned(bad)
      assert.equal(fields.length, 21)
      assert.deepEqual(fields.at(-1), {kind: 'Service', count: 25})
    })
  })
})

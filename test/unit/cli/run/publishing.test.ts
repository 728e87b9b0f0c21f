import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import assert from 'node:assert/strict'
import {
  defaultGroup,
  openPublishing,
  selectable,
  type PublishingFlags,
} from '../../../../src/cli/run/open-publishing.js'
import {Publishing, type PublishingOptions} from '../../../../src/cli/run/publishing.js'
import type {WrittenStates} from '../../../../src/core/cluster/written-state.js'
import type {KubeAccess} from '../../../../src/kube/access.js'
import {ApiFailure} from '../../../../src/kube/api-failure.js'
import {leaderLeaseName} from '../../../../src/publish/host-record.js'
import type {ResourceRequest} from '../../../../src/kube/resource.js'
import {DirectAccess} from '../../../support/api-double/direct-access.js'
import {History} from '../../../support/api-double/history.js'
import {resourceOf} from '../../../support/api-double/resources.js'
import {refusal} from '../../../support/api-double/status.js'
import {waitFor} from '../../../support/wait.js'
import {FakeClock} from '../../controller/fake-clock.js'
import {FakeLog} from '../../controller/fakes.js'
import {ofOurClass, translationOf} from '../../publish/support.js'
import {flagsOf} from './flags.js'

const OPTIONS: PublishingOptions = {
  selection: DEFAULT_INTENT_OPTIONS,
  ...{mode: 'auto', group: 'blue', namespace: 'lbex', namespaces: [], listenAddresses: ['192.0.2.1']},
  selectable: [{address: '192.0.2.1'}],
  ...{publishAddresses: [], writesPerSecond: 20, finalizer: false, runsOnce: false},
  ...{hostName: 'host-1', identity: 'host-1-abc', candidate: 'host-1_1'},
}

const STATES: WrittenStates = {written: () => undefined, allWritten: () => [], take() {}, onWritten() {}}

describe('Publishing', () => {
  let clock: FakeClock
  let log: FakeLog
  let access: DirectAccess
  let answer: (attempt: ResourceRequest) => boolean
  let publishing: Publishing

  function open(options: Partial<PublishingOptions> = {}, states = STATES): void {
    clock = new FakeClock()
    log = new FakeLog()
    access = new DirectAccess(new History())
    const review = async (attempt: ResourceRequest) => ({allowed: answer(attempt)})
    const cluster = Object.assign(access, {
      review,
      server: new URL('https://192.0.2.9'),
    }) as unknown as KubeAccess
    publishing = new Publishing({access: cluster, states, clock, log, onWrite() {}}, {...OPTIONS, ...options})
    publishing.start(() => true)
  }

  const leads = (): Promise<unknown> =>
    waitFor(
      async () => {
        await clock.advance(100)
        return publishing.moment().isLeader
      },
      {what: 'the leader'},
    )

  afterEach(async () => {
    const stopped = publishing.stop('drain')
    await clock.advance(10_000)
    await stopped
  })

  const said = (): string[] => log.said.filter((line) => line.includes('publishing'))

  it('leads its group if it has the permissions, and logs that in one line', async () => {
    answer = () => true
    open()
    assert.equal(publishing.details(), undefined)
    await leads()
    const {leader, fresh, writes} = publishing.details()!
    assert.deepEqual([leader.isLeader, fresh.length, writes.pending], [true, 1, 0])
    assert.deepEqual(said(), ['info publishing status and Events'])
  })

  it('does nothing if permissions are missing, logs which, and checks again', async () => {
    let allowed = false
    answer = ({subresource}) => allowed || subresource !== 'status'
    open()
    await clock.advance(1_300_000)
    assert.deepEqual(said(), ['info not publishing status and Events: permissions are missing'])
    assert.deepEqual(log.lines[0]?.[2]?.['missing'], ['patch services/status'])
    assert.equal(access.requests.length, 0)
    allowed = true
    await clock.advance(600_000)
    await leads()
  })

  it('publishes anyway with --publish on, with a warning', async () => {
    answer = ({verb}) => verb !== 'create'
    open({mode: 'on'})
    await leads()
    assert.deepEqual(said(), ['warn publishing status and Events although permissions are missing'])
  })

  it('waits for an API server that does not respond', async () => {
    let failure: Error | undefined = new ApiFailure('away', {code: 'api-refused', temporary: true})
    answer = () => {
      if (failure) throw failure
      return true
    }
    open()
    await clock.advance(60_000)
    assert.deepEqual(said(), [])
    failure = undefined
    await leads()
  })

  const update = (): void =>
    publishing.update({
      snapshot: {services: []},
      translation: {services: []},
      diagnostics: [],
      applied: {quarantined: []},
    } as never)

  it('publishes nothing before it knows the other hosts, however long it may not list them', async () => {
    answer = () => true
    open()
    access.fault = ({verb}) => (verb === 'list' ? refusal(403, 'Forbidden', 'no') : undefined)
    update()
    await leads()
    let isWritten: boolean | undefined
    void publishing.flush(600_000).then((result) => (isWritten = result))
    await clock.advance(500_000)
    assert.equal(isWritten, undefined)
    const warnings = log.lines.filter(([level]) => level === 'warn')
    assert.deepEqual(
      warnings.map(([, text]) => text),
      [
        'listing the Leases of the group failed, retrying',
        'not publishing: the other hosts of the group are not known',
      ],
    )
    for (const [, , fields] of warnings)
      assert.match(String(fields?.['hint']), /list.*leases|leases.*"list"/s)
    access.fault = undefined
    await clock.advance(70_000)
    assert.equal(isWritten, true)
  })

  it('does not wait for the other hosts if all publish the same address', async () => {
    answer = () => true
    open({publishAddresses: ['192.0.2.7']})
    access.fault = ({verb}) => (verb === 'list' ? 'error' : undefined)
    update()
    await leads()
    let isWritten = false
    void publishing.flush(60_000).then((result) => (isWritten = result))
    await clock.advance(1000)
    assert.equal(isWritten, true)
  })

  it('waits 20 s for the other hosts if a Service selects one of the given addresses', async () => {
    answer = () => true
    const state = {ingress: [], hasFinalizer: false, isLoadBalancer: true}
    const ours = {...state, loadBalancerClass: 'loadbalancer-lbex'}
    open({publishAddresses: ['192.0.2.1']}, {...STATES, written: () => ours})
    access.fault = ({verb}) => (verb === 'list' ? refusal(403, 'Forbidden', 'no') : undefined)
    const annotations = {'loadbalancer.lbex/listen-address': '192.0.2.1'}
    const services = [ofOurClass('web', {fields: {annotations}})]
    const translation = translationOf(services, {listenAddresses: {IPv4: ['192.0.2.1'], IPv6: []}})
    publishing.update({
      snapshot: {services},
      translation,
      diagnostics: [],
      applied: {quarantined: []},
    } as never)
    await leads()
    await clock.advance(15_000)
    const statuses = () => access.requests.filter(({subresource}) => subresource === 'status').length
    assert.equal(statuses(), 0)
    await clock.advance(10_000)
    assert.notEqual(statuses(), 0)
    assert.ok(!log.said.some((line) => line.includes('not publishing')))
  })

  for (const runsOnce of [false, true]) {
    it(`renews for ${runsOnce ? 'an hour' : 'seconds'} ${runsOnce ? 'with' : 'without'} --once`, async () => {
      answer = () => true
      open({runsOnce})
      await leads()
      const leases = access.history.all(resourceOf('Lease'))
      const own = leases.find(({metadata}) => metadata.name.startsWith('lbex-host-'))
      assert.equal(
        (own?.['spec'] as {leaseDurationSeconds: number}).leaseDurationSeconds,
        runsOnce ? 3600 : 20,
      )
    })
  }

  for (const phase of ['starting', 'leading'] as const) {
    it(`stops within 10 s while ${phase}, if the API server no longer answers`, async () => {
      answer = () => true
      open()
      if (phase === 'leading') await leads()
      access.fault = () => 'hang'
      await clock.advance(3000)
      const begun = clock.monotonic()
      let took = Infinity
      const stopped = publishing.stop('drain').then(() => (took = clock.monotonic() - begun))
      for (let step = 0; step < 100 && took === Infinity; step += 1) await clock.advance(100)
      await stopped
      assert.ok(took < 10_000, `${took} ms`)
    })
  }

  it('gives up the wait for its lead when it has lasted long enough', async () => {
    answer = () => false
    open()
    let isOver = false
    void publishing.flush(1000).then((isWritten) => (isOver = !isWritten))
    await clock.advance(900)
    assert.equal(isOver, false)
    await clock.advance(200)
    assert.equal(isOver, true)
  })
})

describe('openPublishing', () => {
  const cluster = {access: {} as KubeAccess, states: STATES}
  const isOpened = async (...argv: string[]): Promise<boolean> => {
    const flags = await flagsOf<PublishingFlags>(...argv)
    const deps = {clock: new FakeClock(), log: new FakeLog(), onWrite() {}}
    const place = {directory: '/x', listenAddresses: {IPv4: ['0.0.0.0'], IPv6: ['::']}, addressNames: {}}
    const given = argv.includes('-f') ? undefined : cluster
    return (await openPublishing(flags, given, deps, place)) !== undefined
  }

  it('publishes unless --publish is off or files are read, and with --once only if it is on', async () => {
    const lines = [
      [],
      ['--publish=on'],
      ['--publish=off'],
      ['--once'],
      ['--once', '--publish=on'],
      ['-f', 'x', '--publish=on'],
    ]
    const opened = await Promise.all(lines.map((line) => isOpened(...line)))
    assert.deepEqual(opened, [true, true, false, false, true, false])
  })

  it('announces the names of addresses, and the addresses without one', () => {
    const listenAddresses = {IPv4: ['192.0.2.1', '192.0.2.2'], IPv6: ['::']}
    const names = {public: ['192.0.2.1', '2001:db8::1']}
    assert.deepEqual(selectable(listenAddresses, names), [
      {address: '192.0.2.2'},
      {address: '::'},
      {address: '192.0.2.1', name: 'public'},
      {address: '2001:db8::1', name: 'public'},
    ])
    assert.deepEqual(selectable({IPv4: ['0.0.0.0'], IPv6: []}, 'unknown'), [{address: '0.0.0.0'}])
  })

  it('has a group for each selection of Services', async () => {
    const groups = [
      [],
      ['--service-pool=a'],
      ['--service-pool=a', '--strict-affinity'],
      ['--service-pool=a', '--anti-affinity'],
      ['--namespace=a', '--namespace=b'],
      ['--namespace=b', '--namespace=a'],
      ['--namespace=a'],
      ['--exclude-namespace=a'],
      ['--service-name=a'],
      ['--default-load-balancer'],
    ]
    const names = await Promise.all(
      groups.map(async (line) => defaultGroup(await flagsOf<PublishingFlags>(...line))),
    )
    const selections = names.splice(4)
    assert.equal(selections[0], selections[1])
    assert.equal(new Set(selections).size, 5)
    for (const name of selections) assert.match(name, /^loadbalancer-lbex\.[0-9a-f]{8}$/)
    assert.deepEqual(
      names.map((name) => name.replace(/[0-9a-f]{8}$/, 'HASH')),
      [
        'loadbalancer-lbex',
        'loadbalancer-lbex.a.HASH',
        'loadbalancer-lbex.only.a.HASH',
        'loadbalancer-lbex.not.a.HASH',
      ],
    )
  })

  it('has different groups for selections whose names read the same', async () => {
    const groups = [
      ['--service-pool=only.a'],
      ['--service-pool=a', '--strict-affinity'],
      ['--strict-affinity'],
      ['--service-pool=only'],
      ['--class=loadbalancer-lbex.only'],
      ['--class=loadbalancer-lbex/only'],
    ]
    const names = await Promise.all(
      groups.map(async (line) => defaultGroup(await flagsOf<PublishingFlags>(...line))),
    )
    assert.equal(new Set(names).size, groups.length)
    assert.equal(new Set(names.map(leaderLeaseName)).size, groups.length)
  })
})

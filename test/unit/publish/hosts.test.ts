import assert from 'node:assert/strict'
import type {Clock} from '../../../src/util/clock.js'
import {hostLeaseName} from '../../../src/publish/host-record.js'
import {shareHosts, type HostLeases} from '../../../src/publish/hosts.js'
import {DirectAccess} from '../../support/api-double/direct-access.js'
import {History, type Stored} from '../../support/api-double/history.js'
import {busy} from '../../support/api-double/status.js'
import {RecordingLogger} from '../../support/nginx-log.js'
import {FakeClock, settled} from '../controller/fake-clock.js'

const FORBIDDEN = {code: 403, body: '{"kind": "Status", "code": 403, "message": "no"}'}

describe('publish/hosts', () => {
  let clock: FakeClock
  let history: History
  let all: Host[]

  class Host {
    readonly access = new DirectAccess(history)
    readonly log = new RecordingLogger()
    readonly leases: HostLeases
    /** The fresh hosts at each call of the listener. */
    readonly changes: string[] = []
    ready: boolean
    private readonly running = new AbortController()

    constructor(
      readonly identity: string,
      readonly address: string,
      group = 'one',
      {duration, time = clock, ready = true}: {duration?: number; time?: Clock; ready?: boolean} = {},
    ) {
      this.ready = ready
      const {access, log} = this
      const announce = () => ({addresses: [this.address], ready: this.ready})
      const options = {
        access,
        log,
        clock: time,
        identity,
        group,
        announce,
        namespace: 'lbex',
        random: () => 0.5,
      }
      this.leases = shareHosts({...options, ...(duration && {duration})}, this.running.signal)
      this.leases.onChange(() => this.changes.push(this.fresh))
      all.push(this)
    }

    /** `a=192.0.2.1`, with a `!` for a host that is not ready. */
    get fresh(): string {
      const hosts = this.leases.fresh()
      return hosts
        .map(({name, addresses, ready}) => `${name}=${addresses.join('+')}${ready ? '' : '!'}`)
        .join()
    }

    get lease(): Stored | undefined {
      return history.get('Lease', 'lbex', hostLeaseName('one', this.identity))
    }

    kill(): void {
      this.running.abort()
    }
  }

  beforeEach(() => {
    clock = new FakeClock()
    history = new History()
    all = []
  })
  afterEach(() => {
    for (const host of all) host.kill()
  })

  /** Advances the time in steps, so that requests complete in between. */
  async function pass(milliseconds: number, check: () => void = () => {}): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      await clock.advance(500)
      check()
    }
  }

  async function untilFresh(host: Host, wanted: string): Promise<number> {
    const begun = clock.monotonic()
    while (host.fresh !== wanted && clock.monotonic() - begun < 120_000) await clock.advance(500)
    assert.equal(host.fresh, wanted)
    return clock.monotonic() - begun
  }

  it('writes a Lease with its identity, addresses and readiness, and renews it', async () => {
    const a = new Host('Host.A', '192.0.2.1')
    const lease = `lbex/${hostLeaseName('one', 'Host.A')}`
    assert.deepEqual(a.leases.own, {lease})
    await settled()
    assert.deepEqual(a.leases.own, {lease, renewedAgo: 0})
    const {apiVersion, kind, spec, metadata} = a.lease!
    const time = '1970-01-01T00:00:00.000000Z'
    assert.deepEqual(
      [apiVersion, kind, spec],
      [
        'coordination.k8s.io/v1',
        'Lease',
        {
          ...{holderIdentity: 'Host.A', leaseDurationSeconds: 20, leaseTransitions: 0},
          ...{acquireTime: time, renewTime: time},
        },
      ],
    )
    assert.match(metadata.name, /^lbex-host-host-a-[0-9a-f]{10}$/)
    assert.equal(a.fresh, 'Host.A=192.0.2.1')
    a.access.requests.length = 0
    await pass(20_000)
    const count = (verb: string) => a.access.requests.filter((request) => request.verb === verb).length
    assert.deepEqual([count('patch'), count('list'), a.access.requests.length], [4, 4, 8])
  })

  it('writes no Lease before it is ready, because its earlier lbex may have left NGINX serving', async () => {
    const earlier = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    earlier.kill()
    const a = new Host('a', '192.0.2.1', 'one', {ready: false})
    b.changes.length = 0
    await pass(12_000)
    assert.equal(a.fresh, 'a=192.0.2.1!,b=192.0.2.2')
    a.ready = true
    a.leases.update()
    await pass(60_000)
    assert.deepEqual([b.fresh, b.changes], ['a=192.0.2.1,b=192.0.2.2', []])
    a.ready = false
    a.leases.update()
    await untilFresh(b, 'a=192.0.2.1!,b=192.0.2.2')
  })

  it('knows itself before the first response', () => {
    const a = new Host('a', '192.0.2.1')
    assert.equal(a.fresh, 'a=192.0.2.1')
  })

  it('finds the other hosts of its group, and no others', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    new Host('c', '192.0.2.3', 'two')
    await pass(6000)
    assert.equal(a.fresh, 'a=192.0.2.1,b=192.0.2.2')
    assert.equal(b.fresh, a.fresh)
    assert.deepEqual(a.changes, ['a=192.0.2.1,b=192.0.2.2'])
    await pass(60_000)
    assert.equal(a.changes.length, 1)
  })

  it('renews its Lease at once when its readiness or its addresses change', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    b.ready = false
    b.leases.update()
    assert.equal(b.changes.at(-1), 'a=192.0.2.1,b=192.0.2.2!')
    await pass(500)
    assert.equal(
      (b.lease?.metadata['annotations'] as Record<string, string>)['loadbalancer.lbex/ready'],
      'false',
    )
    assert.ok((await untilFresh(a, 'a=192.0.2.1,b=192.0.2.2!')) <= 5500)
  })

  it('sends no more than two requests per second, however often it is updated', async () => {
    const a = new Host('a', '192.0.2.1')
    await pass(10_000, () => a.leases.update())
    const patches = a.access.requests.filter(({verb}) => verb === 'patch')
    assert.ok(patches.length <= 21, `${patches.length} patches`)
  })

  it('drops a killed host when its Lease expires, independent of its clock', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(10_000)
    b.kill()
    const took = await untilFresh(a, 'a=192.0.2.1')
    assert.ok(took >= 15_000 && took <= 30_000, `after ${took} ms`)
    assert.ok(b.lease)
  })

  it('drops a host that was killed before it started itself within 15 s, however old the Lease is', async () => {
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    b.kill()
    await pass(300_000)
    const a = new Host('a', '192.0.2.1')
    await pass(1000)
    assert.equal(a.fresh, 'a=192.0.2.1,b=192.0.2.2')
    const took = await untilFresh(a, 'a=192.0.2.1')
    assert.ok(took <= 15_000, `after ${took} ms`)
  })

  it('keeps a host that is alive after its own start, whatever the clocks say', async () => {
    new Host('b', '192.0.2.2')
    await pass(6000)
    for (const ahead of [-864e5, 864e5]) {
      const time: Clock = {
        now: () => clock.now() + ahead,
        monotonic: () => clock.monotonic(),
        delay: (milliseconds, signal) => clock.delay(milliseconds, signal),
      }
      const a = new Host('a', '192.0.2.1', 'one', {time})
      await pass(60_000)
      assert.deepEqual(a.changes, ['a=192.0.2.1,b=192.0.2.2'])
      await a.leases.stop('delete')
      await pass(6000)
    }
  })

  it('keeps hosts of --once for an hour, for other hosts of --once as for a host that keeps running', async () => {
    const duration = 3_600_000
    const runOnce = async (identity: string, address: string): Promise<string> => {
      const host = new Host(identity, address, 'one', {duration})
      await pass(1000)
      await host.leases.stop('keep')
      return host.fresh
    }
    assert.equal(await runOnce('a', '192.0.2.1'), 'a=192.0.2.1')
    assert.equal(await runOnce('b', '192.0.2.2'), 'a=192.0.2.1,b=192.0.2.2')
    await clock.advance(1_800_000)
    assert.equal(await runOnce('b', '192.0.2.2'), 'a=192.0.2.1,b=192.0.2.2')
    const c = new Host('c', '192.0.2.3')
    await pass(1_700_000)
    assert.equal(c.fresh, 'a=192.0.2.1,b=192.0.2.2,c=192.0.2.3')
    await pass(200_000)
    assert.equal(c.fresh, 'b=192.0.2.2,c=192.0.2.3')
    assert.equal(await runOnce('b', '192.0.2.2'), 'b=192.0.2.2,c=192.0.2.3')
  })

  it('deletes its Lease on a clean stop, and keeps it if NGINX keeps serving', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    const c = new Host('c', '192.0.2.3')
    await pass(6000)
    await b.leases.stop('delete')
    await c.leases.stop('keep')
    assert.deepEqual([b.lease, c.lease?.kind], [undefined, 'Lease'])
    assert.ok((await untilFresh(a, 'a=192.0.2.1,c=192.0.2.3')) <= 6000)
    const {length} = b.access.requests
    await pass(20_000)
    assert.equal(b.access.requests.length, length)
  })

  it('stops in time if the API server does not respond', async () => {
    const a = new Host('a', '192.0.2.1')
    await settled()
    a.access.fault = () => 'hang'
    const stopped = a.leases.stop('delete')
    await pass(4000)
    await stopped
    assert.match(JSON.stringify(a.log), /could not delete the Lease of this host/)
  })

  it('keeps a host that restarts', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    await b.leases.stop('keep')
    await pass(10_000)
    new Host('b', '192.0.2.2')
    await pass(60_000)
    assert.deepEqual(a.changes, ['a=192.0.2.1,b=192.0.2.2'])
  })

  for (const fault of ['error', 'hang', 'reset'] as const) {
    it(`removes no address after an outage of the API server (${fault})`, async () => {
      const [a, b] = [new Host('a', '192.0.2.1'), new Host('b', '192.0.2.2')]
      await pass(6000)
      for (const {access} of all) access.fault = () => fault
      await pass(300_000)
      a.access.fault = undefined
      await pass(12_000)
      b.access.fault = undefined
      await pass(60_000)
      for (const {changes} of all) assert.deepEqual(changes, ['a=192.0.2.1,b=192.0.2.2'])
      assert.equal(a.log.messages('warn').length, 2)
      assert.match(JSON.stringify(a.log.messages('info')), /renewing the Lease of this host works again/)
    })
  }

  it('tolerates single failed requests', async () => {
    const [a, b] = [new Host('a', '192.0.2.1'), new Host('b', '192.0.2.2')]
    let count = 0
    for (const {access} of [a, b]) {
      access.fault = () => (count++ % 3 === 0 ? (['hang', 'lose', 'error'] as const)[count % 3] : undefined)
    }
    await pass(300_000)
    for (const {changes} of all) assert.deepEqual(changes, ['a=192.0.2.1,b=192.0.2.2'])
  })

  it('creates its Lease again after another client deleted or damaged it', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    history.remove(a.lease!)
    await pass(6000)
    assert.ok(a.lease)
    const {metadata} = a.lease
    history.put({
      kind: 'Lease',
      metadata: {...metadata, annotations: 7},
      spec: 'banana',
    })
    await pass(12_000)
    assert.equal(b.fresh, 'a=192.0.2.1,b=192.0.2.2')
  })

  it('skips an invalid Lease, and logs that once', async () => {
    const labels = {'loadbalancer.lbex/publish-group': 'one'}
    const metadata = {name: 'wrong', namespace: 'lbex', labels}
    history.put({kind: 'Lease', metadata, spec: {holderIdentity: 'x', leaseDurationSeconds: 1e9}})
    const a = new Host('a', '192.0.2.1')
    await pass(30_000)
    assert.equal(a.fresh, 'a=192.0.2.1')
    assert.deepEqual(a.log.messages('warn'), ['host skipped: its Lease is not valid'])
  })

  it('ignores a lease duration that is too long', async () => {
    const a = new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    b.kill()
    const {metadata, spec, kind} = b.lease!
    history.put({kind, metadata, spec: {...(spec as object), leaseDurationSeconds: 1e9}})
    await untilFresh(a, 'a=192.0.2.1')
  })

  it('deletes the Lease of a host that has not renewed it for an hour', async () => {
    new Host('a', '192.0.2.1')
    const b = new Host('b', '192.0.2.2')
    await pass(6000)
    b.kill()
    await pass(3_500_000)
    assert.ok(b.lease)
    await pass(200_000)
    assert.equal(b.lease, undefined)
  })

  it('reports two lbex with the same identity, but not a restart', async () => {
    const first = new Host('a', '192.0.2.1')
    await pass(6000)
    await first.leases.stop('keep')
    const second = new Host('a', '192.0.2.1')
    await pass(60_000)
    assert.deepEqual(second.log.messages('warn'), [])
    await pass(2000)
    new Host('a', '192.0.2.2')
    await pass(60_000)
    assert.match(
      JSON.stringify(second.log.messages('warn')),
      /^\["another lbex renews the Lease of this host/,
    )
  })

  it('is not taken for gone because a busy API server asks it to wait for minutes', async () => {
    const [a, b] = [new Host('a', '192.0.2.1'), new Host('b', '192.0.2.2')]
    await pass(6000)
    let isBusy = true
    b.access.fault = ({verb}) => (isBusy && verb === 'patch' ? busy(300) : undefined)
    await pass(6000)
    isBusy = false
    await pass(60_000)
    assert.deepEqual(a.changes, ['a=192.0.2.1,b=192.0.2.2'])
  })

  it('names a missing right once, and then asks once a minute', async () => {
    const a = new Host('a', '192.0.2.1')
    a.access.fault = ({verb}) => (verb === 'patch' ? FORBIDDEN : undefined)
    await pass(300_000)
    assert.deepEqual(a.log.messages('warn'), ['renewing the Lease of this host failed, retrying'])
    assert.ok(a.access.requests.filter(({verb}) => verb === 'patch').length <= 6)
    assert.equal(a.fresh, 'a=192.0.2.1')
  })
})

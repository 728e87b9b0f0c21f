import assert from 'node:assert/strict'
import {settled} from '../controller/fake-clock.js'
import {pick, randomNumbers} from '../../support/random.js'
import {Candidates} from './candidates.js'

describe('publish/election', () => {
  let group: Candidates

  beforeEach(() => {
    group = new Candidates()
  })
  afterEach(() => group.stop())

  it('makes the only candidate the leader at once', async () => {
    const a = group.start('a')
    assert.deepEqual(a.election.details, {lease: 'lbex/leader', isLeader: false, expiresIn: 0})
    await settled()
    assert.equal(a.election.isLeader, true)
    assert.deepEqual(a.election.details, {
      ...{lease: 'lbex/leader', isLeader: true, holder: 'a', expiresIn: 15_000},
    })
    assert.deepEqual(a.changes, [true])
    const time = '1970-01-01T00:00:00.000000Z'
    assert.deepEqual(group.spec, {
      ...{holderIdentity: 'a', leaseDurationSeconds: 15},
      ...{acquireTime: time, renewTime: time, leaseTransitions: 0},
    })
  })

  it('renews every two seconds, with one request each', async () => {
    const a = group.start('a')
    await group.pass(20_500)
    assert.deepEqual(
      a.access.requests.map(({verb}) => verb),
      ['get', 'create', ...Array.from({length: 10}, () => 'update')],
    )
    assert.equal(group.spec['renewTime'], '1970-01-01T00:00:20.000000Z')
    assert.equal(group.spec['acquireTime'], '1970-01-01T00:00:00.000000Z')
    assert.deepEqual(a.changes, [true])
  })

  it('has one leader among three candidates', async () => {
    const all = ['a', 'b', 'c'].map((identity) => group.start(identity))
    await settled()
    const [leader] = group.leaders
    await group.pass(120_000, () => assert.deepEqual(group.leaders, [leader]))
    assert.equal(group.spec['leaseTransitions'], 0)
    for (const {log} of all) assert.doesNotMatch(JSON.stringify(log), /"warn"/)
  })

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`replaces a leader that was killed within 20 s, never with two leaders (seed ${seed})`, async () => {
      group = new Candidates(randomNumbers(seed))
      const a = group.start('a')
      await settled()
      for (const identity of ['b', 'c']) group.start(identity)
      await group.pass(10_000 + seed * 300)
      a.kill()
      await settled()
      assert.deepEqual(group.leaders, [])
      const isAtMostOne = () => assert.ok(group.leaders.length <= 1)
      const took = await group.until(() => (isAtMostOne(), group.leaders.length > 0))
      assert.ok(took < 20_000, `it took ${took} ms`)
      assert.equal(group.spec['leaseTransitions'], 1)
      await group.pass(30_000, () => assert.equal(group.leaders.length, 1))
    })
  }

  it('replaces a killed leader within 20 s even with the longest delays of the candidates', async () => {
    group = new Candidates(() => 0.9999)
    const a = group.start('a')
    await settled()
    const b = group.start('b')
    await group.pass(8000)
    const reads = b.access.requests.length
    await group.until(() => b.access.requests.length > reads)
    await group.until(() => group.spec['renewTime'] === '1970-01-01T00:00:10.000000Z')
    a.kill()
    assert.ok((await group.until(() => b.election.isLeader)) < 20_000)
  })

  it('hands over at once when the leader releases', async () => {
    const a = group.start('a')
    await settled()
    const b = group.start('b')
    await group.pass(3000)
    await a.election.release()
    assert.deepEqual(a.changes, [true, false])
    const {holderIdentity, leaseDurationSeconds, leaseTransitions} = group.spec
    assert.deepEqual([holderIdentity, leaseDurationSeconds, leaseTransitions], ['', 1, 0])
    assert.ok((await group.until(() => b.election.isLeader)) <= 4400)
    assert.equal(group.spec['leaseTransitions'], 1)
    const {length} = a.access.requests
    await group.pass(30_000, () => assert.deepEqual(group.leaders, ['b']))
    assert.equal(a.access.requests.length, length)
  })

  it('steps down when its signal aborts, and can still release', async () => {
    const a = group.start('a')
    await settled()
    a.kill()
    assert.equal(a.election.isLeader, false)
    await a.election.release()
    assert.equal(group.spec['holderIdentity'], '')
    assert.deepEqual(a.changes, [true, false])
  })

  it('does not release a Lease of another candidate, or twice', async () => {
    const a = group.start('a')
    await settled()
    const b = group.start('b')
    await settled()
    await b.election.release()
    await b.election.release()
    assert.equal(group.spec['holderIdentity'], 'a')
    group.put({...group.spec, holderIdentity: 'c'})
    await a.election.release()
    assert.equal(group.spec['holderIdentity'], 'c')
  })

  it('gives up a release if the API server does not respond', async () => {
    const a = group.start('a')
    await settled()
    a.access.fault = () => 'hang'
    const released = a.election.release()
    await group.pass(5000)
    await released
    assert.match(JSON.stringify(a.log), /could not release the leader Lease/)
  })

  for (const fault of ['hang', 'reset', 'error'] as const) {
    it(`steps down before another candidate leads if it loses the API server (${fault})`, async () => {
      const a = group.start('a')
      await settled()
      const b = group.start('b')
      await group.pass(4100)
      a.access.fault = () => fault
      const lost = await group.until(() => !a.election.isLeader)
      assert.ok(lost > 7500 && lost <= 10_000, `after ${lost} ms`)
      assert.equal(b.election.isLeader, false)
      await group.until(() => b.election.isLeader)
      assert.deepEqual([a.changes, b.changes], [[true, false], [true]])
      a.access.fault = undefined
      await group.pass(30_000, () => assert.deepEqual(group.leaders, ['b']))
    })
  }

  it('survives an outage that is shorter than the deadline', async () => {
    const a = group.start('a')
    group.start('b')
    await group.pass(4100)
    const [leader] = group.leaders
    assert.equal(leader, 'a')
    a.access.fault = () => 'error'
    await group.pass(7000)
    a.access.fault = undefined
    await group.pass(20_000, () => assert.deepEqual(group.leaders, ['a']))
    assert.deepEqual(a.changes, [true])
    assert.match(JSON.stringify(a.log), /leader election works again/)
  })

  it('stays the leader after an outage of the API server for all candidates', async () => {
    const all = ['a', 'b'].map((identity) => group.start(identity))
    await group.pass(4000)
    for (const {access} of all) access.fault = () => 'reset'
    await group.pass(60_000)
    assert.deepEqual(group.leaders, [])
    for (const {access} of all) access.fault = undefined
    const took = await group.until(() => group.leaders.length === 1)
    assert.ok(took <= 5000, `after ${took} ms`)
  })

  it('recognizes its own renewal whose response was lost', async () => {
    const a = group.start('a')
    await settled()
    let losing = true
    a.access.fault = ({verb}) => {
      const lost = verb === 'update' && losing
      losing = !losing
      return lost ? 'lose' : undefined
    }
    group.start('b')
    await group.pass(60_000, () => assert.deepEqual(group.leaders, ['a']))
    assert.equal(group.spec['leaseTransitions'], 0)
  })

  it('stays the leader when another client changes the Lease concurrently', async () => {
    const a = group.start('a')
    await settled()
    a.access.fault = ({verb}) => {
      if (verb === 'update') group.put(group.spec, {team: String(group.clock.now())})
      return undefined
    }
    await group.pass(7900, () => assert.equal(a.election.isLeader, true))
    a.access.fault = undefined
    await group.pass(20_000, () => assert.equal(a.election.isLeader, true))
    assert.deepEqual(a.changes, [true])
    assert.ok((group.lease?.metadata['labels'] as {team?: string}).team)
  })

  it('has one leader when two candidates take over at the same time', async () => {
    group = new Candidates(() => 0)
    group.put({holderIdentity: 'gone', leaseDurationSeconds: 15})
    for (const identity of ['a', 'b', 'c']) group.start(identity)
    await group.until(() => group.leaders.length > 0)
    await group.pass(30_000, () => assert.equal(group.leaders.length, 1))
    assert.equal(group.spec['leaseTransitions'], 1)
  })

  it('steps down at once when another holds the Lease', async () => {
    const a = group.start('a')
    await settled()
    group.put({...group.spec, holderIdentity: 'x', renewTime: 'now'})
    await group.pass(2000)
    assert.deepEqual(a.changes, [true, false])
  })

  it('does not depend on clock skew or clock jumps', async () => {
    const a = group.start('a')
    await settled()
    const b = group.start('b')
    b.ahead = 86_400_000
    await group.pass(30_000, () => assert.deepEqual(group.leaders, ['a']))
    a.ahead = -3_600_000
    await group.pass(30_000, () => assert.deepEqual(group.leaders, ['a']))
    a.ahead = 3_600_000
    await group.pass(30_000, () => assert.deepEqual(group.leaders, ['a']))
    a.kill()
    assert.ok((await group.until(() => b.election.isLeader)) < 20_000)
  })

  it('creates a deleted Lease again, before other candidates may', async () => {
    const a = group.start('a')
    await settled()
    const b = group.start('b')
    await settled()
    group.history.remove(group.lease!)
    await group.pass(20_000, () => assert.equal(group.leaders.length, 1))
    assert.deepEqual([a.changes, b.changes.length], [[true], 0])
    a.kill()
    group.history.remove(group.lease!)
    const took = await group.until(() => b.election.isLeader)
    assert.ok(took > 10_000 && took < 20_000, `after ${took} ms`)
  })

  for (const [what, spec] of Object.entries({
    'without a spec': undefined,
    'with null': null,
    'with a text': 'banana',
    'with wrong types': {holderIdentity: 7, leaseDurationSeconds: 'x', leaseTransitions: -1, renewTime: {}},
    'that nobody holds': {holderIdentity: ''},
  })) {
    it(`takes over an invalid Lease: ${what}`, async () => {
      group.put(spec)
      const a = group.start('a')
      await settled()
      assert.equal(a.election.isLeader, true)
      assert.equal(group.spec['leaseTransitions'], 1)
    })
  }

  it('waits 15 s for a holder whose Lease has no duration', async () => {
    group.put({holderIdentity: 'x', leaseDurationSeconds: 0})
    const a = group.start('a')
    const took = await group.until(() => a.election.isLeader)
    assert.ok(took >= 15_000 && took < 15_500, `${took} ms`)
  })

  it('takes over a Lease that was edited to last for years, and to have changed hands too often', async () => {
    const leaseTransitions = 2 ** 31 - 1
    group.put({holderIdentity: 'x', leaseDurationSeconds: 1e9, leaseTransitions})
    const a = group.start('a')
    const took = await group.until(() => a.election.isLeader, 200_000)
    assert.ok(took > 100_000 && took < 130_000, `${took} ms`)
    assert.equal(group.spec['leaseTransitions'], leaseTransitions)
  })

  it('keeps what it does not know of a Lease', async () => {
    group.put({holderIdentity: '', strategy: 'OldestEmulationVersion'}, {team: 'edge'})
    group.start('a')
    await settled()
    assert.equal(group.spec['strategy'], 'OldestEmulationVersion')
    assert.deepEqual(group.lease?.metadata['labels'], {team: 'edge'})
  })

  it('reports a missing permission once, and rarely retries', async () => {
    const a = group.start('a')
    a.kill()
    const b = group.start('b')
    b.access.fault = () => ({code: 403, body: '{"kind": "Status", "code": 403, "message": "no"}'})
    await group.pass(600_000)
    assert.ok(b.access.requests.length <= 11)
    const warnings = b.log.entries.filter(({level}) => level === 'warn')
    assert.equal(warnings.length, 1)
    assert.match(JSON.stringify(warnings), /leases.*verbs: \[\\"get\\"\]/)
  })

  for (const seed of [11, 12, 13]) {
    it(`never has two leaders, whatever the API server does (seed ${seed})`, async () => {
      const random = randomNumbers(seed)
      group = new Candidates(random)
      const all = ['a', 'b', 'c'].map((identity) => group.start(identity))
      for (const {access} of all) {
        access.fault = () =>
          random() < 0.6 ? undefined : pick(['error', 'hang', 'reset', 'lose'] as const, random)
      }
      await group.pass(300_000, () => assert.ok(group.leaders.length <= 1, group.leaders.join()))
      for (const {access} of all) access.fault = undefined
      await group.until(() => group.leaders.length === 1)
      assert.deepEqual(group.leaders, [group.spec['holderIdentity']])
    })
  }

  it('is not the leader after the process was suspended, even before its timers fire', async () => {
    const a = group.start('a')
    await settled()
    const {clock} = group
    // Time passes, and no timer has fired yet.
    Object.assign(clock, {time: clock.monotonic() + 10_000})
    assert.equal(a.election.isLeader, false)
  })
})

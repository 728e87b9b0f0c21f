import assert from 'node:assert/strict'
import {aBalanced, allocate} from '../../../support/address-pools.js'

const [older, ours, younger] = ['older', 'ours', 'younger'].map((name, index) =>
  aBalanced(name).created(`2026-01-0${index + 1}T00:00:00Z`),
) as [ReturnType<typeof aBalanced>, ReturnType<typeof aBalanced>, ReturnType<typeof aBalanced>]

const OTHER = {loadBalancerClass: 'example.com/other'}
const elsewhere = (service: ReturnType<typeof aBalanced>) => service.with(OTHER).build()
const states = (address: string): Record<string, string> => ({'listen-address': address})

describe('an address of a Service of another load balancer', () => {
  it('is given to no Service, whoever wrote it', () => {
    for (const given of [{status: {younger: ['192.0.2.0']}}, {byOthers: {younger: ['192.0.2.0']}}])
      assert.deepEqual(allocate([ours.build(), elsewhere(younger)], given), {ours: ['192.0.2.1']})
  })

  it('cannot be stated', () => {
    const services = [ours.annotated(states('192.0.2.3')).build(), elsewhere(younger)]
    const byOthers = {younger: ['192.0.2.3']}
    assert.deepEqual(allocate(services, {byOthers}), {ours: ['address-taken']})
  })

  it('replaces a choice that is not in the status yet', () => {
    const state = {chosen: new Map([['default/ours', ['192.0.2.0']]])}
    const given = {status: {younger: ['192.0.2.0']}, state}
    assert.deepEqual(allocate([ours.build(), elsewhere(younger)], given), {ours: ['192.0.2.1']})
  })

  it('is free again when the Service is gone or is of another type', () => {
    const status = {younger: ['192.0.2.0']}
    assert.deepEqual(allocate([ours.build()], {status}), {ours: ['192.0.2.0']})
    const inner = younger.with({type: 'NodePort'}).notOurs().build()
    assert.deepEqual(allocate([ours.build(), inner], {status}), {ours: ['192.0.2.0']})
  })
})

describe('an address that two Services of two load balancers have', () => {
  const both = {ours: ['192.0.2.0'], older: ['192.0.2.0'], younger: ['192.0.2.0']}

  it('stays with the older one if an lbex decides about both', () => {
    assert.deepEqual(allocate([ours.build(), elsewhere(older)], {status: both}), {ours: ['192.0.2.1']})
    const kept = ['192.0.2.0', 'address-duplicate']
    assert.deepEqual(allocate([ours.build(), elsewhere(younger)], {status: both}), {ours: kept})
  })

  it('is that of the oldest one of several', () => {
    const services = [ours.build(), elsewhere(younger), elsewhere(older)]
    assert.deepEqual(allocate(services, {status: both}), {ours: ['192.0.2.1']})
    const byOthers = {older: ['192.0.2.0']}
    const status = {ours: ['192.0.2.0'], younger: ['192.0.2.0']}
    const kept = ['192.0.2.0', 'address-duplicate']
    assert.deepEqual(allocate(services, {status, byOthers}), {ours: kept})
  })

  it('is not taken away because of another controller, which would not move its Service', () => {
    const given = {status: {ours: ['192.0.2.0']}, byOthers: {older: ['192.0.2.0']}}
    const kept = ['192.0.2.0', 'address-duplicate']
    assert.deepEqual(allocate([ours.build(), elsewhere(older)], given), {ours: kept})
  })

  it('is followed by a host that does not allocate', () => {
    const given = {status: both, state: {allocates: false}}
    const kept = ['192.0.2.0', 'address-duplicate']
    assert.deepEqual(allocate([ours.build(), elsewhere(older)], given), {ours: kept})
  })
})

describe('two groups with the same pool', () => {
  it('that give the same addresses at the same time agree after one more decision of each', () => {
    const mine = [older, ours].map((service) => service.build())
    const theirs = [younger, aBalanced('last').created('2026-01-04T00:00:00Z')]
    const all = [mine, theirs.map((service) => service.build())] as const
    const others = [mine.map((each) => ({...each, ...OTHER})), theirs.map(elsewhere)] as const
    const decide = (status: Record<string, readonly string[]>) => ({
      ...allocate([...all[0], ...others[1]], {status}),
      ...allocate([...all[1], ...others[0]], {status}),
    })
    const atOnce = decide({})
    assert.deepEqual(atOnce, {
      older: ['192.0.2.0'],
      ours: ['192.0.2.1'],
      younger: ['192.0.2.0'],
      last: ['192.0.2.1'],
    })
    const status = Object.fromEntries(
      Object.entries(decide(atOnce)).map(([name, [address = '']]) => [name, [address]]),
    )
    const settled = {older: ['192.0.2.0'], ours: ['192.0.2.1'], younger: ['192.0.2.2'], last: ['192.0.2.3']}
    assert.deepEqual(status, settled)
    assert.deepEqual(decide(status), settled)
  })
})

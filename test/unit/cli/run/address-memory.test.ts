import assert from 'node:assert/strict'
import {AddressMemory, openAddressMemory} from '../../../../src/cli/run/address-memory.js'
import type {PublishingGroup} from '../../../../src/cli/run/publishing-group.js'
import type {ClusterEdge} from '../../../../src/cli/run/source.js'
import type {WrittenTranslation} from '../../../../src/controller/reconcile.js'
import {poolsOf} from '../../../support/address-pools.js'
import {FakeLog} from '../../controller/fakes.js'
import {ofOurClass, translationOf} from '../../publish/support.js'

const outcome = (...names: readonly string[]) => {
  const services = names.map((name) => ofOurClass(name))
  const translation = translationOf(services, {addressPools: poolsOf({default: ['192.0.2.0/30']})})
  return {translation: translation as WrittenTranslation}
}

class FakeGroup implements PublishingGroup {
  isLeader = false
  hosts: readonly string[] | undefined
  readonly listeners: (() => void)[] = []
  leads = (): boolean => this.isLeader
  addresses = (): readonly string[] | undefined => this.hosts
  onChange = (listener: () => void): void => void this.listeners.push(listener)
}

describe('AddressMemory', () => {
  it('chooses all addresses if files are read, and remembers them', () => {
    const memory = new AddressMemory()
    assert.deepEqual(memory.read(), {allocates: true, chosen: new Map(), hosts: new Set()})
    memory.note(outcome('a', 'b'))
    const {chosen} = memory.read()
    assert.deepEqual(
      [...chosen],
      [
        ['default/a', ['192.0.2.0']],
        ['default/b', ['192.0.2.1']],
      ],
    )
  })

  it('returns the same object while nothing changes', () => {
    const group = new FakeGroup()
    const memory = new AddressMemory(group)
    group.isLeader = true
    group.hosts = ['203.0.113.7']
    memory.note(outcome('a'))
    const first = memory.read()
    memory.note(outcome('a'))
    group.hosts = ['203.0.113.7']
    assert.equal(memory.read(), first)
    group.hosts = ['203.0.113.7', '203.0.113.8']
    assert.deepEqual(memory.read().hosts, new Set(group.hosts))
    memory.note(outcome('a', 'b'))
    assert.equal(memory.read().chosen.size, 2)
  })

  it('follows while another host leads, and forgets what it chose', () => {
    const group = new FakeGroup()
    const memory = new AddressMemory(group)
    assert.deepEqual(memory.read(), {allocates: false, chosen: new Map()})
    group.isLeader = true
    memory.note(outcome('a'))
    assert.equal(memory.read().chosen.size, 1)
    group.isLeader = false
    memory.note(outcome('a', 'b'))
    assert.deepEqual(memory.read(), {allocates: false, chosen: new Map()})
  })

  it('tells of changes of the group', () => {
    const group = new FakeGroup()
    let told = 0
    new AddressMemory(group).onChange(() => (told += 1))
    new AddressMemory().onChange(() => (told += 1))
    for (const listener of group.listeners) listener()
    assert.equal(told, 1)
  })
})

describe('openAddressMemory', () => {
  const cluster = {} as ClusterEdge
  const flags = {'address-pool': []}

  it('is only for pools', () => {
    const log = new FakeLog()
    assert.equal(openAddressMemory({}, {cluster, publishing: undefined, log}), undefined)
    const ofFiles = openAddressMemory(flags, {cluster: undefined, publishing: undefined, log})
    assert.equal(ofFiles?.read().allocates, true)
    assert.deepEqual(log.said, [])
  })

  it('only follows, and says so, if lbex does not publish', () => {
    const log = new FakeLog()
    const memory = openAddressMemory(flags, {cluster, publishing: undefined, log})
    memory?.onChange(() => {})
    assert.deepEqual(memory?.read(), {allocates: false, chosen: new Map()})
    assert.deepEqual(log.said, [
      'warn addresses of pools are not chosen here, because this lbex does not write the status of Services',
    ])
  })

  it('asks the group of an lbex that publishes', () => {
    const group = new FakeGroup()
    group.isLeader = true
    const memory = openAddressMemory(flags, {cluster, publishing: {group}, log: new FakeLog()})
    assert.equal(memory?.read().allocates, true)
  })
})

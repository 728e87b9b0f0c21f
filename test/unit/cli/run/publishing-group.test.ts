import assert from 'node:assert/strict'
import {GroupView} from '../../../../src/cli/run/publishing-group.js'

describe('GroupView', () => {
  it('knows nothing before publishing has started and the hosts are listed', async () => {
    const view = new GroupView(['lb.example'])
    let told = 0
    view.onChange(() => (told += 1))
    assert.deepEqual([view.leads(), view.addresses()], [false, undefined])
    const listeners: (() => void)[] = []
    const onChange = (listener: (isLeader: boolean) => void): (() => void) => {
      listeners.push(() => listener(true))
      return () => {}
    }
    const fresh = () => [
      {addresses: ['203.0.113.8', '203.0.113.7'], ready: true},
      {addresses: ['203.0.113.7'], listen: [{address: '192.0.2.1', name: 'public'}], ready: false},
    ]
    let onKnown = (): void => {}
    const known = new Promise<void>((resolve) => (onKnown = resolve))
    view.open({hosts: {fresh, onChange}, known, election: {isLeader: true, onChange}})
    assert.deepEqual([view.leads(), view.addresses()], [false, undefined])
    onKnown()
    await known
    assert.equal(view.leads(), true)
    assert.deepEqual(view.addresses(), ['192.0.2.1', '203.0.113.7', '203.0.113.8', 'lb.example'])
    for (const listener of listeners) listener()
    assert.equal(told, 3)
  })
})

import assert from 'node:assert/strict'
import {apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import {waitFor} from '../../../support/wait.js'
import {useCluster} from './cluster-in-use.js'

const INGRESS = [{ip: '203.0.113.7', ipMode: 'Proxy'}]

describe('what was written to the Services of a cluster', () => {
  const use = useCluster()
  const ref = (name: string) => ({kind: 'Service', namespace: 'default', name})

  beforeEach(() => {
    use.api.put(apiService('web'))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '10.2.0.1'))
  })

  it('is known, also of a list, and makes no new reading', async () => {
    use.api.put({...apiService('old'), status: {loadBalancer: {ingress: INGRESS}}})
    const source = await use.open()
    const before = await source.read(use.signal)
    assert.deepEqual(source.written(ref('old'))?.ingress, INGRESS)
    let changes = 0
    const told: string[] = []
    source.onWritten(({name}) => void told.push(name))
    void source.watch(() => (changes += 1), use.signal)
    await use.watching()
    use.api.put({...apiService('web'), status: {loadBalancer: {ingress: INGRESS}}})
    await waitFor(() => told.includes('web'), {what: 'the status'})
    assert.deepEqual(source.written(ref('web'))?.ingress, INGRESS)
    assert.equal(changes, 0)
    const after = await source.read(use.signal)
    assert.equal(after.snapshot.services, before.snapshot.services)
  })

  it('is known of each namespace that is read', async () => {
    use.api.put({...apiService('web'), status: {loadBalancer: {ingress: INGRESS}}})
    const source = await use.open(['other', 'default'])
    await source.read(use.signal)
    assert.deepEqual(source.written(ref('web'))?.ingress, INGRESS)
    assert.equal(source.written({...ref('web'), namespace: 'other'}), undefined)
  })
})

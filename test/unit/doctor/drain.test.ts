import assert from 'node:assert/strict'
import type {DrainTest} from '../../../src/dataplane/nginx/drain/test-drain.js'
import type {Capability} from '../../../src/dataplane/nginx/host/linux-capabilities.js'
import {checkDrain} from '../../../src/doctor/drain.js'
import {drainedServices} from '../../support/drained-services.js'

const WITHOUT = 'connections to backends that are not used any more last until they end by themselves'
const DRAINED = drainedServices({web: {to: [80], timeout: 1000}})

async function check(result: DrainTest, ...capabilities: readonly Capability[]) {
  const findings = await checkDrain(DRAINED, {
    capabilities: new Set(capabilities),
    test: async () => result,
  })
  return findings.map(({state, message, fix}) => [
    state,
    message,
    ...(fix === undefined ? [] : [fix.split(' ')[0]]),
  ])
}

describe('checkDrain', () => {
  it('says nothing if no Service has a drain timeout', async () => {
    const test = async (): Promise<DrainTest> => assert.fail('tested in vain')
    const services = drainedServices({web: {to: [80]}})
    assert.deepEqual(await checkDrain(services, {capabilities: new Set(), test}), [])
  })

  it('reports whether connections can be ended, and how to fix it if not', async () => {
    assert.deepEqual(await check('works'), [
      ['warning', `CAP_NET_ADMIN is missing: ${WITHOUT}`, 'AmbientCapabilities=CAP_NET_BIND_SERVICE'],
    ])
    const results: readonly [DrainTest, ...string[]][] = [
      ['works', 'ok', 'lbex can end connections after the drain timeout'],
      ['program', 'warning', `there is no program ss: ${WITHOUT}`, 'apt-get'],
      ['kernel', 'warning', `the kernel does not end connections: ${WITHOUT}`, 'use'],
      ['refused', 'unknown', 'lbex has CAP_NET_ADMIN, but lbex doctor may not end a connection for a test'],
      ['failed', 'unknown', 'lbex doctor could not test whether connections can be ended'],
    ]
    for (const [result, ...finding] of results)
      assert.deepEqual(await check(result, 'CAP_NET_ADMIN'), [finding])
  })
})

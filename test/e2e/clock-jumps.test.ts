/** The clock of the host is set while lbex runs, by years. All of lbex but its process, on the API double and a real NGINX. */
import assert from 'node:assert/strict'
import {UNKNOWN_HOST_STATE} from '../../src/core/model/host-state.js'
import {DEFAULT_LOOP_OPTIONS, runLoop} from '../../src/controller/loop.js'
import {newStatus} from '../../src/controller/status.js'
import {openAccess} from '../../src/kube/open-access.js'
import {systemClock, type Clock} from '../../src/util/clock.js'
import {createClusterSource} from '../../src/sources/cluster/cluster-source.js'
import {createPipeline, translateWith} from '../support/translate.js'
import {startTcpBackend} from '../support/backends.js'
import {options} from '../support/builders.js'
import {NginxFixture} from '../support/nginx-fixture.js'
import {freePort} from '../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {DoubleCluster} from './double-cluster.js'
import {aNode, aService, aSlice} from './objects.js'
import {untilAnswers} from './stage.js'

const TEN_YEARS = 10 * 365 * 86_400_000

describe('end to end, when the clock of the host jumps', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const stopping = new AbortController()
  const closers: (() => Promise<void>)[] = []
  const opened = <T extends {close(): Promise<void>}>(thing: T): T => {
    closers.push(() => thing.close())
    return thing
  }

  after(async () => {
    stopping.abort()
    for (const close of closers.reverse()) await close()
  })

  it('lbex keeps working: changes are served, waits end, and nothing is reported as stale', async () => {
    const [cluster, fixture, backend, listen] = await Promise.all([
      DoubleCluster.open().then(opened),
      NginxFixture.make().then(opened),
      startTcpBackend('blue').then(opened),
      freePort(),
    ])
    let ahead = 0
    const clock: Clock = {...systemClock, now: () => Date.now() + ahead}
    const {log, directory} = fixture
    const access = await openAccess({proxy: cluster.api.url, version: '0.0.0', clock})
    const source = opened(createClusterSource({access, clock, log}))
    const nginx = await fixture.open({clock})
    const used = options({
      directory,
      nginx: nginx.capabilities,
      workers: 1,
      openFiles: 4096,
      listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
      allowLocalEndpoints: true,
    })
    const pipeline = createPipeline(used)
    const service = aService('blue', {listen, nodePort: backend.port})
    /** As a controller dates it, by a clock that does not jump. */
    const slice = () => {
      const {metadata, ...rest} = aSlice('blue')
      const annotations = {'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString()}
      return {...rest, metadata: {...metadata, annotations}}
    }
    await cluster.put(aNode('node-1', '127.0.0.1'), service, slice())

    const loop = runLoop(
      {
        ...{source, nginx, log, clock, status: newStatus(), onReconciled: () => {}},
        translate: (snapshot, unavailable) =>
          translateWith(pipeline, snapshot, {...UNKNOWN_HOST_STATE, unavailable}),
      },
      {...DEFAULT_LOOP_OPTIONS, reloadInterval: 0},
      stopping.signal,
    )
    await untilAnswers(listen, 'blue')
    for (const jump of [TEN_YEARS, -TEN_YEARS, 0]) {
      ahead = jump
      await cluster.remove(aSlice('blue'))
      await untilAnswers(listen, undefined)
      await cluster.put(slice())
      await untilAnswers(listen, 'blue')
      assert.ok(source.freshness().every(({age = NaN}) => age >= 0 && age < 60_000))
    }
    stopping.abort()
    await loop
    assert.deepEqual(log.messages('warn'), [])
  })
})

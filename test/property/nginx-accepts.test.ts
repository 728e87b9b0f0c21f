/** The real NGINX accepts the configuration of any cluster: lbex skips everything that NGINX would reject. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {modelCapabilities, OLDEST_SUPPORTED} from '../../src/dataplane/nginx-capabilities.js'
import {evaluate} from '../support/translate.js'
import {findJudge} from '../support/golden-judge.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {checkAsync} from './check.js'
import {cluster, someOptions} from './clusters.js'
import {wildCluster} from './wild.js'

const judge = await findJudge()

describe('NGINX', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  for (const [what, clusters] of Object.entries({crowded: cluster, wild: wildCluster})) {
    it(`accepts the configuration of clusters that are ${what}`, async () => {
      let services = 0
      await checkAsync(
        fc.asyncProperty(clusters, someOptions, async (snapshot, chosen) => {
          const capabilities = modelCapabilities(OLDEST_SUPPORTED)
          const options = {...chosen, nginx: OLDEST_SUPPORTED, capabilities, openFiles: 4096}
          const {loadBalancer} = evaluate(snapshot, options)
          services += loadBalancer.services.length
          assert.equal(await judge.complaint(loadBalancer, options), '')
        }),
        40,
      )
      assert.ok(services > 0)
    })
  }
})

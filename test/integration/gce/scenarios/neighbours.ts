/** Others in the same project: who changes what is ours, and whose things look like ours. */
import assert from 'node:assert/strict'
import type {World} from '../../../support/gce-fake/world.js'
import {comparable, type Stage} from './stage.js'

const REGION = 'projects/my-project/regions/us-central1'
const GLOBAL = 'projects/my-project/global'

export function neighbourScenarios({open, brief}: Stage): void {
  describe('others in the project', () => {
    let world: World

    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    it('keep resources that look like ours', async () => {
      const {compute, accounts} = world.fake
      const mark = {description: 'lbex web in us-central1: a host'}
      // Names that only begin or end like ours, our names elsewhere, and our names without our mark.
      compute.put(`${GLOBAL}/instanceTemplates/web-vm-0123456789a`, mark)
      compute.put(`${GLOBAL}/instanceTemplates/web-vm-x-0123456789`, mark)
      compute.put(`${GLOBAL}/instanceTemplates/web-vm-0123456789`, {description: 'mine'})
      compute.put(`${GLOBAL}/firewalls/web-served-ports-2`, mark)
      compute.put(`${GLOBAL}/healthChecks/web-health`, {...mark, description: 'lbex web in us-east1: other'})
      compute.put('projects/my-project/regions/us-east1/subnetworks/web-subnet', {
        network: '/networks/net',
        ipCidrRange: '10.9.0.0/24',
      })
      accounts.policy.bindings.push({role: 'roles/logging.logWriter', members: ['user:other@example.com']})
      const before = world.fake.state()
      compute.put(`${REGION}/subnetworks/web-subnet`, {
        ...mark,
        network: '/networks/net',
        ipCidrRange: '10.150.0.0/27',
      })
      const {exitCode, notes} = await world.down('--yes')
      assert.equal(exitCode, 1)
      assert.match(
        notes,
        /^health check web-health was not created by lbex for web in us-central1 and is left unchanged$/m,
      )
      assert.deepEqual(world.fake.state(), before)
    })

    if (brief) return

    it('have groups of similar names', async () => {
      const untouched = world.fake.state()
      await world.up()
      const alone = comparable(world)
      const second = await world.up('--name=web-2', '--cidr=10.151.0.0/27')
      assert.equal(second.exitCode, 0)
      assert.equal((await world.down('--name=web-2', '--yes')).exitCode, 0)
      assert.deepEqual(comparable(world), alone)
      assert.equal((await world.down('--yes')).exitCode, 0)
      assert.deepEqual(world.fake.state(), untouched)
    })

    it('change resources of lbex, and lbex repairs them', async () => {
      await world.up()
      const clean = comparable(world)
      const {compute, accounts} = world.fake
      const change = (path: string, fields: object): void =>
        void Object.assign(compute.get(path) ?? {}, fields)
      change(`${GLOBAL}/firewalls/web-health-probes`, {sourceRanges: ['0.0.0.0/0']})
      change(`${GLOBAL}/firewalls/web-to-cluster`, {disabled: true})
      change(`${GLOBAL}/healthChecks/web-health`, {checkIntervalSec: 99})
      change(`${REGION}/subnetworks/web-subnet`, {privateIpGoogleAccess: false})
      change(`${REGION}/instanceGroupManagers/web-group`, {autoHealingPolicies: []})
      const [scaler = ''] = [...compute.resources.keys()].filter((path) => path.includes('/autoscalers/'))
      Object.assign(compute.resources.get(scaler)?.['autoscalingPolicy'] ?? {}, {maxNumReplicas: 3})
      accounts.policy.bindings = accounts.policy.bindings.filter(
        ({role}) => role !== 'roles/container.viewer',
      )
      const {output, exitCode} = await world.up()
      assert.deepEqual([output, exitCode], ['web is up: 7 changes\n', 0])
      assert.equal(
        JSON.stringify(comparable(world)).replaceAll(',"disabled":false', ''),
        JSON.stringify(clean),
      )
    })
  })
}

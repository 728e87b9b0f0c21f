/** Whatever the old and new targets are: after `up`, a second `up` has nothing to do, and `down` removes everything. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {isChange} from '../support/gce-fake/http.js'
import {gceWorld} from '../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'

const options = fc
  .record({
    machine: fc.constantFrom('e2-small', 'e2-medium'),
    hosts: fc.integer({min: 2, max: 12}),
    ports: fc.uniqueArray(fc.constantFrom('80', '443', '53/udp', '8000-8100', '9000-9100/udp'), {
      minLength: 1,
    }),
    ingress: fc.uniqueArray(fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '192.168.1.0/24'), {minLength: 1}),
    address: fc.boolean(),
    ipForward: fc.boolean(),
    account: fc.boolean(),
    wait: fc.boolean(),
  })
  .map((chosen) => [
    ...[`--machine-type=${chosen.machine}`, `--num-autoscale=${chosen.hosts}`],
    ...[
      `--ports=${chosen.ports.join()}`,
      `--ingress-cidr=${chosen.ingress.join()}`,
      `--address=${chosen.address}`,
    ],
    ...[`--can-ip-forward=${chosen.ipForward}`, `--wait=${chosen.wait}`],
    ...(chosen.account ? ['--service-account=me@my-project.iam.gserviceaccount.com'] : []),
  ])

describe('property: lbex gce up', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('reaches the desired state in one run from any state', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(options),
        options,
        fc.integer({min: 0, max: 14}),
        async (before, now, refused) => {
          const world = await gceWorld()
          try {
            const untouched = world.fake.state()
            let count = 0
            world.fake.fail({
              matches: (request) => isChange(request) && (count += 1) === refused,
              effect: {status: 403, body: {error: {code: 403, message: 'Required permission'}}},
            })
            if (before) await world.up(...before)
            world.fake.http.faults.length = 0
            assert.equal((await world.up(...now)).exitCode, 0)
            // Without waiting, the next run deletes the old template.
            if (now.includes('--wait=false')) await world.up(...now)
            const {length} = world.fake.changes()
            assert.equal((await world.up(...now)).output, 'web is up: nothing to change\n')
            assert.equal(world.fake.changes().length, length)
            assert.equal((await world.down('--yes')).exitCode, 0)
            assert.deepEqual(world.fake.state(), untouched)
          } finally {
            await world.close()
          }
        },
      ),
      {numRuns: 25},
    )
  })
})

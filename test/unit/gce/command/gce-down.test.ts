import assert from 'node:assert/strict'
import {gceWorld, type World} from '../../../support/gce-fake/world.js'

describe('gce/command/gce-down', () => {
  let world: World

  afterEach(() => world.close())

  it('deletes all resources of the group, and keeps resources with similar names', async () => {
    world = await gceWorld()
    for (const path of [
      'global/instanceTemplates/web-vm-0123456789a',
      'global/instanceTemplates/web-vm-x-0123456789',
    ]) {
      world.fake.compute.put(`projects/my-project/${path}`, {description: 'lbex web in us-central1: a host'})
    }
    world.fake.compute.put('projects/my-project/global/firewalls/web-served-ports-2', {})
    world.fake.compute.put('projects/my-project/regions/us-east1/subnetworks/web-subnet', {
      network: '/networks/net',
      ipCidrRange: '10.9.0.0/24',
    })
    const before = world.fake.state()
    await world.up()
    const {output, notes, exitCode} = await world.down('--yes')
    assert.deepEqual([output, notes, exitCode], ['web is down: 11 resources deleted\n', '', 0])
    assert.deepEqual(world.fake.state(), before)
  })

  it('succeeds if there is nothing to delete', async () => {
    world = await gceWorld()
    const {output, exitCode} = await world.down('--yes')
    assert.deepEqual([output, exitCode], ['web is down: there was nothing to delete\n', 0])
    assert.equal(JSON.parse((await world.down('--yes', '--json')).output).down, true)
  })

  it('does not read the policy of the project if no account was created', async () => {
    world = await gceWorld()
    const before = world.fake.state()
    await world.up('--service-account=me@my-project.iam.gserviceaccount.com')
    world.fake.fail({
      matches: ({path}) => path.endsWith(':getIamPolicy'),
      effect: {status: 403, body: {error: {code: 403, message: 'no permission'}}},
    })
    assert.equal((await world.down('--yes')).exitCode, 0)
    assert.deepEqual(world.fake.state(), before)
  })

  it('is rejected without a terminal and without --yes, before gcloud starts', async () => {
    world = await gceWorld()
    await assert.rejects(world.down(), {
      name: 'UsageError',
      message: 'cannot ask for confirmation: standard input is not a terminal',
    })
    assert.deepEqual(world.fake.http.requests, [])
  })

  it('asks for confirmation on a terminal, and accepts no', async () => {
    world = await gceWorld({typed: 'n\n'})
    await world.up()
    const {notes, progress, exitCode} = await world.down()
    assert.match(progress, /^ {2}group web-group$/m)
    assert.match(progress, /Delete these of web in my-project\? \[y\/N\] $/m)
    assert.deepEqual([notes, exitCode], ['nothing was deleted\n', 1])
    assert.equal(world.fake.changes().filter((change) => change.startsWith('DELETE')).length, 0)
  })

  it('lists as JSON what is left after a no', async () => {
    world = await gceWorld({typed: 'n\n'})
    world.fake.compute.put('projects/my-project/global/firewalls/web-to-cluster', {
      description: 'lbex web in us-central1: from the hosts',
    })
    assert.deepEqual(JSON.parse((await world.down('--json')).output), {
      group: 'web',
      down: false,
      steps: [],
      left: ['firewall rule web-to-cluster'],
      notes: [],
    })
  })

  it('accepts yes', async () => {
    world = await gceWorld({typed: 'yes\n'})
    await world.up()
    assert.equal((await world.down()).output, 'web is down: 11 resources deleted\n')
  })

  it('prints the deletions with --dry-run', async () => {
    world = await gceWorld()
    await world.up()
    const before = world.fake.changes().length
    const {output, exitCode} = await world.down('--dry-run')
    assert.equal(
      output.split('\n')[1],
      'gcloud compute instance-groups managed delete web-group --project=my-project --region=us-central1 --quiet',
    )
    assert.deepEqual([exitCode, world.fake.changes().length], [0, before])
    assert.equal(JSON.parse((await world.down('--dry-run', '--json')).output).steps.length, 11)
  })

  it('deletes what it can, and lists what is left', async () => {
    world = await gceWorld()
    await world.up()
    world.fake.fail({
      matches: ({method, path}) => method === 'DELETE' && path.endsWith('/web-health'),
      effect: {status: 403, body: {error: {code: 403, message: 'no permission'}}},
    })
    const {output, notes, exitCode} = await world.down('--yes')
    assert.deepEqual([output, exitCode], ['', 1])
    assert.match(notes, /^left: health check web-health$/m)
    assert.match(
      notes,
      /^to continue: lbex gce down --name=web --project=my-project --region=us-central1 --yes$/m,
    )
    assert.deepEqual(
      Object.keys(world.fake.state()).filter((path) => path.includes('/web')),
      ['projects/my-project/global/healthChecks/web-health'],
    )
    assert.equal((await world.down('--yes')).exitCode, 0)
  })

  it('keeps resources of others with its names, and reports them', async () => {
    world = await gceWorld()
    world.fake.compute.put('projects/my-project/global/firewalls/web-to-cluster', {
      description: 'lbex web in us-east1: other',
    })
    const {output, notes, exitCode} = await world.down('--yes')
    assert.equal(
      notes,
      'firewall rule web-to-cluster was not created by lbex for web in us-central1 and is left unchanged\n' +
        'web was created in us-east1: use --region=us-east1 to delete that group\n',
    )
    assert.deepEqual([output, exitCode, world.fake.changes()], ['', 1, []])
  })

  it('succeeds if only a similar template of others is left, and reports it', async () => {
    world = await gceWorld()
    world.fake.compute.put('projects/my-project/global/instanceTemplates/web-vm-0123456789', {
      description: 'lbex web in us-east1: a host',
    })
    const {output, notes, exitCode} = await world.down('--yes')
    assert.deepEqual([output, exitCode], ['web is down: there was nothing to delete\n', 0])
    assert.match(
      notes,
      /web-vm-0123456789 was not created by lbex for web in us-central1 and is left unchanged\n$/,
    )
  })
})

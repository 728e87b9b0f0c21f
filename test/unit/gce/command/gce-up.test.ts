import assert from 'node:assert/strict'
import type {ApiRequest} from '../../../support/gce-fake/http.js'
import {gceWorld, type World} from '../../../support/gce-fake/world.js'
import {waitFor} from '../../../support/wait.js'

describe('gce/command/gce-up', () => {
  let world: World

  beforeEach(async () => {
    world = await gceWorld()
  })
  afterEach(() => world.close())

  it('creates all resources of a group', async () => {
    const {output, notes, exitCode} = await world.up()
    assert.deepEqual([output, notes, exitCode], ['web is up: 12 changes\n', '', 0])
    assert.deepEqual(world.fake.changes().sort(), [
      'POST /projects/my-project/global/firewalls',
      'POST /projects/my-project/global/firewalls',
      'POST /projects/my-project/global/firewalls',
      'POST /projects/my-project/global/healthChecks',
      'POST /projects/my-project/global/instanceTemplates',
      'POST /projects/my-project/regions/us-central1/autoscalers',
      'POST /projects/my-project/regions/us-central1/instanceGroupManagers',
      'POST /projects/my-project/regions/us-central1/subnetworks',
      'POST /v1/projects/my-project/serviceAccounts',
      'POST /v1/projects/my-project:setIamPolicy',
      'POST /v1/projects/my-project:setIamPolicy',
      'POST /v1/projects/my-project:setIamPolicy',
    ])
  })

  it('ends a canary rollout of another template, and deletes that template', async () => {
    await world.up()
    const {compute} = world.fake
    const [path, group] = [...compute.resources].find(([path]) => path.endsWith('/web-group')) ?? [
      '',
      undefined,
    ]
    const trial = compute.put('projects/my-project/global/instanceTemplates/web-vm-0123456789', {
      description: 'lbex web in us-central1: a host',
    })
    const versions = [group?.['instanceTemplate'], trial.selfLink].map((instanceTemplate) => ({
      instanceTemplate,
    }))
    compute.resources.set(path, {...group, versions} as typeof trial)
    const {output, exitCode} = await world.up()
    assert.deepEqual([output, exitCode], ['web is up: 2 changes\n', 0])
    assert.equal(compute.get('projects/my-project/global/instanceTemplates/web-vm-0123456789'), undefined)
  })

  it('binds a role without a condition if only a conditional binding exists', async () => {
    await world.up()
    const {policy} = world.fake.accounts
    const [held] = policy.bindings.filter(({role}) => role === 'roles/container.viewer')
    Object.assign(held ?? {}, {condition: {title: 'until May', expression: 'request.time < x'}})
    assert.equal((await world.up()).output, 'web is up: 1 change\n')
  })

  it('changes nothing the second time', async () => {
    await world.up()
    const before = world.fake.changes().length
    const {output, exitCode} = await world.up()
    assert.deepEqual([output, exitCode], ['web is up: nothing to change\n', 0])
    assert.equal(world.fake.changes().length, before)
  })

  it('changes only what differs, and rolls out a new template before it deletes the old one', async () => {
    await world.up()
    const before = world.fake.changes().length
    const {exitCode} = await world.up('--machine-type=e2-medium', '--num-autoscale=12', '--ports=53/udp')
    assert.equal(exitCode, 0)
    const changes = world.fake.changes().slice(before)
    assert.deepEqual(changes.map((change) => change.replace(/[0-9a-f]{10}$/, 'HASH')).sort(), [
      'DELETE /projects/my-project/global/instanceTemplates/web-vm-HASH',
      'PATCH /projects/my-project/global/firewalls/web-served-ports',
      'PATCH /projects/my-project/regions/us-central1/autoscalers',
      'PATCH /projects/my-project/regions/us-central1/instanceGroupManagers/web-group',
      'POST /projects/my-project/global/instanceTemplates',
    ])
    assert.match(changes.at(-1) ?? '', /^DELETE .*instanceTemplates/)
    const [rollout] = world.fake.http.requests.filter(
      ({method, path}) => method === 'PATCH' && path.endsWith('/web-group'),
    )
    assert.deepEqual((rollout?.body as {updatePolicy: unknown}).updatePolicy, {
      maxSurge: {fixed: 3},
      maxUnavailable: {fixed: 0},
      type: 'PROACTIVE',
    })
  })

  it('never changes the size of an existing group', async () => {
    await world.up()
    await world.up('--machine-type=e2-medium', '--num-autoscale=12')
    const sizes = world.fake.http.requests.filter(
      ({method, path, body}) =>
        /resize/.test(path) || (method === 'PATCH' && JSON.stringify(body).includes('targetSize')),
    )
    assert.deepEqual(sizes, [])
  })

  it('prints the plan and changes nothing with --dry-run', async () => {
    const {output, exitCode} = await world.up('--dry-run')
    assert.match(
      output,
      /^# create service account .*\ngcloud iam service-accounts create web-host --project=my-project /,
    )
    assert.match(
      output,
      /\n# wait for the hosts of web-group\ngcloud compute instance-groups managed wait-until web-group /,
    )
    assert.deepEqual([exitCode, world.fake.changes()], [0, []])
    await world.up()
    assert.equal((await world.up('--dry-run')).output, '# nothing to change\n')
  })

  it('prints the plan and its outcome as JSON', async () => {
    const plan = JSON.parse((await world.up('--dry-run', '--json')).output) as {
      steps: {step: string; command: string[]}[]
    }
    assert.deepEqual(plan.steps[4]?.step, 'create subnet web-subnet')
    assert.deepEqual(plan.steps[4]?.command.slice(0, 3), ['gcloud', 'compute', 'networks'])
    const {output, progress} = await world.up('--json')
    const value = JSON.parse(output)
    assert.deepEqual(
      [value.group, value.up, value.steps.length, value.steps[0].state],
      ['web', true, 13, 'done'],
    )
    assert.match(progress, /create subnet web-subnet/)
  })

  it('reports all problems of the project before it creates anything', async () => {
    world.fake.compute.put('projects/my-project/global/networks/net', {autoCreateSubnetworks: true})
    const {output, notes, exitCode} = await world.up('--cidr=10.128.4.0/24', '--cluster-name=shopp')
    assert.equal(exitCode, 3)
    assert.deepEqual(
      notes.split('\n').filter((line) => line.startsWith('error')),
      [
        'error: net is an auto mode network; lbex needs a custom mode network',
        'error: cluster shopp does not exist in us-central1-a of the project my-project',
        'error: --cidr 10.128.4.0/24 overlaps with the subnet shop-nodes in us-central1 (10.128.0.0/20)',
      ],
    )
    assert.deepEqual([output, world.fake.changes()], ['', []])
    assert.equal(JSON.parse((await world.up('--cluster-name=shopp', '--json')).output).problems.length, 2)
  })

  it('rejects changes of immutable fields, and says which', async () => {
    await world.up()
    const before = world.fake.changes().length
    const {notes, exitCode} = await world.up('--cidr=10.150.0.0/26')
    assert.match(
      notes,
      /error: subnet web-subnet cannot be changed: its range is 10\.150\.0\.0\/27, not 10\.150\.0\.0\/26/,
    )
    assert.deepEqual([exitCode, world.fake.changes().length], [3, before])
    const port = await world.up('--health-port=1337')
    assert.match(port.notes, /health check web-health cannot be changed: its port is 7331, not 1337/)
  })

  it('leaves resources of others with the same name unchanged', async () => {
    world.fake.compute.put('projects/my-project/global/healthChecks/web-health', {
      description: 'mine',
      type: 'HTTP',
    })
    const {notes, exitCode} = await world.up()
    assert.match(notes, /health check web-health exists, but was not created by lbex for web in us-central1/)
    assert.deepEqual([exitCode, world.fake.changes()], [3, []])
  })

  it('reports which steps are done and which are not, and how to continue or undo', async () => {
    world.fake.fail({
      matches: ({method, path}) => method === 'POST' && path.endsWith('/instanceGroupManagers'),
      effect: {
        status: 403,
        body: {error: {code: 403, message: "Required 'compute.instanceGroupManagers.create' permission"}},
      },
    })
    const {output, notes, exitCode} = await world.up()
    assert.deepEqual([output, exitCode], ['', 3])
    assert.match(
      notes,
      /^error: create group web-group failed: gcloud compute instance-groups managed create web-group failed:\n {2}ERROR: .*\n {3}- Required 'compute\.instanceGroupManagers\.create' permission\nhint: the active account/,
    )
    assert.match(notes, /\ndone:\n {2}create service account/)
    assert.match(
      notes,
      /\nnot done:\n {2}create group web-group\n {2}create autoscaler of web-group\n {2}wait for the hosts of web-group\n/,
    )
    assert.match(
      notes,
      /\nto continue: .*\nto undo: lbex gce down --name=web --project=my-project --region=us-central1\n$/,
    )
  })

  it('deletes what this run created with --rollback-on-failure, and keeps existing resources', async () => {
    await world.up('--no-wait')
    const kept = world.fake.state()
    await world.down('--yes')
    world.fake.compute.put(
      'projects/my-project/global/healthChecks/web-health',
      kept['projects/my-project/global/healthChecks/web-health'] as object as Record<string, unknown>,
    )
    const before = world.fake.state()
    world.fake.fail({
      matches: ({method, path}) => method === 'POST' && path.endsWith('/autoscalers'),
      effect: {status: 400, body: {error: {code: 400, message: 'no'}}},
    })
    const {notes, exitCode} = await world.up('--rollback-on-failure')
    assert.equal(exitCode, 3)
    assert.match(notes, /\nrolled back:\ndone:\n {2}delete group web-group\n/)
    assert.deepEqual(world.fake.state(), before)
  })

  it('reports the failure even if the rollback fails', async () => {
    const denied = {status: 403, body: {error: {code: 403, message: 'no'}}}
    world.fake.fail({
      matches: ({method, path}) => method === 'POST' && path.endsWith('/autoscalers'),
      effect: denied,
    })
    world.fake.fail({matches: ({path}) => path.endsWith('/routers/web-router'), effect: denied})
    const {notes, exitCode} = await world.up('--rollback-on-failure')
    assert.equal(exitCode, 3)
    assert.match(notes, /^error: create autoscaler of web-group failed: /)
    assert.match(
      notes,
      /\nerror: nothing was rolled back: gcloud compute routers describe web-router failed:\n/,
    )
  })

  it('stops at an interruption, reports what is done, and continues from there in the next run', async () => {
    const group = ({method, path}: ApiRequest): boolean =>
      method === 'POST' && path.endsWith('/instanceGroupManagers')
    world.fake.fail({matches: group, effect: 'hang'})
    const running = world.up('--json')
    await waitFor(() => world.fake.http.hanging === 1, {what: 'the group to be made', every: 2})
    process.emit('SIGINT', 'SIGINT')
    const {exitCode, notes, output} = await running
    assert.equal(exitCode, 130)
    assert.match(notes, /^interrupted by SIGINT\ndone:\n {2}create service account/)
    assert.match(notes, /\nto continue: run the same command again; existing resources are kept\n/)
    assert.equal((JSON.parse(output) as {up: boolean}).up, false)
    assert.equal((await world.up()).exitCode, 0)
  })

  it('changes nothing if it is interrupted while it reads existing resources', async () => {
    world.fake.fail({matches: ({path}) => path.endsWith('/networks/net'), effect: 'hang'})
    const running = world.up()
    await waitFor(() => world.fake.http.hanging === 1, {what: 'the question', every: 2})
    process.emit('SIGHUP', 'SIGHUP')
    const {exitCode, notes} = await running
    assert.deepEqual([exitCode, notes], [129, 'interrupted by SIGHUP: nothing was changed\n'])
  })

  it('reports hosts that do not become healthy', async () => {
    world.fake.groupOptions.vmTime = Infinity
    const {notes, exitCode, progress} = await world.up('--wait-timeout=20s')
    assert.equal(exitCode, 3)
    assert.match(
      notes,
      /error: wait for the hosts of web-group failed: group web-group is not stable after 20 s: 0 of 2 hosts are healthy, web-0001 creating, web-0002 creating/,
    )
    assert.match(progress, /0 of 2 hosts are healthy/)
  })

  it('leaves the old template to the next run with --no-wait', async () => {
    await world.up()
    const {notes} = await world.up('--machine-type=e2-medium', '--no-wait')
    assert.match(notes, /template web-vm-[0-9a-f]{10} is kept until no host uses it/)
    const {output} = await world.up('--machine-type=e2-medium', '--no-wait')
    assert.equal(output, 'web is up: 1 change\n')
  })

  it('creates a NAT for hosts without external addresses', async () => {
    assert.equal(
      (await world.up('--no-address', '--can-ip-forward', '--service-account=a@b.iam.gserviceaccount.com'))
        .exitCode,
      0,
    )
    const state = world.fake.state() as Record<
      string,
      {nats?: unknown[]; properties?: {networkInterfaces: unknown[]; canIpForward: boolean}}
    >
    assert.equal(state['projects/my-project/regions/us-central1/routers/web-router']?.nats?.length, 1)
    const [, template] = Object.entries(state).find(([path]) => path.includes('/instanceTemplates/')) ?? []
    assert.equal(JSON.stringify(template?.properties?.networkInterfaces).includes('accessConfigs'), false)
    assert.equal(template?.properties?.canIpForward, true)
    assert.equal((await world.down('--yes')).exitCode, 0)
  })
})

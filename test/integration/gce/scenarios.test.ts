/** `lbex gce` against Google's APIs at their worst, with the stand-in for gcloud. Judged by requests and by what is there then. */
import assert from 'node:assert/strict'
import type {ApiRequest, Fault} from '../../support/gce-fake/http.js'
import {gceWorld, type World} from '../../support/gce-fake/world.js'

const DENIED: Fault['effect'] = {
  status: 403,
  body: {error: {code: 403, message: 'Required permission', errors: [{reason: 'forbidden'}]}},
}
const BUSY: Fault['effect'] = {
  status: 503,
  body: {
    error: {code: 503, message: 'The service is currently unavailable.', errors: [{reason: 'backendError'}]},
  },
}

function isChange({method, path}: ApiRequest): boolean {
  return method !== 'GET' && !/\/wait$|:getIamPolicy$|\/listManagedInstances$/.test(path)
}

/** The changes of a clean `up`: nine creations and three roles. */
const CHANGES_UP = 12
const CHANGES_DOWN = 12

/** The nth change from now fails. */
function failChange(world: World, nth: number, effect: Fault['effect']): void {
  let count = 0
  world.fake.fail({matches: (request) => isChange(request) && (count += 1) === nth, effect})
}

describe('gce: trouble on the way', function () {
  this.timeout(60_000)
  let world: World

  afterEach(() => world.close())

  /** What a clean run leaves; names that Google draws are left out. */
  async function cleanState(): Promise<unknown> {
    const clean = await gceWorld()
    try {
      await clean.up()
      return comparable(clean)
    } finally {
      await clean.close()
    }
  }

  function comparable(of: World): unknown {
    const text = JSON.stringify(of.fake.state(), undefined, 1)
    const drawn = text.replaceAll(of.fake.http.url, '').replace(/web-group-[0-9a-f]{4}/g, 'web-group-x')
    return sorted(JSON.parse(drawn))
  }

  function sorted(state: {bindings: {role: string}[]}): unknown {
    return {...state, bindings: state.bindings.sort((a, b) => (a.role < b.role ? -1 : 1))}
  }

  it('goes on where any change was refused, and comes to the same end', async () => {
    world = await gceWorld()
    const clean = await cleanState()
    for (let nth = 1; nth <= CHANGES_UP; nth += 1) {
      const untouched = world.fake.state()
      failChange(world, nth, DENIED)
      assert.equal((await world.up()).exitCode, 3, `change ${nth}`)
      assert.equal((await world.up()).exitCode, 0, `change ${nth}`)
      assert.deepEqual(comparable(world), clean, `change ${nth}`)
      assert.equal((await world.down('--yes')).exitCode, 0, `change ${nth}`)
      assert.deepEqual(world.fake.state(), untouched, `change ${nth}`)
    }
  })

  it('leaves nothing after a down from any partial state', async () => {
    world = await gceWorld()
    for (let nth = 1; nth <= CHANGES_UP; nth += 1) {
      const untouched = world.fake.state()
      failChange(world, nth, DENIED)
      await world.up()
      assert.equal((await world.down('--yes')).exitCode, 0, `change ${nth}`)
      assert.deepEqual(world.fake.state(), untouched, `change ${nth}`)
    }
  })

  for (const [name, effect] of [
    ['an answer is lost', 'lost'],
    ['a connection is cut', 'cut'],
    ['the service is away for a moment', BUSY],
  ] as const) {
    it(`comes to its end although ${name}, at any change`, async () => {
      world = await gceWorld()
      const clean = await cleanState()
      for (let nth = 1; nth <= CHANGES_UP; nth += 1) {
        const untouched = world.fake.state()
        failChange(world, nth, effect)
        const {exitCode, notes} = await world.up()
        assert.deepEqual([exitCode, notes], [0, ''], `change ${nth}`)
        assert.deepEqual(comparable(world), clean, `change ${nth}`)
        failChange(world, nth, effect)
        assert.equal((await world.down('--yes')).exitCode, 0, `change ${nth}`)
        assert.deepEqual(world.fake.state(), untouched, `change ${nth}`)
      }
    })
  }

  it('lists what is left where any deletion is refused, and deletes it the next time', async () => {
    world = await gceWorld()
    for (let nth = 1; nth <= CHANGES_DOWN; nth += 1) {
      const untouched = world.fake.state()
      await world.up()
      failChange(world, nth, DENIED)
      const {exitCode, notes} = await world.down('--yes')
      assert.equal(exitCode, 1, `change ${nth}`)
      assert.match(notes, /^left: /m)
      assert.equal((await world.down('--yes')).exitCode, 0, `change ${nth}`)
      assert.deepEqual(world.fake.state(), untouched, `change ${nth}`)
    }
  })

  it('makes nothing while it cannot see what is there', async () => {
    world = await gceWorld()
    for (const path of [
      'aggregated/subnetworks',
      'aggregated/instanceTemplates',
      'firewalls/web-to-cluster',
      ':getIamPolicy',
    ]) {
      world.fake.fail({matches: (request) => request.path.includes(path), effect: DENIED})
      await assert.rejects(world.up(), {code: 'gcloud-failed'}, path)
    }
    assert.deepEqual(world.fake.changes(), [])
  })

  it('repairs what somebody has changed', async () => {
    world = await gceWorld()
    await world.up()
    const clean = comparable(world)
    const {compute, accounts} = world.fake
    Object.assign(compute.get('projects/work/global/firewalls/web-health-probes') ?? {}, {
      sourceRanges: ['0.0.0.0/0'],
    })
    Object.assign(compute.get('projects/work/global/firewalls/web-to-cluster') ?? {}, {disabled: true})
    Object.assign(compute.get('projects/work/global/healthChecks/web-health') ?? {}, {checkIntervalSec: 99})
    Object.assign(compute.get('projects/work/regions/us-central1/subnetworks/web-subnet') ?? {}, {
      privateIpGoogleAccess: false,
    })
    Object.assign(compute.get('projects/work/regions/us-central1/instanceGroupManagers/web-group') ?? {}, {
      autoHealingPolicies: [],
    })
    const [scaler = ''] = [...compute.resources.keys()].filter((path) => path.includes('/autoscalers/'))
    Object.assign(compute.resources.get(scaler)?.['autoscalingPolicy'] ?? {}, {maxNumReplicas: 3})
    accounts.policy.bindings = accounts.policy.bindings.filter(({role}) => role !== 'roles/container.viewer')
    const {output, exitCode} = await world.up()
    assert.deepEqual([output, exitCode], ['web is up: 7 changes\n', 0])
    assert.equal(JSON.stringify(comparable(world)).replaceAll(',"disabled":false', ''), JSON.stringify(clean))
  })

  it('keeps apart groups of similar names in one project', async () => {
    world = await gceWorld()
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

  it('ends at an interruption, and says what is done', async () => {
    world = await gceWorld()
    world.fake.fail({
      matches: ({method, path}) => method === 'POST' && path.endsWith('/instanceGroupManagers'),
      effect: 'hang',
    })
    const running = world.up('--json')
    const interrupt = (): void => {
      if (world.fake.changes().some((change) => change.endsWith('/instanceGroupManagers')))
        process.emit('SIGINT', 'SIGINT')
      else setTimeout(interrupt, 5)
    }
    interrupt()
    const {exitCode, notes, output} = await running
    assert.equal(exitCode, 130)
    assert.match(notes, /^interrupted by SIGINT\ndone:\n {2}create service account/)
    assert.match(notes, /\nto go on: run the same command again; what is there is kept\n/)
    assert.equal((JSON.parse(output) as {up: boolean}).up, false)
    assert.equal((await world.up()).exitCode, 0)
  })

  it('ends at an interruption before it has made anything', async () => {
    world = await gceWorld()
    world.fake.fail({matches: ({path}) => path.endsWith('/networks/net'), effect: 'hang'})
    const running = world.up()
    const interrupt = (): void => {
      if (world.fake.http.requests.some(({path}) => path.endsWith('/networks/net')))
        process.emit('SIGTERM', 'SIGTERM')
      else setTimeout(interrupt, 5)
    }
    interrupt()
    const {exitCode, notes} = await running
    assert.deepEqual([exitCode, notes], [143, 'interrupted by SIGTERM: nothing was changed\n'])
  })
})

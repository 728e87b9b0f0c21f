/** Google's APIs at their worst. Judged by requests and by what is there then. */
import assert from 'node:assert/strict'
import type {World} from '../../../support/gce-fake/world.js'
import {BUSY, cleanState, comparable, DENIED, failEach, nthChange, TOO_MANY, type Stage} from './stage.js'

/** The changes of a clean `up`: nine creations and three roles. */
const CHANGES_UP = 12
const CHANGES_DOWN = 12

export function faultScenarios({open, brief}: Stage): void {
  // life.ts has one of each kind.
  if (brief) return
  describe('faults', () => {
    let world: World
    let untouched: Record<string, unknown>

    beforeEach(async () => {
      world = await open()
      untouched = world.fake.state()
    })
    afterEach(() => world.close())

    async function leavesNothing(what = ''): Promise<void> {
      assert.equal((await world.down('--yes')).exitCode, 0, what)
      assert.deepEqual(world.fake.state(), untouched, what)
    }

    /** `use` for each single change of an `up`, from nothing. */
    async function atEachChange(use: (nth: number, what: string) => Promise<void>): Promise<void> {
      for (let nth = 1; nth <= CHANGES_UP; nth += 1) await use(nth, `change ${nth}`)
    }

    it('a second run completes the group after any change was refused', async () => {
      const clean = await cleanState()
      await atEachChange(async (nth, what) => {
        failEach(world, [nthChange(nth)], DENIED)
        assert.equal((await world.up()).exitCode, 3, what)
        assert.equal((await world.up()).exitCode, 0, what)
        assert.deepEqual(comparable(world), clean, what)
        await leavesNothing(what)
      })
    })

    it('down deletes everything from any partial state', () =>
      atEachChange(async (nth, what) => {
        failEach(world, [nthChange(nth)], DENIED)
        await world.up()
        await leavesNothing(what)
      }))

    for (const [name, effect] of [
      ['an answer that is lost', 'lost'],
      ['a connection that is cut', 'cut'],
      ['a service that is away for a moment', BUSY],
      ['too many requests', TOO_MANY],
    ] as const) {
      it(`lbex retries: ${name}, at any change`, async () => {
        const clean = await cleanState()
        await atEachChange(async (nth, what) => {
          failEach(world, [nthChange(nth)], effect)
          const {exitCode, notes} = await world.up()
          assert.deepEqual([exitCode, notes], [0, ''], what)
          assert.deepEqual(comparable(world), clean, what)
          failEach(world, [nthChange(nth)], effect)
          await leavesNothing(what)
        })
      })
    }

    it('down lists what is left if any deletion is refused, and a second run deletes it', async () => {
      for (let nth = 1; nth <= CHANGES_DOWN; nth += 1) {
        await world.up()
        failEach(world, [nthChange(nth)], DENIED)
        const {exitCode, notes} = await world.down('--yes')
        assert.equal(exitCode, 1, `change ${nth}`)
        assert.match(notes, /^left: /m)
        await leavesNothing(`change ${nth}`)
      }
    })

    it('nothing is changed if existing resources cannot be read', async () => {
      for (const part of [
        'aggregated/subnetworks',
        'aggregated/instanceTemplates',
        'firewalls/web-to-cluster',
        ':getIamPolicy',
      ]) {
        failEach(world, [({path}) => path.includes(part)], DENIED)
        await assert.rejects(world.up(), {code: 'gcloud-failed'}, part)
      }
      assert.deepEqual(world.fake.changes(), [])
    })
  })
}

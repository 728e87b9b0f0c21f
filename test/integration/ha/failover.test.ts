/**
 * A virtual address survives a stop and the loss of a host, with the real keepalived, BIRD and NGINX. `npm run bench -- failover`
 * measures more, and how long it takes.
 */
import assert from 'node:assert/strict'
import {skipBecause} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {Bgp} from './bgp.js'
import {Pair, type Engine} from './pair.js'
import {haPrograms, type HaPrograms} from './programs.js'
import {Vrrp} from './vrrp.js'

describe('two hosts with a virtual address', function () {
  this.timeout(2 * INTEGRATION_TIMEOUT)
  let programs: HaPrograms
  let pair: Pair | undefined

  before(async function () {
    const found = await haPrograms()
    if ('reason' in found) return skipBecause(this, found.reason)
    programs = found
  })
  afterEach(async () => {
    await pair?.close()
    pair = undefined
  })

  async function open(engine: Engine): Promise<Pair> {
    pair = await Pair.open(engine, ['--on-stop', 'leave'])
    await pair.start()
    return pair
  }

  it('keepalived moves it when lbex stops, and back to NGINX without lbex when no other host is left', async () => {
    const hosts = await open(new Vrrp(programs))
    const [first = 0] = hosts.holders()
    const second = 1 - first
    const stop = await hosts.during(async () => {
      await hosts.host(first).end('SIGTERM')
      await hosts.untilHolders(second)
    })
    const loss = await hosts.during(async () => {
      await hosts.lose(second)
      await hosts.untilHolders(first)
    })
    assert.ok(stop.succeeded > 0 && loss.succeeded > 0)
  })

  it('routers use both hosts with BIRD, and the other one when a host is lost', async () => {
    const hosts = await open(new Bgp(programs))
    await hosts.untilHolders(0, 1)
    const loss = await hosts.during(async () => {
      await hosts.lose(0)
      await hosts.untilHolders(1)
    })
    assert.ok(loss.succeeded > 0)
  })
})

/** Services that share a listener by weight, with a real NGINX. */
import assert from 'node:assert/strict'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, startUdpBackend, type Backend} from '../../support/backends.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {filesOf, type SharedService} from '../../support/shared-services.js'
import {INTEGRATION_TIMEOUT, scaled} from '../../support/timeouts.js'
import {askTcp, askUdp} from '../../support/traffic.js'

const CLOSED = 'closed'

describe('Services that share a listener by weight', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    ;[listen = 0] = await freePorts(1)
  })

  afterEach(async () => {
    await fixture.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  const service = (name: string, weight: number, to?: number): SharedService => ({
    name,
    to,
    annotations: {'shared-listener': 'shop', weight: String(weight)},
  })
  const portOf = (name: string): number | undefined => backends.find((each) => each.name === name)?.port

  /** How many of 200 connections each Service got, or were closed. */
  async function count(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    const ask = () => askTcp({port: listen}).catch(() => CLOSED)
    for (const answer of await Promise.all(Array.from({length: 200}, ask)))
      counts[answer] = (counts[answer] ?? 0) + 1
    return counts
  }

  /** A binomial distribution: 200 connections leave this range less than once in a million times. */
  function assertAbout(actual: number | undefined, expected: number): void {
    const deviation = Math.sqrt((expected * (200 - expected)) / 200)
    assert.ok(Math.abs((actual ?? 0) - expected) < 5 * deviation, `${actual} instead of about ${expected}`)
  }

  it('get their shares; weight 0 gets nothing', async () => {
    backends = await Promise.all(['stable', 'canary', 'off'].map((name) => startTcpBackend(name)))
    const all = [
      service('stable', 3, portOf('stable')),
      service('canary', 1, portOf('canary')),
      service('off', 0, portOf('off')),
    ]
    await fixture.apply(nginx, ...filesOf(all, listen))
    const {stable, canary, ...others} = await count()
    assert.deepEqual(others, {})
    assertAbout(stable, 150)
    assertAbout(canary, 50)
  })

  it('do not get the share of a Service without a backend: NGINX closes it', async () => {
    backends = [await startTcpBackend('stable')]
    await fixture.apply(
      nginx,
      ...filesOf([service('stable', 1, portOf('stable')), service('gone', 1)], listen),
    )
    const {stable, [CLOSED]: closed, ...others} = await count()
    assert.deepEqual(others, {})
    assertAbout(stable, 100)
    assertAbout(closed, 100)
  })

  it('have weights for UDP too: NGINX drops the share of a Service without a backend', async () => {
    backends = [await startUdpBackend('stable')]
    const files = filesOf([service('stable', 1, portOf('stable')), service('gone', 1)], listen, 'UDP')
    await fixture.apply(nginx, ...files)
    const ask = () => askUdp({port: listen}, 'x', scaled(500))
    const answers = await Promise.all(Array.from({length: 60}, ask))
    assert.ok(answers.includes('stable x'), 'no answer')
    assert.ok(answers.includes(undefined), 'no datagram was dropped')
    // Half of 60 with a range that is left less than once in a million times. Under load, more datagrams may be lost.
    assert.ok(backends[0] && backends[0].served <= 50, `${backends[0]?.served} of 60`)
  })

  it('have no listener if all weights are 0', async () => {
    backends = [await startTcpBackend('a')]
    await fixture.apply(nginx, ...filesOf([service('a', 1, portOf('a'))], listen))
    assert.equal(await askTcp({port: listen}), 'a')
    await fixture.apply(
      nginx,
      ...filesOf([service('a', 0, portOf('a')), service('b', 0, portOf('a'))], listen),
    )
    await assert.rejects(askTcp({port: listen}), /ECONNREFUSED/)
  })
})

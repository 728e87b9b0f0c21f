import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {Traffic} from '../../../src/observe/traffic.js'
import {systemClock} from '../../../src/util/clock.js'
import {silentLogger} from '../../../src/util/logger.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {parseExposition, valueOf} from '../../support/exposition.js'
import {freePort} from '../../support/ports.js'
import {translate} from '../../support/translate.js'
import {waitFor} from '../../support/wait.js'
import {aLine, KEY} from '../../unit/observe/traffic/lines.js'

describe('Traffic', () => {
  it('reads all lines of NGINX, whatever another program sends', async () => {
    // All lines arrive in the same second.
    const clock = {...systemClock, monotonic: () => 0}
    const traffic = await Traffic.open({port: 0, key: KEY, clock, log: silentLogger, readAll: 5})
    const sender = createSocket('udp4')
    const forged = aLine({key: KEY.replace('0', '1')})
    const lines = [...Array.from({length: 20}, () => forged), aLine(), aLine(), aLine()]
    for (const line of lines)
      await new Promise((resolve) => sender.send(line, traffic.port, '127.0.0.1', resolve))
    sender.close()
    const linesWith = async (result: string) =>
      valueOf(parseExposition((await traffic.page()).join('')), 'lbex_access_log_lines_total', {result})
    await waitFor(async () => (await linesWith('read')) === 3, {what: 'the lines of NGINX'})
    assert.deepEqual([await linesWith('invalid'), await linesWith('skipped')], [20, 0])
    await traffic.close()
  })

  it('takes two samples for the traffic now, and no more while the last minute has some', async () => {
    let now = 0
    const clock = {
      ...systemClock,
      monotonic: () => now,
      delay: async (milliseconds: number) => void (now += milliseconds),
    }
    const traffic = await Traffic.open({port: 0, key: KEY, clock, log: silentLogger})
    const web = aService('web')
      .annotated({'upstream-type': 'pod'})
      .port('http', 80, {listen: await freePort()})
    const slice = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.0.0.1'))
    traffic.update(translate(aSnapshot([web, slice]), options()).loadBalancer)
    const rate = async () => (await traffic.now()).services.get('default/web')?.[0]?.connectionsPerSecond
    assert.deepEqual([await rate(), now], [0, 1000])
    now = 30_000
    assert.deepEqual([await rate(), now], [0, 30_000])
    await traffic.close()
  })
})

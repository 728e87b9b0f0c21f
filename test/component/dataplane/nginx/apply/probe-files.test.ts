import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:net'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'
import {EMPTY_INDEX, indexGeneration} from '../../../../../src/dataplane/nginx/store/generation-index.js'
import {probeFiles, probePatiently} from '../../../../../src/dataplane/nginx/apply/probe-files.js'
import type {UnavailableListener} from '../../../../../src/dataplane/data-plane.js'
import {systemClock} from '../../../../../src/util/clock.js'
import {serviceFile} from '../../../../support/nginx-files.js'
import {freePorts} from '../../../../support/ports.js'

const IN_USE = {code: 'in-use'}
const MISSING = {code: 'no-address'}
const AWAY = '192.0.2.1'

describe('probing the listeners of files', () => {
  const {signal} = new AbortController()
  let ports: number[]
  let holder: Server

  beforeEach(async () => {
    ports = await freePorts(2)
    holder = createServer().listen(ports[1], '127.0.0.1')
    await once(holder, 'listening')
  })

  afterEach(() => void holder.close())

  const files = () => [
    serviceFile('a', {listeners: [{port: ports[0]}, {port: ports[0], address: AWAY}]}),
    serviceFile('b', {listeners: [{port: ports[1]}, {port: ports[1], address: AWAY}]}),
  ]
  const found = (unavailable: readonly UnavailableListener[]) =>
    unavailable.map(({key, error}) => [key.address, ports.indexOf(key.port), error])

  it('finds an address that was removed from the host although NGINX still holds its ports', async () => {
    const owned = indexGeneration(assembleGeneration(files()))
    assert.deepEqual(found(await probeFiles(files(), owned)), [
      [AWAY, 0, MISSING],
      [AWAY, 1, MISSING],
    ])
  })

  it('finds ports in use that NGINX does not hold', async () => {
    const all = [
      [AWAY, 0, MISSING],
      [AWAY, 1, MISSING],
      ['127.0.0.1', 1, IN_USE],
    ]
    assert.deepEqual(found(await probeFiles(files(), EMPTY_INDEX)), all)
    assert.deepEqual(found(await probePatiently(files(), systemClock, signal)), all)
  })

  it('probes no port if it is not known what NGINX holds', async () => {
    assert.deepEqual(found(await probeFiles(files(), undefined)), [
      [AWAY, 0, MISSING],
      [AWAY, 1, MISSING],
    ])
  })

  it('waits a little for a port that is being released', async () => {
    const clock = {...systemClock, delay: async () => void holder.close()}
    assert.deepEqual(await probePatiently([serviceFile('b', {port: ports[1] ?? 0})], clock, signal), [])
  })
})

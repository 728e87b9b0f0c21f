import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {askHealth} from '../../../src/controller/ask-health.js'
import {freePort} from '../../support/ports.js'

describe('askHealth', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  const answered = async (text: string) => {
    server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return askHealth((server.address() as AddressInfo).port)
  }

  it('returns the health that an lbex reports', async () => {
    assert.equal(await answered('healthy\n'), 'healthy')
  })

  it('returns the problem of an unhealthy lbex', async () => {
    assert.equal(await answered('unhealthy: NGINX does not serve\n'), 'unhealthy: NGINX does not serve')
  })

  it('returns undefined for any other answer, and without an answer', async () => {
    assert.equal(await answered('<html>'), undefined)
    assert.equal(await askHealth(await freePort()), undefined)
  })
})

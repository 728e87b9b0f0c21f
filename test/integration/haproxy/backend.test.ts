/** The backend of the PROXY protocol tests: what it answers shows that a header was read, and which. */
import assert from 'node:assert/strict'
import {askHaproxy, startHaproxyBackend, testHaproxy, type HaproxyBackend} from '../../support/haproxy.js'
import {skipBecause} from '../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'

describe('HAProxy as a backend', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder | undefined
  let haproxy: HaproxyBackend

  before(async function () {
    const found = await testHaproxy()
    if ('reason' in found) return skipBecause(this, found.reason)
    folder = await temporaryFolder()
    haproxy = await startHaproxyBackend(found.binary, folder.path)
  })
  after(async () => {
    if (!folder) return
    await haproxy.close()
    await folder.remove()
  })

  it('sees the client of a PROXY header, version 1', async () => {
    const header = 'PROXY TCP4 192.0.2.7 192.0.2.1 5001 80\r\n'
    assert.equal(await askHaproxy(haproxy.proxied, header), '192.0.2.7:5001')
  })

  it('sees the client of a PROXY header, version 2', async () => {
    const signature = '0d0a0d0a000d0a515549540a'
    const addresses = 'c0000207c0000201' + '13890050'
    const header = Buffer.from(`${signature}2111000c${addresses}`, 'hex')
    assert.equal(await askHaproxy(haproxy.proxied, header), '192.0.2.7:5001')
  })

  it('rejects a connection without a header', async () => {
    await assert.rejects(askHaproxy(haproxy.proxied))
    assert.match(await askHaproxy(haproxy.plain), /^127\.0\.0\.1:\d+$/)
  })
})

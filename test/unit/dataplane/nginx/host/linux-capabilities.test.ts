import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {capabilitiesIn, capabilitiesOf} from '../../../../../src/dataplane/nginx/host/linux-capabilities.js'

const status = (effective: string) =>
  `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective}\nNoNewPrivs:\t0\n`

describe('capabilitiesIn', () => {
  it('reads the effective ones', () => {
    assert.deepEqual([...capabilitiesIn(status('0000000000000400'))], ['CAP_NET_BIND_SERVICE'])
    assert.deepEqual([...capabilitiesIn(status('0000000000002040'))], ['CAP_SETGID', 'CAP_NET_RAW'])
    assert.equal(capabilitiesIn(status('000001ffffffffff')).size, 4)
    assert.equal(capabilitiesIn(status('0000000000000000')).size, 0)
  })

  it('finds none in another text', () => {
    assert.equal(capabilitiesIn('').size, 0)
  })
})

describe('capabilitiesOf', () => {
  it('returns those of this process', async () => {
    const own = capabilitiesIn(readFileSync('/proc/self/status', 'utf8'))
    assert.deepEqual(await capabilitiesOf('self'), own)
    assert.deepEqual(await capabilitiesOf(process.pid), own)
  })
})

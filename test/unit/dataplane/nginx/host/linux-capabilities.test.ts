import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {
  capabilitiesForChildren,
  capabilitiesIn,
  capabilitiesOf,
} from '../../../../../src/dataplane/nginx/host/linux-capabilities.js'

const status = (effective: string) =>
  `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective}\nNoNewPrivs:\t0\n`

describe('capabilitiesIn', () => {
  it('reads the effective ones', () => {
    assert.deepEqual([...capabilitiesIn(status('0000000000000400'))], ['CAP_NET_BIND_SERVICE'])
    assert.deepEqual([...capabilitiesIn(status('0000000000002040'))], ['CAP_SETGID', 'CAP_NET_RAW'])
    assert.equal(capabilitiesIn(status('000001ffffffffff')).size, 5)
    assert.equal(capabilitiesIn(status('0000000000000000')).size, 0)
  })

  it('reads the ambient ones', () => {
    const ambient = `${status('0000000000000400')}CapAmb:\t0000000000001000\n`
    assert.deepEqual([...capabilitiesIn(ambient, 'CapAmb')], ['CAP_NET_ADMIN'])
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

describe('capabilitiesForChildren', () => {
  it('returns those of root, or the ambient ones of another user', async () => {
    const field = process.geteuid?.() === 0 ? 'CapEff' : 'CapAmb'
    assert.deepEqual(
      await capabilitiesForChildren(),
      capabilitiesIn(readFileSync('/proc/self/status', 'utf8'), field),
    )
  })
})

import assert from 'node:assert/strict'
import {announceHost} from '../../../../src/cli/run/announce-host.js'
import type {HostAnnouncement} from '../../../../src/publish/host-record.js'
import {FakeLog} from '../../controller/fakes.js'

const many = (length: number) => Array.from({length}, (_, index) => `192.0.2.${index}`)

describe('announceHost', () => {
  let log: FakeLog
  beforeEach(() => {
    log = new FakeLog()
  })

  const announcedBy = (own: HostAnnouncement): HostAnnouncement[] => {
    const announce = announceHost(() => own, log)
    return [announce(), announce()]
  }

  it('returns the present announcement', () => {
    let ready = false
    const announce = announceHost(() => ({addresses: many(32), ready}), log)
    assert.deepEqual(announce(), {addresses: many(32), ready: false})
    ready = true
    assert.deepEqual(announce(), {addresses: many(32), ready: true})
    assert.deepEqual(log.lines, [])
  })

  it('limits the addresses, and warns once', () => {
    const limited = {addresses: many(32), ready: true}
    assert.deepEqual(announcedBy({addresses: many(40), ready: true}), [limited, limited])
    const [[level, , fields] = [], ...others] = log.lines
    assert.deepEqual([level, fields?.['addresses'], fields?.['limit'], others], ['warn', 40, 32, []])
  })

  it('limits what Services can select, and warns once', () => {
    const listen = many(200).map((address) => ({address, name: 'public'}))
    const limited = {addresses: [], listen: listen.slice(0, 128), ready: true}
    assert.deepEqual(announcedBy({addresses: [], listen, ready: true}), [limited, limited])
    assert.deepEqual(
      log.lines.map(([, , fields]) => [fields?.['named'], fields?.['limit']]),
      [[200, 128]],
    )
  })
})

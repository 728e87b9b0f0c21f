import assert from 'node:assert/strict'
import type {NginxFile} from '../../../../../src/dataplane/nginx-file.js'
import {listenerId} from '../../../../../src/core/model/listener-key.js'
import type {RefusedFile} from '../../../../../src/dataplane/nginx/apply/find-refused-files.js'
import type {BindError} from '../../../../../src/diagnostics/bind-error.js'
import type {UnavailableListener, Without} from '../../../../../src/dataplane/data-plane.js'
import {filesWithUnavailable, WantedFiles} from '../../../../../src/dataplane/nginx/apply/wanted-files.js'
import {mainFile, serviceFile} from '../../../../support/nginx-files.js'

const IN_USE = {code: 'in-use'} as const
const MISSING = {code: 'no-address'} as const

describe('WantedFiles', () => {
  const {signal} = new AbortController()
  const main = mainFile({directory: '/d'})
  const a = serviceFile('a', {listeners: [{port: 80}, {port: 80, address: '192.0.2.1'}]})
  const b = serviceFile('b', {listeners: [{port: 81}, {port: 81, address: '192.0.2.1'}]})
  const unavailable = (file: NginxFile, index: number, error: BindError): UnavailableListener[] =>
    file.listeners.slice(index, index + 1).map((key) => ({key, error}))
  const idsOf = (files: readonly NginxFile[]): string[] =>
    files.flatMap(({listeners}) => listeners.map(listenerId))

  /** Removes the listeners from the files of their Services, as a translation does. */
  const without: Without = async (found) => {
    const ids = new Set(found.map(({key}) => listenerId(key)))
    return [main, a, b].map((file) => ({
      ...file,
      listeners: file.listeners.filter((key) => !ids.has(listenerId(key))),
    }))
  }

  it('leaves out the one listener that is held', async () => {
    const wanted = new WantedFiles([main, a, b], without)
    const refused = filesWithUnavailable(wanted.files, unavailable(b, 0, IN_USE))
    assert.deepEqual(await wanted.exclude(refused, signal), [])
    assert.deepEqual(idsOf(wanted.files), ['127.0.0.1:80/TCP', '192.0.2.1:80/TCP', '192.0.2.1:81/TCP'])
    assert.deepEqual(
      wanted.leftOut.map(({owners, reason}) => [owners.map(({name}) => name), reason.kind]),
      [[['b'], 'unavailable']],
    )
    assert.deepEqual(wanted.requested, [main, a, b])
  })

  it('leaves out all listeners of an address that the host does not have, if one was reported', async () => {
    const wanted = new WantedFiles([main, a, b], without)
    await wanted.exclude(filesWithUnavailable(wanted.files, unavailable(a, 1, MISSING)), signal)
    assert.deepEqual(idsOf(wanted.files), ['127.0.0.1:80/TCP', '127.0.0.1:81/TCP'])
  })

  it('returns files that are to be left out whole: refused content, and files without a single listener to leave out', async () => {
    const refused: RefusedFile = {file: a, reason: {kind: 'refused', problem: 'unknown directive'}}
    const holders = filesWithUnavailable([main, a, b], unavailable(b, 0, IN_USE))
    assert.deepEqual(await new WantedFiles([main, a, b]).exclude([refused, ...holders], signal), [
      refused,
      ...holders,
    ])
    const stubborn = new WantedFiles([main, a, b], async () => [main, a, b])
    assert.deepEqual(await stubborn.exclude([refused, ...holders], signal), [refused])
    assert.deepEqual(await stubborn.exclude(holders, signal), holders)
  })
})

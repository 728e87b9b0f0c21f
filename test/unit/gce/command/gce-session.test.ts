import assert from 'node:assert/strict'
import {EventEmitter} from 'node:events'
import {PassThrough} from 'node:stream'
import {withSession, type GceEdges} from '../../../../src/gce/command/gce-session.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {systemClock} from '../../../../src/util/clock.js'
import {waitFor} from '../../../support/wait.js'

describe('gce/command/gce-session', () => {
  const edges: GceEdges = {
    clock: systemClock,
    stderr: new PassThrough() as unknown as NodeJS.WriteStream,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: new EventEmitter(),
    write: () => {},
  }
  const report = {output: '', notes: 'note\n', exitCode: 0} as const

  it('prints warnings about the command line first', async () => {
    const {notes} = await withSession(edges, ['old'], async () => report)
    assert.equal(notes, 'warning: old\nnote\n')
  })

  it('treats a gcloud that the same signal ended as an interruption', async () => {
    const {notes, exitCode} = await withSession(edges, [], async ({gcloud}) => {
      process.emit('SIGINT', 'SIGINT')
      await waitFor(() => gcloud.signal.aborted, {what: 'the signal'})
      throw new Failure('gcloud fails', {code: 'gcloud-failed'})
    })
    assert.deepEqual([notes, exitCode], ['interrupted by SIGINT: nothing was changed\n', 130])
  })

  it('allows any number of abort listeners', async () => {
    const warnings: Error[] = []
    const keep = (warning: Error): void => void warnings.push(warning)
    process.on('warning', keep)
    await withSession(edges, [], async ({gcloud: {signal}}) => {
      for (let count = 0; count < 20; count += 1) signal.addEventListener('abort', () => {})
      await new Promise((resolve) => setImmediate(resolve))
      return report
    })
    process.off('warning', keep)
    assert.deepEqual(warnings, [])
  })
})

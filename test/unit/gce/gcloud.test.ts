import assert from 'node:assert/strict'
import {availableParallelism} from 'node:os'
import {Failure} from '../../../src/diagnostics/failure.js'
import type {RunResult} from '../../../src/util/run-program.js'
import {Gcloud, type RunGcloud} from '../../../src/gce/gcloud.js'
import {hastyClock} from '../../support/gce-fake/world.js'

const BUSY: RunResult = {exitCode: 1, stdout: '', stderr: ' - Rate Limit Exceeded\n'}

function gcloud(run: RunGcloud, signal = new AbortController().signal): Gcloud {
  return new Gcloud({run, clock: hastyClock, signal})
}

/** Answers one after the other, the last for ever. */
function answering(...answers: RunResult[]): {run: RunGcloud; calls: string[][]} {
  const calls: string[][] = []
  const run: RunGcloud = async (args) => {
    calls.push([...args])
    return (answers.length > 1 ? answers.shift() : answers[0]) as RunResult
  }
  return {run, calls}
}

describe('gce/gcloud', () => {
  it('reads JSON', async () => {
    const {run, calls} = answering({exitCode: 0, stdout: '{"a": 1}', stderr: ''})
    assert.deepEqual(await gcloud(run).read({args: ['x', 'describe', 'n'], name: 'n'}), {a: 1})
    assert.deepEqual(calls, [['x', 'describe', 'n', '--format=json']])
  })

  it('treats an incomplete list as a failure', async () => {
    const {run} = answering({
      exitCode: 0,
      stdout: '[]',
      stderr: 'WARNING: Some requests did not succeed.\n - denied\n',
    })
    await assert.rejects(gcloud(run).read({args: ['x', 'list'], name: ''}), {code: 'gcloud-failed'})
  })

  it('reports output that is not JSON', async () => {
    const {run} = answering({exitCode: 0, stdout: 'no', stderr: ''})
    await assert.rejects(gcloud(run).read({args: ['x', '--y'], name: ''}), {
      message: 'gcloud x did not print JSON',
    })
  })

  it('tries six times in total if the error is temporary', async () => {
    const passing = answering(BUSY, BUSY, {exitCode: 0, stdout: '1', stderr: ''})
    assert.equal(await gcloud(passing.run).read({args: ['x'], name: ''}), 1)
    const lasting = answering(BUSY)
    await assert.rejects(gcloud(lasting.run).read({args: ['x'], name: ''}), {temporary: true})
    assert.deepEqual([passing.calls.length, lasting.calls.length], [3, 6])
  })

  it('does not retry a change', async () => {
    const {run, calls} = answering(BUSY)
    await assert.rejects(gcloud(run).change(['x', 'create']), {temporary: true})
    assert.equal(calls.length, 1)
  })

  it('runs two processes at a time for each CPU, and at least four', async () => {
    let running = 0
    let most = 0
    const run: RunGcloud = async () => {
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return {exitCode: 0, stdout: '1', stderr: ''}
    }
    const all = gcloud(run)
    const expected = Math.max(4, 2 * availableParallelism())
    await Promise.all(Array.from({length: 3 * expected}, () => all.change(['x'])))
    assert.equal(most, expected)
  })

  it('stops retrying after an abort', async () => {
    const stopping = new AbortController()
    const run: RunGcloud = async () => {
      stopping.abort(new Error('enough'))
      return BUSY
    }
    await assert.rejects(gcloud(run, stopping.signal).read({args: ['x'], name: ''}), {message: 'enough'})
  })

  it('does not retry after a timeout, which is shorter for a query than for a change', async () => {
    const timeouts: number[] = []
    const hanging: RunGcloud = async (_, __, timeout) => {
      timeouts.push(timeout)
      throw new Failure('gcloud did not end', {code: 'command-timeout', temporary: true})
    }
    await assert.rejects(gcloud(hanging).read({args: ['x'], name: ''}), {code: 'command-timeout'})
    const real = gcloud(hanging)
    await assert.rejects(
      real.again(() => real.change(['x'])),
      {code: 'command-timeout'},
    )
    assert.deepEqual(timeouts, [120_000, 2_100_000])
  })
})

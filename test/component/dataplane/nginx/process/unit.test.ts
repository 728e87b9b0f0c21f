import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {childrenOf, controlGroupsOf} from '../../../../../src/dataplane/nginx/process/processes.js'
import {moveToUnit} from '../../../../../src/dataplane/nginx/process/unit.js'
import {waitFor} from '../../../../support/wait.js'
import {FakeLog} from '../../../../unit/controller/fakes.js'

const UNIT = 'lbex-nginx.service'

describe('moveToUnit', () => {
  let master: ChildProcess
  let pid: number
  let log: FakeLog
  let calls: Array<readonly [unit: string, processes: readonly number[]]>

  /** A process with two children, which end when its standard input closes. */
  beforeEach(async () => {
    master = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & cat <&3 & wait'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    pid = master.pid as number
    log = new FakeLog()
    calls = []
    await waitFor(() => childrenOf(pid).length === 2, {what: 'the children'})
  })
  afterEach(async () => {
    const ended = once(master, 'exit')
    master.stdin?.end()
    await ended
  })

  const attach = async (unit: string, processes: readonly number[]): Promise<void> => {
    calls.push([unit, processes])
  }

  it('moves the master before its workers, so that those that it starts meanwhile are in the unit too', async () => {
    await moveToUnit(pid, {unit: UNIT, log, attach})
    assert.deepEqual(calls, [
      [UNIT, [pid]],
      [UNIT, childrenOf(pid)],
    ])
    assert.deepEqual(log.said, ['debug NGINX is in a unit of its own'])
  })

  it('moves nothing without a unit, or if NGINX is there already', async () => {
    await moveToUnit(pid, {log, attach})
    const own = controlGroupsOf(pid).at(-2) ?? ''
    await moveToUnit(pid, {unit: own, log, attach})
    assert.deepEqual([calls, log.lines], [[], []])
  })

  it('tries again if a worker has ended', async () => {
    let failures = 2
    const failing = async (unit: string, processes: readonly number[]): Promise<void> => {
      await attach(unit, processes)
      if (processes.length === 2 && failures-- > 0) throw new Error('Process not found')
    }
    await moveToUnit(pid, {unit: UNIT, log, attach: failing})
    assert.deepEqual([calls.length, log.said], [4, ['debug NGINX is in a unit of its own']])
  })

  it('only logs that systemd refuses', async () => {
    const refuse = (): Promise<void> => Promise.reject(new Error('Access denied'))
    await moveToUnit(pid, {unit: UNIT, log, attach: refuse})
    const [[level, message, fields] = []] = log.lines
    assert.deepEqual(
      [level, message, fields?.['unit'], fields?.['error']],
      ['warn', 'NGINX stays in the systemd unit of lbex', UNIT, 'Access denied'],
    )
  })

  it('asks systemd for a unit that does not exist: it refuses, or there is none', async () => {
    await moveToUnit(pid, {unit: 'lbex-test-no-such.service', log})
    assert.deepEqual(log.said, ['warn NGINX stays in the systemd unit of lbex'])
  })
})

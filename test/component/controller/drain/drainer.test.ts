import assert from 'node:assert/strict'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {readDrainMemory} from '../../../../src/controller/drain/drain-memory.js'
import {Drainer} from '../../../../src/controller/drain/drainer.js'
import type {EndedConnections, ServerAddress} from '../../../../src/dataplane/data-plane.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {drainedServices, type DrainedService} from '../../../support/drained-services.js'
import {RecordingLogger} from '../../../support/nginx-log.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {makeFolders, layoutOf} from '../../../../src/dataplane/nginx/store/layout.js'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {anOutcome} from '../../../unit/controller/metrics/samples.js'

const MINUTE = 60_000

describe('Drainer', () => {
  let folder: TemporaryFolder
  let clock: FakeClock
  let log: RecordingLogger
  let calls: {readonly at: number; readonly ports: readonly number[]}[]
  let results: (EndedConnections | Error)[]
  let ended: number[]
  const open: Drainer[] = []

  beforeEach(async () => {
    folder = await temporaryFolder()
    await makeFolders(layoutOf(folder.path))
    clock = new FakeClock()
    log = new RecordingLogger()
    calls = []
    results = []
    ended = []
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((drainer) => drainer.stop()))
    await folder.remove()
  })

  const nginx = {
    endConnections: async (servers: readonly ServerAddress[]): Promise<EndedConnections> => {
      calls.push({at: clock.monotonic(), ports: servers.map(({port}) => port)})
      const result = results.shift() ?? {found: 0, ended: 0}
      if (result instanceof Error) throw result
      return result
    },
  }

  async function start(): Promise<Drainer> {
    const onEnded = (connections: number): void => void ended.push(connections)
    const drainer = await Drainer.open({directory: folder.path, nginx, clock, log, onEnded})
    open.push(drainer)
    return drainer
  }

  function serve(drainer: Drainer, services: Readonly<Record<string, DrainedService>>): void {
    const outcome = anOutcome()
    const translation = {...outcome.translation, loadBalancer: drainedServices(services)}
    drainer.update({...outcome, translation})
  }

  /** Lets time pass until the calls of the data plane are these. */
  async function advanceTo(milliseconds: number): Promise<void> {
    await clock.advance(milliseconds - clock.monotonic())
  }

  const memory = () => readDrainMemory(join(folder.path, 'run/drain.json'), clock.now())

  it('ends all connections that are due with one call, and checks the servers again', async () => {
    const drainer = await start()
    serve(drainer, {web: {to: [1, 2, 3], timeout: MINUTE}})
    await advanceTo(1000)
    serve(drainer, {web: {to: [3], timeout: MINUTE}})
    results = [{found: 5, ended: 4}]
    await advanceTo(1000 + MINUTE - 1)
    assert.deepEqual(calls, [])
    await advanceTo(10 * MINUTE)
    assert.deepEqual(calls, [
      {at: 1000 + MINUTE, ports: [1, 2]},
      {at: 6000 + MINUTE, ports: [1, 2]},
    ])
    assert.deepEqual(ended, [4])
    assert.deepEqual(
      log.entries.filter(({level}) => level === 'info').map(({message, fields}) => [message, fields]),
      [
        [
          'connections ended after the drain timeout',
          {connections: 4, servers: ['127.0.0.1:1', '127.0.0.1:2']},
        ],
      ],
    )
  })

  it('waits for the next server that leaves', async () => {
    const drainer = await start()
    serve(drainer, {web: {to: [1, 2, 3], timeout: MINUTE}})
    serve(drainer, {web: {to: [2, 3], timeout: MINUTE}})
    await advanceTo(500)
    serve(drainer, {web: {to: [3], timeout: 10}})
    serve(drainer, {web: {to: [], timeout: 10}})
    await advanceTo(5 * MINUTE)
    assert.deepEqual(calls, [
      {at: 510, ports: [3]},
      {at: MINUTE, ports: [1]},
      {at: 500 + MINUTE, ports: [2]},
    ])
  })

  it('retries after a failure, which it logs once, and gives up in the end', async () => {
    const drainer = await start()
    serve(drainer, {web: {to: [1], timeout: MINUTE}})
    serve(drainer, {})
    results = Array.from({length: 5}, () => new Error('no permission'))
    await advanceTo(60 * MINUTE)
    assert.deepEqual(
      calls.map(({at}) => at / MINUTE),
      [1, 2, 3],
    )
    assert.deepEqual(
      log.entries.filter(({level}) => level === 'warn').map(({fields}) => fields?.['error']),
      ['no permission'],
    )
  })

  it('logs what to do, also if the kernel ends no connection', async () => {
    const drainer = await start()
    serve(drainer, {web: {to: [1], timeout: MINUTE}})
    serve(drainer, {})
    const failure = {code: 'drain-failed', hint: 'add CAP_SYS_PTRACE', temporary: true} as const
    results = [new Failure('no permission', failure), {found: 2, ended: 0}, {found: 2, ended: 0}]
    await advanceTo(60 * MINUTE)
    assert.deepEqual(
      log.entries.filter(({level}) => level === 'warn').map(({fields}) => fields),
      [
        {error: 'no permission', hint: 'add CAP_SYS_PTRACE'},
        {
          error: 'the kernel ended none of the connections',
          hint: 'lbex doctor tests whether lbex can end connections on this host',
        },
      ],
    )
  })

  it('continues what an earlier lbex began', async () => {
    const first = await start()
    serve(first, {web: {to: [1, 2], timeout: MINUTE}})
    serve(first, {web: {to: [2], timeout: MINUTE}})
    await clock.advance(1000)
    await first.stop()
    assert.equal((await memory())?.leaving.length, 1)
    await clock.advance(9000)
    const second = await start()
    serve(second, {web: {to: [3], timeout: MINUTE}})
    await advanceTo(5 * MINUTE)
    assert.deepEqual(calls, [
      {at: MINUTE, ports: [1]},
      {at: 10_000 + MINUTE, ports: [2]},
    ])
  })

  it('does nothing, and writes no file, without a drain timeout, and after its end', async () => {
    const drainer = await start()
    serve(drainer, {web: {to: [1, 2]}})
    serve(drainer, {web: {to: [2]}})
    await drainer.stop()
    assert.equal(await memory(), undefined)
    serve(drainer, {web: {to: [1], timeout: MINUTE}})
    serve(drainer, {})
    await advanceTo(5 * MINUTE)
    assert.deepEqual(calls, [])
  })

  it('warns once if the file cannot be written', async () => {
    const drainer = await start()
    await rm(join(folder.path, 'run'), {recursive: true})
    serve(drainer, {web: {to: [1], timeout: MINUTE}})
    await drainer.stop()
    assert.deepEqual(
      log.entries.map(({message}) => message),
      ['the drain timeouts cannot be saved'],
    )
  })
})

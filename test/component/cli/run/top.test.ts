/** `lbex top` with the socket of an lbex. */
import assert from 'node:assert/strict'
import {parseFlags} from '../../../../src/cli/parse-flags.js'
import {top, type TopOptions} from '../../../../src/cli/run/top.js'
import TopCommand from '../../../../src/commands/top.js'
import type {TopFlags} from '../../../../src/cli/flags/top.js'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import {openStateSocket, type StateSocket} from '../../../../src/observe/state/state-socket.js'
import type {CommandReport} from '../../../../src/report/report.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {A_DEBUG_STATE} from '../../../support/ui-states.js'

function stateOf(traffic: Pick<LbexState, 'traffic'>): LbexState {
  const summary = {read: 2, selected: 2, served: 2, partial: 0, notServed: 0, errors: 0, warnings: 0}
  const services = ['auth', 'shop'].map((namespace): LbexState['services'][number] => ({
    ...{namespace, name: 'web', state: 'served', listeners: [], diagnostics: []},
    labels: {app: namespace},
    traffic: [{port: 443, protocol: 'TCP', connections: 3, connectionsPerSecond: 1.5}],
  }))
  return {version: 1, at: '2026-01-02T03:04:05.000Z', ...traffic, summary, services, diagnostics: []}
}

describe('lbex top', () => {
  let folder: TemporaryFolder
  let socket: StateSocket | undefined

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    await socket?.close()
    socket = undefined
    await folder.remove()
  })

  const serve = async (traffic: Pick<LbexState, 'traffic'>) => {
    const explain = () => ({problem: 'not asked'})
    socket = await openStateSocket(folder.path, {
      ...{state: () => stateOf(traffic), explain, debug: () => A_DEBUG_STATE},
    })
  }
  const reports = async function* (argv: string[], options: Partial<TopOptions> = {}) {
    const flags = (await parseFlags(
      TopCommand.flags,
      ['--nginx-dir', folder.path, ...argv],
      {},
    )) as unknown as TopFlags
    const stopping = new AbortController().signal
    yield* top(flags, ['LBEX_X is not known'], {terminal: undefined, stopping, ...options})
  }
  const all = async (...args: Parameters<typeof reports>) => {
    const seen: CommandReport[] = []
    for await (const report of reports(...args)) seen.push(report)
    return seen
  }

  it('prints one table if standard output is not a terminal', async () => {
    await serve({traffic: {samplingRatio: 1}})
    const [report, ...others] = await all(['-n', 'shop'])
    assert.deepEqual(others, [])
    assert.match(report!.output, /^NAMESPACE .*\nshop +web +443\/TCP +1\.5 +3 +- +-\n$/)
    assert.deepEqual([report!.notes, report!.clears], ['warning: LBEX_X is not known\n', false])
  })

  it('selects Services by their labels', async () => {
    await serve({traffic: {samplingRatio: 1}})
    const [report] = await all(['-l', 'app notin (shop)'])
    assert.match(report!.output, /^NAMESPACE .*\nauth [^\n]*\n$/)
  })

  it('prints the table again on a terminal until it is stopped', async () => {
    await serve({traffic: {samplingRatio: 1}})
    const ending = new AbortController()
    const seen: CommandReport[] = []
    for await (const report of reports([], {terminal: {rows: 24, columns: 80}, stopping: ending.signal})) {
      seen.push(report)
      if (seen.length === 2) ending.abort()
    }
    assert.deepEqual(
      seen.map(({clears}) => clears),
      [true, true],
    )
    assert.match(seen[1]!.output, /^auth .*\nshop /m)
  })

  it('prints once on a terminal with --once, and with -o json', async () => {
    await serve({traffic: {samplingRatio: 1}})
    const terminal = {rows: 24, columns: 80}
    const [table] = await all(['--once'], {terminal})
    assert.equal(table!.clears, false)
    const [json, ...others] = await all(['-o', 'json', '--sort-by', 'name'], {terminal})
    assert.deepEqual(others, [])
    assert.equal((JSON.parse(json!.output) as {ports: object[]}).ports.length, 2)
  })

  it('says what to do if the traffic is not counted, or no lbex runs', async () => {
    await assert.rejects(all([]), {code: 'lbex-not-running', hint: /^start it with lbex run, |--nginx-dir/})
    await serve({})
    await assert.rejects(all([]), {code: 'traffic-not-counted', hint: /^add --traffic-metrics to the flags /})
  })
})

/** `lbex status` and `lbex explain` with an lbex that runs in this process, and with files. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import Ajv from 'ajv'
import {explain, type ExplainCommandFlags} from '../../../../src/cli/run/explain.js'
import {RunState} from '../../../../src/cli/run/run-state.js'
import {serve, type ServeFlags} from '../../../../src/cli/run/serve.js'
import {status, type StatusCommandFlags} from '../../../../src/cli/run/status.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'
import ExplainCommand from '../../../../src/commands/explain.js'
import StatusCommand from '../../../../src/commands/status.js'
import type {WrittenTranslation} from '../../../../src/controller/reconcile.js'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import type {TrafficNow} from '../../../../src/core/state/traffic-state.js'
import type {CommandReport} from '../../../../src/report/report.js'
import {ChangeHistory} from '../../../../src/observe/change-history.js'
import {stateSocketIn} from '../../../../src/observe/state/state-socket.js'
import {systemClock} from '../../../../src/util/clock.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {createPipeline, translateWith} from '../../../support/translate.js'
import {waitFor} from '../../../support/wait.js'
import {BARE} from '../../../commands/manifests.js'
import {FakeLog, FakeNginx, FakeSource, loggersOf} from '../../../unit/controller/fakes.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

const web = aService('web')
  .labelled({app: 'shop'})
  .port('http', 80, {listen: 8080})
  .annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8000).endpoints(anEndpoint('10.1.0.7'))

const countedTraffic: TrafficNow = {
  samplingRatio: 1,
  services: new Map([
    [
      'default/web',
      [
        {
          ...{port: 8080, protocol: 'TCP', connections: 3, connectionsPerSecond: 0.5},
          ...{receivedPerSecond: 10, sentPerSecond: 20},
        },
      ],
    ],
  ]),
}

describe('lbex status', () => {
  let folder: TemporaryFolder
  let source: FakeSource
  let log: FakeLog
  let stop: AbortController
  let running: Promise<number> | undefined

  beforeEach(async () => {
    folder = await temporaryFolder()
    source = new FakeSource()
    log = new FakeLog()
    stop = new AbortController()
    traffic = undefined
  })
  afterEach(async () => {
    stop.abort()
    await running
    running = undefined
    await folder.remove()
  })

  let traffic: TrafficNow | undefined

  /** Serves `parts` in this process until the end of the test. */
  const serveParts = async (...parts: Parameters<typeof aSnapshot>[0]) => {
    const pipeline = createPipeline(options())
    let snapshot = aSnapshot(parts)
    const read = source.read.bind(source)
    source.read = async () => ({...(await read()), snapshot, locate: (diagnostics) => [...diagnostics]})
    const translate = (): WrittenTranslation => translateWith(pipeline, snapshot)
    const shared = {clock: systemClock, log, traffic: async () => traffic, history: new ChangeHistory()}
    const state = new RunState({directory: folder.path, version: '2.0.0', options: options(), ...shared})
    running = serve(
      {source, translate, nginx: new FakeNginx(), logs: loggersOf(log), clock: systemClock, state},
      await flagsOf<ServeFlags>('--no-health-check', '--on-stop=leave'),
      stop.signal,
    )
    await waitFor(async () => (await stateNow())?.lbex?.phase === 'serving', {what: 'the first reconcile'})
    return (...next: Parameters<typeof aSnapshot>[0]) => {
      snapshot = aSnapshot(next)
      source.change()
    }
  }
  const flagsFor = async (...argv: string[]) =>
    (await parseFlags(StatusCommand.flags, ['--nginx-dir', folder.path, ...argv], {})) as StatusCommandFlags
  const reports = async (argv: string[], {words = [] as string[], asks = true} = {}) => {
    const all: CommandReport[] = []
    const ending = {asks, stopping: new AbortController().signal}
    for await (const report of status(await flagsFor(...argv), words, [], ending)) all.push(report)
    return all
  }
  const one = async (...argv: string[]) => (await reports(argv))[0]!
  const stateNow = async () =>
    one('-o', 'json').then(
      ({output}) => JSON.parse(output) as LbexState,
      () => undefined,
    )

  it('shows what a running lbex serves', async () => {
    const change = await serveParts(web, slice, aService('other').notOurs())
    const {output, notes, exitCode} = await one()
    assert.match(output, /^default +web +0\.0\.0\.0:8080\/TCP +1\/1 +served$/m)
    assert.match(notes, /^lbex 2\.0\.0 \(process \d+\): 2 Services, 1 asks for lbex, 1 served\n$/)
    assert.equal(exitCode, 0)
    assert.match((await one('-o', 'yaml')).output, /^ {2}phase: serving$/m)
    assert.equal((await one('-n', 'other')).output, '')
    assert.equal((await one('--exclude-namespace', 'default')).output, '')
    const labelled = async (app: string) => (await one('-l', `app=${app}`)).output
    assert.match(await labelled('shop'), /^default +web /m)
    change(web.labelled({app: 'books'}), slice)
    await waitFor(async () => (await labelled('books')) !== '', {what: 'the new labels'})
    assert.equal(await labelled('shop'), '')
  })

  it('shows the traffic if it is counted', async () => {
    await serveParts(web, slice)
    assert.match((await one()).output, /^NAMESPACE +NAME +LISTEN +SERVERS +STATE /)
    traffic = countedTraffic
    const {output} = await one()
    assert.match(output, /^NAMESPACE +NAME +LISTEN +SERVERS +CONNECTIONS +RATE +STATE /)
    assert.match(output, /^default +web +0\.0\.0\.0:8080\/TCP +1\/1 +3 +0\.5\/s +served$/m)
  })

  it('is described by its schema', async () => {
    traffic = countedTraffic
    await serveParts(web, slice, aService('web2').port('http', 80, {listen: 8080}), aService('x').notOurs())
    const schema = JSON.parse(
      readFileSync(new URL('../../../../schemas/state.schema.json', import.meta.url), 'utf8'),
    ) as object
    const validate = new Ajv().compile(complete(schema))
    const state = await stateNow()
    assert.ok(validate(state), JSON.stringify(validate.errors))
    assert.equal(state?.services[0]?.listeners[0]?.state, 'served')
    assert.ok(state.services[0].listeners[0].since)
    assert.equal(state.services[0].traffic?.[0]?.connections, 3)
  })

  it('suggests the name of a Service', async () => {
    await serveParts(web, slice)
    assert.match((await reports([], {words: ['default/web']}))[0]!.output, /^default +web /m)
    await assert.rejects(reports([], {words: ['wep']}), {
      name: 'UsageError',
      message: 'lbex does not serve it: there is no Service called wep; did you mean web?',
    })
  })

  it('prints each line again when it changes', async () => {
    const change = await serveParts(web, slice)
    const ending = new AbortController()
    const lines: string[] = []
    const watching = (async () => {
      for await (const {output} of status(await flagsFor('-w'), [], [], {
        asks: true,
        stopping: ending.signal,
      }))
        lines.push(output)
    })()
    await waitFor(() => lines.length === 1, {what: 'the table'})
    change(web.listening({http: 8081}), slice)
    await waitFor(() => lines.join('').includes('8081'), {what: 'the new listener'})
    ending.abort()
    await watching
    assert.match(lines[0]!, /^NAMESPACE/)
    assert.match(lines.join(''), /0\.0\.0\.0:8080\/TCP +1\/1 +gone$/m)
  })

  it('refuses --watch for what is printed once', async () => {
    await assert.rejects(reports(['-w', '-o', 'json']), {name: 'UsageError'})
    await assert.rejects(reports(['-w', '-f', 'a'], {asks: false}), {name: 'UsageError'})
  })

  it('shows what an lbex would serve from files', async () => {
    const file = join(folder.path, 'ntp.yaml')
    await writeFile(file, BARE)
    const [report] = await reports(['-f', file], {asks: false})
    assert.match(
      report!.output,
      /^default +ntp +0\.0\.0\.0:8123\/UDP +\? +served +known only in a cluster: /m,
    )
    assert.match(report!.notes, /^as lbex would serve: 1 Service, 1 asks for lbex, 1 served\n$/)
  })

  it('logs why it cannot be asked, and serves', async () => {
    await writeFile(join(folder.path, 'api'), 'not a folder')
    running = serve(
      {
        ...{source, translate: () => translateWith(createPipeline(options()), aSnapshot([]))},
        ...{nginx: new FakeNginx(), logs: loggersOf(log), clock: systemClock},
        state: new RunState({
          ...{directory: folder.path, version: '2.0.0', options: options(), clock: systemClock, log},
          history: new ChangeHistory(),
        }),
      },
      await flagsOf<ServeFlags>('--no-health-check', '--on-stop=leave'),
      stop.signal,
    )
    await waitFor(() => log.said.includes('info configuration applied'), {what: 'the first reconcile'})
    assert.ok(log.said.includes('warn lbex status cannot ask this lbex'))
  })

  describe('lbex explain', () => {
    const explainOf = async (words: string[], ...argv: string[]) =>
      explain(
        (await parseFlags(
          ExplainCommand.flags,
          ['--nginx-dir', folder.path, ...argv],
          {},
        )) as ExplainCommandFlags,
        words,
        [],
        {asks: true},
      )

    it('asks the running lbex', async () => {
      await serveParts(web, slice)
      const {output, notes} = await explainOf(['web'], '-n', 'default')
      assert.match(output, /^ {2}asked +lbex 2\.0\.0 \(process \d+\), running since /m)
      assert.match(output, /served on 0\.0\.0\.0:8080\/TCP since \S+ by 1 server: 10\.1\.0\.7:8000$/m)
      assert.equal(notes, '')
      await assert.rejects(explainOf(['wep']), {name: 'UsageError', message: /did you mean web\?$/})
    })

    it('reads the source that variables name if no lbex runs, and says so', async () => {
      const file = join(folder.path, 'ntp.yaml')
      await writeFile(file, BARE)
      const {output, notes} = await explainOf(['ntp'], '-f', file)
      assert.match(output, /^Service default\/ntp: 1 of 1 port served\n/)
      assert.match(notes, /^warning: no lbex run serves from .*: this is what it would serve\n$/)
    })

    it('says that no lbex runs if the source cannot be read either', async () => {
      const file = join(folder.path, 'missing.yaml')
      await assert.rejects(explainOf(['ntp'], '-f', file), {
        name: 'Failure',
        message: /^no lbex run serves from .*, and without one: .*missing\.yaml/,
        hint: /^start lbex run, or name its folder with --nginx-dir/,
      })
    })
  })

  it('leaves no socket behind', async () => {
    await serveParts(web, slice)
    stop.abort()
    await running
    await assert.rejects(one(), {code: 'lbex-not-running'})
    assert.match(stateSocketIn(folder.path), /api\/lbex\.sock$/)
  })
})

/** The schema with all fields known, so that the test finds a field that it does not describe. */
function complete(schema: object): object {
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => [key, completeValue(value)])
  const isObject = (schema as {type?: string}).type === 'object'
  return {...(isObject && {additionalProperties: false}), ...Object.fromEntries(entries)}
}

function completeValue(value: unknown): unknown {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? complete(value) : value
}

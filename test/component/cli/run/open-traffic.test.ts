import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  openTraffic,
  refuseTrafficContradictions,
  type ObservedTraffic,
  type TrafficRunFlags,
} from '../../../../src/cli/run/open-traffic.js'
import {openLogKey} from '../../../../src/dataplane/nginx/store/log-key.js'
import {systemClock} from '../../../../src/util/clock.js'
import {RecordingLogger} from '../../../support/nginx-log.js'
import {freePort} from '../../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {waitFor} from '../../../support/wait.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'
import {aLine} from '../../../unit/observe/traffic/lines.js'

const parsed = (...argv: string[]) => flagsOf<TrafficRunFlags>(...argv)

describe('openTraffic', () => {
  let folder: TemporaryFolder
  let port: number
  let log: RecordingLogger

  beforeEach(async () => {
    folder = await temporaryFolder()
    port = await freePort()
    log = new RecordingLogger()
  })
  afterEach(() => folder.remove())

  const open = async (...argv: string[]): Promise<ObservedTraffic | undefined> => {
    const flags = await parsed(`--traffic-port=${port}`, ...argv)
    return openTraffic(flags, {directory: folder.path, clock: systemClock, log})
  }
  const send = async (): Promise<void> => {
    const sender = createSocket('udp4')
    const line = aLine({key: await openLogKey(folder.path)})
    await new Promise((resolve) => sender.send(line, port, '127.0.0.1', resolve))
    sender.close()
  }

  it('opens nothing by default', async () => {
    assert.equal(await open(), undefined)
  })

  it('counts what NGINX sends', async () => {
    const traffic = await open('--traffic-metrics')
    traffic?.update({services: [], shared: []})
    await send()
    const page = async () => ((await traffic?.page()) ?? []).join('')
    await waitFor(async () => (await page()).includes('lbex_access_log_lines_total{result="read"} 1\n'), {
      what: 'the line to be counted',
    })
    await traffic?.close()
  })

  it('knows the traffic now', async () => {
    const traffic = await open('--traffic-metrics')
    assert.deepEqual(await traffic?.now(), {samplingRatio: 1, services: new Map()})
    await traffic?.close()
  })

  it('writes the access log to a file, and has no metrics then', async () => {
    const path = join(folder.path, 'access.log')
    const traffic = await open('--access-log=text', `--access-log-file=${path}`)
    await send()
    const text = await waitFor(async () => (await readFile(path, 'utf8')) || undefined, {what: 'the line'})
    assert.match(text, /^\S+ TCP 192\.0\.2\.7:50842 -> 127\.0\.0\.1:8080 server=\S+ .* ended=closed\n$/)
    assert.deepEqual(await traffic?.page(), [])
    assert.equal(await traffic?.now(), undefined)
    await traffic?.close()
    await assert.rejects(open('--access-log=text', `--access-log-file=${path}/x`), {code: 'access-log-file'})
  })

  it('logs once that the file cannot be written', async () => {
    const traffic = await open('--access-log=json', '--access-log-file=/dev/full')
    await send()
    await waitFor(() => log.entries.length > 0, {what: 'the warning'})
    assert.deepEqual(
      log.entries.map(({level, message}) => `${level} ${message}`),
      ['warn the access log cannot be written, retrying'],
    )
    await traffic?.close()
  })

  it('closes the access log if the port is in use', async () => {
    const first = await open('--traffic-metrics')
    const path = join(folder.path, 'access.log')
    await assert.rejects(open('--access-log=text', `--access-log-file=${path}`), {code: 'traffic-port'})
    await first?.close()
  })
})

describe('refuseTrafficContradictions', () => {
  const refusal = async (...argv: string[]): Promise<string | undefined> => {
    const flags = await parsed(...argv)
    try {
      refuseTrafficContradictions(flags)
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  it('accepts what fits together', async () => {
    assert.equal(await refusal(), undefined)
    assert.equal(await refusal('--once'), undefined)
    assert.equal(await refusal('--traffic-metrics', '--metrics-per-server'), undefined)
    assert.equal(await refusal('--access-log=json', '--log-format=json'), undefined)
    assert.equal(await refusal('--access-log=text', '--log-format=json', '--access-log-file=a'), undefined)
  })

  it('names the flags that do not', async () => {
    const refused = await Promise.all([
      refusal('--once', '--traffic-metrics'),
      refusal('--once', '--access-log=json', '--log-format=json'),
      refusal('--traffic-metrics', '--health-check=false'),
      refusal('--metrics-per-server'),
      refusal('--access-log-file=a'),
      refusal('--access-log=text', '--log-format=json'),
    ])
    assert.deepEqual(refused, [
      '--traffic-metrics needs an lbex that keeps running, and --once exits',
      '--access-log needs an lbex that keeps running, and --once exits',
      '--traffic-metrics needs the health server, which serves /metrics',
      '--metrics-per-server needs --traffic-metrics',
      '--access-log-file needs --access-log',
      'the log on standard error is json, and --access-log=text would write another format to it',
    ])
  })
})

import assert from 'node:assert/strict'
import {readFile, stat} from 'node:fs/promises'
import {boundingFiles} from '../../../src/dataplane/nginx/host/host-limits.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {askTcp} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'

describe('NGINX’s error log', () => {
  let fixture: NginxFixture
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    ports = await freePorts(3)
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number
  /** No process listens on the last port. */
  const broken = (name: string): ReturnType<typeof serviceFile> =>
    serviceFile(name, {port: port(0), to: [port(2)]})

  async function logErrors(nginx: DataPlane, times: number): Promise<void> {
    for (let time = 0; time < times; time++)
      await assert.rejects(askTcp({port: port(0)}), /closed without an answer/)
    await waitFor(() => fixture.log.messages('warn').length > 0, {what: 'a line in the log'})
    assert.equal(nginx.status().serving, true)
  }

  it('is logged at its levels', async () => {
    const nginx = await fixture.open()
    await fixture.apply(nginx, broken('a'))
    await logErrors(nginx, 1)
    const [entry] = fixture.log.entries.filter(({level}) => level === 'warn')
    assert.equal(entry?.message, 'NGINX logged')
    assert.equal(entry?.fields.nginxLevel, 'error')
    assert.match(String(entry?.fields.text), /connect\(\) failed \(111: .*\) while connecting to upstream/)
    const notices = fixture.log.entries.filter(
      ({level, message}) => level === 'debug' && message === 'NGINX logged',
    )
    assert.ok(notices.some(({fields}) => String(fields.line).includes('start worker process')))
  })

  it('lines above the limit are counted, not logged', async () => {
    const nginx = await fixture.open({logLinesPerSecond: 2})
    await fixture.apply(nginx, broken('a'))
    await logErrors(nginx, 20)
    const left = await waitFor(
      () => fixture.log.entries.find(({message}) => message === 'NGINX log lines were dropped'),
      {what: 'the count of the lines that were left out'},
    )
    assert.ok(Number(left.fields.count) > 0)
  })

  it('stops growing if no lbex rotates it, and NGINX still serves', async function () {
    const limit = 16_384
    const bounded = (await boundingFiles(limit)).length > 0
    skipBecause(this, bounded ? undefined : 'this host has no env --ignore-signal')
    const first = await fixture.open({logEndAt: limit})
    await fixture.apply(first, broken('a'), serviceFile('b', {port: port(1)}))
    await logErrors(first, 1)
    await fixture.leave(first)
    const size = async (): Promise<number> => (await stat(fixture.layout.errorLog)).size
    const fill = async (): Promise<boolean> => {
      await assert.rejects(askTcp({port: port(0)}), /closed without an answer/)
      return (await size()) >= limit
    }
    await waitFor(fill, {what: 'the log to be full', every: 1, deadline: 30_000})
    for (let time = 0; time < 5; time++) await fill()
    assert.deepEqual([await size(), await askTcp({port: port(1)})], [limit, 'b'])
    const next = await fixture.open({logEndAt: limit, logRotateAt: limit})
    await waitFor(async () => (await size()) < limit, {what: 'the next lbex to rotate the log'})
    await logErrors(next, 1)
  }).timeout(INTEGRATION_TIMEOUT)

  it('lines that an earlier lbex logged are not logged again', async () => {
    const first = await fixture.open()
    await fixture.apply(first, broken('a'))
    await logErrors(first, 1)
    await fixture.leave(first)
    const before = fixture.log.messages('warn').length
    const next = await fixture.open()
    await fixture.apply(next, broken('a'), serviceFile('b', {port: port(1)}))
    assert.equal(fixture.log.messages('warn').length, before)
  })

  it('is rotated when it is large, and the new file is followed', async () => {
    const {errorLog} = fixture.layout
    const nginx = await fixture.open({logRotateAt: 1200})
    await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    await fixture.apply(nginx, broken('a'))
    await waitFor(() => stat(`${errorLog}.1`).catch(() => undefined), {what: 'the rotated file'})
    await waitFor(() => stat(errorLog).catch(() => undefined), {what: 'the new file'})
    assert.match(await readFile(`${errorLog}.1`, 'utf8'), /start worker process/)
    await logErrors(nginx, 1)
    const applied = await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    assert.equal(applied.reloads, 1)
    const refused = await fixture.apply(nginx, serviceFile('b', {port: port(1), extra: 'nonsense;'}))
    assert.equal(refused.quarantined.length, 1)
  })
})

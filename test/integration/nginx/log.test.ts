import assert from 'node:assert/strict'
import {readFile, stat} from 'node:fs/promises'
import type {NginxEdge} from '../../../src/nginx/nginx-edge.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {askTcp} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('NGINX’s error log', () => {
  let fixture: NginxFixture
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    ports = await freePorts(3)
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number
  /** Nothing listens on the last port. */
  const broken = (name: string): ReturnType<typeof serviceFile> =>
    serviceFile(name, {port: port(0), to: [port(2)]})

  async function complain(nginx: NginxEdge, times: number): Promise<void> {
    for (let time = 0; time < times; time++)
      await assert.rejects(askTcp({port: port(0)}), /closed without an answer/)
    await waitFor(() => fixture.log.messages('warn').length > 0, {what: 'a line in the log'})
    assert.equal(nginx.status().serving, true)
  }

  it('is passed on at its levels', async () => {
    const nginx = await fixture.open()
    await fixture.apply(nginx, broken('a'))
    await complain(nginx, 1)
    const [entry] = fixture.log.entries.filter(({level}) => level === 'warn')
    assert.equal(entry?.message, 'NGINX says')
    assert.equal(entry?.fields.nginxLevel, 'error')
    assert.match(String(entry?.fields.text), /connect\(\) failed \(111: .*\) while connecting to upstream/)
    const notices = fixture.log.entries.filter(
      ({level, message}) => level === 'debug' && message === 'NGINX says',
    )
    assert.ok(notices.some(({fields}) => String(fields.line).includes('start worker process')))
  })

  it('a flood of lines is counted, not passed on', async () => {
    const nginx = await fixture.open({logLinesPerSecond: 2})
    await fixture.apply(nginx, broken('a'))
    await complain(nginx, 20)
    const left = await waitFor(
      () => fixture.log.entries.find(({message}) => message === 'lines of NGINX were left out'),
      {what: 'the count of the lines that were left out'},
    )
    assert.ok(Number(left.fields.count) > 0)
  })

  it('what an earlier lbex saw is not told again', async () => {
    const first = await fixture.open()
    await fixture.apply(first, broken('a'))
    await complain(first, 1)
    await fixture.leave(first)
    const before = fixture.log.messages('warn').length
    const next = await fixture.open()
    await fixture.apply(next, broken('a'), serviceFile('b', {port: port(1)}))
    assert.equal(fixture.log.messages('warn').length, before)
  })

  it('is rotated when it is large, and followed on in the new file', async () => {
    const {errorLog} = fixture.layout
    const nginx = await fixture.open({logRotateAt: 1200})
    await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    await fixture.apply(nginx, broken('a'))
    await waitFor(() => stat(`${errorLog}.1`).catch(() => undefined), {what: 'the rotated file'})
    await waitFor(() => stat(errorLog).catch(() => undefined), {what: 'the new file'})
    assert.match(await readFile(`${errorLog}.1`, 'utf8'), /start worker process/)
    await complain(nginx, 1)
    const applied = await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    assert.equal(applied.reloads, 1)
    const refused = await fixture.apply(nginx, serviceFile('b', {port: port(1), extra: 'nonsense;'}))
    assert.equal(refused.quarantined.length, 1)
  })
})

import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  openUi,
  refuseUiContradictions,
  type OpenedUi,
  type UiRunFlags,
} from '../../../../src/cli/run/open-ui.js'
import {systemClock} from '../../../../src/util/clock.js'
import {freePort} from '../../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {A_DEBUG_STATE, aState, FEW} from '../../../support/ui-states.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

const view = {
  state: () => aState(FEW),
  explain: () => ({problem: 'there is none'}),
  debug: () => A_DEBUG_STATE,
  version: () => '',
}

const FIRST = '0123456789abcdef'
const SECOND = 'fedcba9876543210'
const NEEDS_TOKEN =
  'needs --ui-token-file for --ui: without a token, only clients that connect to 127.0.0.1 or ::1 see the status page'

describe('the status page of lbex run', () => {
  let folder: TemporaryFolder
  let log: FakeLog
  let opened: OpenedUi | undefined

  beforeEach(async () => {
    folder = await temporaryFolder()
    log = new FakeLog()
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
    await folder.remove()
  })

  const open = async (...argv: string[]) => {
    const flags = await flagsOf<UiRunFlags>(...argv)
    refuseUiContradictions(flags)
    opened = await openUi(flags, {view, clock: systemClock, log})
    return opened
  }

  it('is off by default', async () => {
    assert.equal(await open(), undefined)
  })

  it('refuses flags that contradict each other', async () => {
    const cases = [
      [['--ui-address=127.0.0.1:80'], '--ui-address needs --ui'],
      [['--ui-token-file=x'], '--ui-token-file needs --ui'],
      [['--ui', '--once'], '--ui needs an lbex that keeps running, and --once exits'],
      [['--ui', '--health-check=false'], '--ui needs the health server, or an address of its own'],
      [['--ui', '--ui-address=192.0.2.7:80'], `--ui-address 192.0.2.7 ${NEEDS_TOKEN}`],
      [['--ui', '--health-address=192.0.2.7'], `--health-address 192.0.2.7 ${NEEDS_TOKEN}`],
    ] as const
    for (const [argv, message] of cases) await assert.rejects(open(...argv), {name: 'UsageError', message})
  })

  it('accepts an address that clients can use, with a token or without', async () => {
    for (const argv of [
      ['--ui-address=127.0.0.1:80', '--health-address=192.0.2.7'],
      ['--ui-address=[::]:80'],
      ['--health-address=::1'],
      ['--ui-address=192.0.2.7:80', '--ui-token-file=x'],
    ])
      refuseUiContradictions(await flagsOf<UiRunFlags>('--ui', ...argv))
  })

  it('is served by the health server', async () => {
    const ui = await open('--ui')
    const request = {method: 'GET', headers: new Map([['host', 'localhost']]), isLoopback: true}
    assert.equal((await ui?.pages?.({...request, target: '/ui'}))?.status, 200)
    assert.equal(ui?.pages?.({...request, target: '/'}), undefined)
    assert.deepEqual(log.said, ['info serving the status page at /ui'])
  })

  it('is served on an address of its own, with a token that may change', async () => {
    const file = join(folder.path, 'token')
    await writeFile(file, `${FIRST}\n`)
    const port = await freePort()
    const ui = await open(
      '--ui',
      '--health-check=false',
      `--ui-address=127.0.0.1:${port}`,
      `--ui-token-file=${file}`,
    )
    assert.equal(ui?.pages, undefined)
    const ask = async (token: string, path = '/ui') => {
      const headers = {Authorization: `Bearer ${token}`}
      return (await fetch(`http://127.0.0.1:${port}${path}`, {headers})).status
    }
    assert.deepEqual([await ask(FIRST), await ask(FIRST, '/metrics')], [200, 404])
    await writeFile(file, SECOND)
    assert.deepEqual([await ask(FIRST), await ask(SECOND)], [401, 200])
    await rm(file)
    assert.equal(await ask(SECOND), 503)
    const again = openUi(await flagsOf<UiRunFlags>('--ui', `--ui-address=127.0.0.1:${port}`), {
      ...{view, clock: systemClock, log},
    })
    await assert.rejects(again, {
      code: 'ui-address',
      message: `cannot serve the status page on 127.0.0.1:${port}: the port is in use`,
    })
  })

  it('does not start without a token that can be read', async () => {
    const file = join(folder.path, 'token')
    await assert.rejects(open('--ui', `--ui-token-file=${file}`), {code: 'ui-token', message: /ENOENT/})
    await writeFile(file, ' \n')
    await assert.rejects(open('--ui', `--ui-token-file=${file}`), {
      code: 'ui-token',
      message: `cannot read the token of the status page from ${file}: it must contain one word of ASCII characters`,
    })
    await writeFile(file, FIRST.slice(1))
    await assert.rejects(open('--ui', `--ui-token-file=${file}`), {
      code: 'ui-token',
      message: `cannot read the token of the status page from ${file}: it must have at least 16 characters`,
    })
  })
})

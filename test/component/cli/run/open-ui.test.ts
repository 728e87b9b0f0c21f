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
import {aState, FEW} from '../../../support/ui-states.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

const view = {
  state: () => aState(FEW),
  explain: () => ({problem: 'there is none'}),
  version: () => '',
}

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
    ] as const
    for (const [argv, message] of cases) await assert.rejects(open(...argv), {name: 'UsageError', message})
  })

  it('is served by the health server', async () => {
    const ui = await open('--ui')
    const request = {method: 'GET', headers: new Map([['host', 'localhost']]), isLocal: true}
    assert.equal((await ui?.pages?.({...request, target: '/ui'}))?.status, 200)
    assert.equal(ui?.pages?.({...request, target: '/'}), undefined)
    assert.deepEqual(log.said, ['info serving the status page at /ui'])
  })

  it('is served on an address of its own, with a token that may change', async () => {
    const file = join(folder.path, 'token')
    await writeFile(file, 'first\n')
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
    assert.deepEqual([await ask('first'), await ask('first', '/metrics')], [200, 404])
    await writeFile(file, 'second')
    assert.deepEqual([await ask('first'), await ask('second')], [401, 200])
    await rm(file)
    assert.equal(await ask('second'), 503)
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
  })
})

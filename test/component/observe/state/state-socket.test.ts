import assert from 'node:assert/strict'
import {chmod, mkdir, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {askDebugState, askExplained, askMetrics, askState} from '../../../../src/cli/run/ask-lbex.js'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import type {StateAnswers} from '../../../../src/observe/state/state-api.js'
import {openStateSocket, stateSocketIn, type StateSocket} from '../../../../src/observe/state/state-socket.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {A_DEBUG_STATE} from '../../../support/ui-states.js'

const services = Array.from({length: 1100}, (_, index) => ({
  ...{namespace: 'shop', name: `web-${String(index).padStart(4, '0')}`, state: 'served'},
  ...{listeners: [], diagnostics: []},
})) as LbexState['services']
const summary = {read: 0, selected: 0, served: 0, partial: 0, notServed: 0, errors: 0, warnings: 0}
const STATE: LbexState = {version: 1, at: '', summary, services, diagnostics: []}

const VIEW: StateAnswers = {
  state: () => STATE,
  explain: (name) => (name === 'shop/web' ? {value: {version: 1, name}} : {problem: `there is no ${name}`}),
  debug: () => A_DEBUG_STATE,
}

describe('the state socket', () => {
  let folder: TemporaryFolder
  const open: StateSocket[] = []
  const openWith = async (view: StateAnswers = VIEW) => {
    const socket = await openStateSocket(folder.path, view)
    open.push(socket)
    return socket
  }

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    for (const socket of open.splice(0)) await socket.close()
    await folder.remove()
  })

  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  const isAbsent = (path: string) =>
    stat(path).then(
      () => false,
      () => true,
    )

  it('answers with all pages of the state, and explains a Service', async () => {
    await openWith()
    assert.deepEqual(await askState(folder.path), STATE)
    assert.deepEqual(
      await askState(folder.path, {names: ['web-0002', 'shop/web-1000'], namespaces: ['shop']}),
      {
        ...STATE,
        services: [services[2], services[1000]],
      },
    )
    const names = services.map(({name}) => name)
    assert.equal((await askState(folder.path, {names})).services.length, 1100)
    assert.deepEqual(await askExplained(folder.path, 'shop/web'), {version: 1, name: 'shop/web'})
    await assert.rejects(askExplained(folder.path, 'shop/x'), {
      name: 'UsageError',
      message: 'there is no shop/x',
    })
  })

  it('answers with the debug state and the metrics', async () => {
    const {close} = await openWith({
      ...VIEW,
      metrics: async () => ({type: 'text/plain', text: 'lbex_up 1\n'}),
    })
    assert.deepEqual(await askDebugState(folder.path), A_DEBUG_STATE)
    assert.equal(await askMetrics(folder.path), 'lbex_up 1\n')
    await close()
    await openWith()
    await assert.rejects(askMetrics(folder.path), {
      ...{name: 'Failure', code: 'lbex-no-answer'},
      message: /this lbex has no metrics, because it has no health server$/,
    })
  })

  it('is for its user only, and is removed at the end', async () => {
    const path = stateSocketIn(folder.path)
    const socket = await openWith()
    assert.deepEqual([await modeOf(path), await modeOf(join(folder.path, 'api'))], ['600', '700'])
    await socket.close()
    assert.ok(await isAbsent(path))
  })

  it('replaces the socket of an lbex that was killed', async () => {
    await mkdir(join(folder.path, 'api'))
    await chmod(join(folder.path, 'api'), 0o777)
    await writeFile(stateSocketIn(folder.path), '')
    await openWith()
    assert.equal((await askState(folder.path)).version, 1)
    assert.equal(await modeOf(join(folder.path, 'api')), '700')
  })

  it('leaves the socket of the next lbex', async () => {
    const first = await openWith()
    await openWith()
    await first.close()
    assert.equal((await askState(folder.path)).version, 1)
  })

  it('is not opened behind a link', async () => {
    await mkdir(join(folder.path, 'elsewhere'))
    await symlink(join(folder.path, 'elsewhere'), join(folder.path, 'api'))
    await assert.rejects(openWith(), /api is not a folder$/)
  })

  it('says where to look if no lbex serves from the folder', async () => {
    await assert.rejects(askState(folder.path), {
      code: 'lbex-not-running',
      message: `no lbex run serves from ${folder.path}`,
    })
  })

  it('says that lbex did not answer in time', async () => {
    await openWith({...VIEW, state: () => new Promise(() => {})})
    await assert.rejects(askState(folder.path, {limit: 100}), {
      code: 'lbex-no-answer',
      message: `the lbex that serves from ${folder.path} gives no answer: it did not answer within 0.1 seconds`,
    })
  })

  it('survives a bug in the state, and refuses the answer of another version', async () => {
    const broken = (): never => {
      throw new Error('a bug')
    }
    await openWith({...VIEW, state: broken})
    await assert.rejects(askState(folder.path), {
      code: 'lbex-no-answer',
      message: /this is a bug in lbex: a bug$/,
    })
    await openWith({...VIEW, state: () => ({...STATE, version: 2}) as unknown as LbexState})
    await assert.rejects(askState(folder.path), {code: 'lbex-other-version'})
  })
})

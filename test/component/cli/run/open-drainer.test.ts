import assert from 'node:assert/strict'
import {openDrainer} from '../../../../src/cli/run/open-drainer.js'
import {OLDEST_SUPPORTED} from '../../../../src/dataplane/nginx-capabilities.js'
import {layoutOf, makeFolders} from '../../../../src/dataplane/nginx/store/layout.js'
import {drainedServices} from '../../../support/drained-services.js'
import {RecordingLogger} from '../../../support/nginx-log.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {anOutcome} from '../../../unit/controller/metrics/samples.js'

describe('openDrainer', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
    await makeFolders(layoutOf(folder.path))
  })
  afterEach(() => folder.remove())

  function optionsFor(capabilities = OLDEST_SUPPORTED) {
    const ended: number[] = []
    const endConnections = async () => ({found: 3, ended: 3})
    const options = {
      ...{directory: folder.path, clock: new FakeClock(), log: new RecordingLogger()},
      nginx: {capabilities, endConnections},
      metrics: {noteDrained: (connections: number) => void ended.push(connections)},
    }
    return {options, ended}
  }

  it('opens one that counts the connections', async () => {
    const {options, ended} = optionsFor()
    const drainer = await openDrainer({once: false}, options)
    assert.ok(drainer)
    for (const to of [[1, 2], [1]]) {
      const outcome = anOutcome()
      const loadBalancer = drainedServices({web: {to, timeout: 1000}})
      drainer.update({...outcome, translation: {...outcome.translation, loadBalancer}})
    }
    await options.clock.advance(1000)
    await drainer.stop()
    assert.deepEqual(ended, [3])
  })

  it('opens none with --once, or if lbex cannot end connections', async () => {
    assert.equal(await openDrainer({once: true}, optionsFor().options), undefined)
    const {options} = optionsFor({...OLDEST_SUPPORTED, drainObstacle: 'program'})
    assert.equal(await openDrainer({once: false}, options), undefined)
  })
})

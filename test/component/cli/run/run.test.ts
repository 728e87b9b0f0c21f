import assert from 'node:assert/strict'
import {run, type RunFlags} from '../../../../src/cli/run/run.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

describe('run', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('rejects contradicting flags before it changes anything', async () => {
    const nowhere = await flagsOf<RunFlags>('--kubeconfig', '/none', '--log-level=error')
    await assert.rejects(run(nowhere, []), {name: 'Failure', code: 'kubeconfig-unreadable'})
    const contradiction = await flagsOf<RunFlags>('-f', 'a', '--namespace=a', '--exclude-namespace=a')
    await assert.rejects(run(contradiction, []), {name: 'UsageError'})
  })

  it('fails if there is no NGINX', async () => {
    const flags = ['-f', 'a', '--nginx-bin', '/none', '--nginx-dir', folder.path, '--log-level=error']
    await assert.rejects(run(await flagsOf<RunFlags>(...flags), []), {
      name: 'Failure',
      code: 'nginx-not-found',
    })
  })
})

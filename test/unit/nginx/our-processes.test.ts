import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {layoutOf, type Layout} from '../../../src/nginx/layout.js'
import {findOurProcesses} from '../../../src/nginx/our-processes.js'
import {childrenOf, titleOf} from '../../../src/nginx/processes.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {waitFor} from '../../support/wait.js'

/** A process with a title and a child of the same title, which both end with their input. */
const SCRIPT = 'exec 3<&0; (exec -a "$TITLE" cat <&3) & exec -a "$TITLE" cat'

describe('findOurProcesses', () => {
  let folder: TemporaryFolder
  let master: ChildProcess

  beforeEach(async () => (folder = await temporaryFolder()))

  afterEach(async () => {
    const ended = once(master, 'exit')
    master.stdin?.end()
    await ended
    await folder.remove()
  })

  async function startMaster({config}: Layout): Promise<number> {
    const title = `nginx: master process nginx -c ${config}`
    master = spawn('bash', ['-c', SCRIPT], {
      env: {...process.env, TITLE: title},
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const pid = master.pid as number
    const titles = (): string[] => [pid, ...childrenOf(pid)].map(titleOf)
    await waitFor(() => titles().join() === `${title},${title}`, {what: 'both to have their title'})
    return pid
  }

  it('knows the master of a folder that was removed', async () => {
    const layout = layoutOf(join(folder.path, 'nginx'))
    const pid = await startMaster(layout)
    const {masters} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual(
      masters.map((each) => each.pid),
      [pid],
    )
  })

  it('takes no worker for a master that was just started, and still has its title', async () => {
    const layout = layoutOf(folder.path)
    const pid = await startMaster(layout)
    const {masters, accepting, leaving} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual(
      masters.map((each) => each.pid),
      [pid],
    )
    assert.deepEqual([accepting, leaving], [[], []])
  })
})

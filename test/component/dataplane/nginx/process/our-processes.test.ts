import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {chown, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {layoutOf, type Layout} from '../../../../../src/dataplane/nginx/store/layout.js'
import {findOurProcesses} from '../../../../../src/dataplane/nginx/process/our-processes.js'
import {childrenOf, titleOf} from '../../../../../src/dataplane/nginx/process/processes.js'
import {skipBecause, whyNotRoot} from '../../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'
import {waitFor} from '../../../../support/wait.js'

/** A process with a title and a child with the same title. Both end when their standard input closes. */
const SCRIPT = 'exec 3<&0; (exec -a "$TITLE" cat <&3) & exec -a "$TITLE" cat'

/** nobody */
const OTHER = 65_534

describe('findOurProcesses', () => {
  let folder: TemporaryFolder
  let master: ChildProcess

  beforeEach(async () => (folder = await temporaryFolder()))

  afterEach(async () => {
    const ended = master.signalCode === null && once(master, 'exit')
    master.stdin?.end()
    master.stdio[3]?.destroy()
    await ended
    await folder.remove()
  })

  /** `uid`: default, that of the test. */
  const startMaster = ({config}: Layout, uid?: number): Promise<number> =>
    startWithTitle(`nginx: master process nginx -c ${config}`, uid)

  async function startWithTitle(title: string, uid?: number): Promise<number> {
    master = spawn('bash', ['-c', SCRIPT], {
      env: {...process.env, TITLE: title},
      stdio: ['pipe', 'ignore', 'inherit'],
      ...(uid !== undefined && {uid}),
    })
    const pid = master.pid as number
    const titles = (): string[] => [pid, ...childrenOf(pid)].map(titleOf)
    await waitFor(() => titles().join() === `${title},${title}`, {what: 'both to have their title'})
    return pid
  }

  it('finds the master of a folder that was removed', async () => {
    const layout = layoutOf(join(folder.path, 'nginx'))
    const pid = await startMaster(layout)
    const {masters} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual(
      masters.map((each) => each.pid),
      [pid],
    )
  })

  it('takes no other process for a master while the program of NGINX is being replaced', async () => {
    await startWithTitle('some program -c word')
    const {masters} = findOurProcesses(layoutOf(folder.path), join(folder.path, 'nginx'))
    assert.deepEqual(masters, [])
  })

  it('takes no worker for a master right after its start, while it has the title of its master', async () => {
    const layout = layoutOf(folder.path)
    const pid = await startMaster(layout)
    const {masters, accepting, leaving} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual(
      masters.map((each) => each.pid),
      [pid],
    )
    assert.deepEqual([accepting, leaving], [[], []])
  })

  it('takes no process of another user for a master, whatever its title is', async function () {
    skipBecause(this, whyNotRoot('start a process of another user'))
    const layout = layoutOf(folder.path)
    await startMaster(layout, OTHER)
    assert.deepEqual(findOurProcesses(layout, '/usr/sbin/nginx').masters, [])
  })

  it('trusts the owner of the folder, as for lbex drain of root', async function () {
    skipBecause(this, whyNotRoot('start a process of another user'))
    const layout = layoutOf(folder.path)
    await chown(folder.path, OTHER, OTHER)
    const pid = await startMaster(layout, OTHER)
    const {masters} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual(
      masters.map((each) => each.pid),
      [pid],
    )
  })

  for (const [what, mode, expected] of [
    ['writes the error log for a worker', '>>', 1],
    ['only reads the error log for no worker', '<', 0],
  ] as const) {
    it(`takes a process that ${what}`, async () => {
      const layout = layoutOf(folder.path)
      await mkdir(join(folder.path, 'logs'))
      await writeFile(layout.errorLog, '')
      master = spawn('bash', ['-c', `exec -a "nginx: worker process" cat 9${mode}"$LOG"`], {
        env: {...process.env, LOG: layout.errorLog},
        stdio: ['pipe', 'ignore', 'inherit'],
        detached: true,
      })
      const title = (): string => titleOf(master.pid as number)
      await waitFor(() => title() === 'nginx: worker process', {what: 'its title'})
      assert.equal(findOurProcesses(layout, '/usr/sbin/nginx').accepting.length, expected)
    })
  }

  /** The leader of a process group, with any title, and its child that writes the error log. */
  async function startUnknownMaster({errorLog}: Layout, childTitle: string): Promise<number> {
    await mkdir(join(folder.path, 'logs'))
    await writeFile(errorLog, '')
    // The child has its own standard input: Node closes that of its parent as soon as the parent is dead.
    const script = '(exec -a "$TITLE" cat <&3 9>>"$LOG") & exec cat'
    master = spawn('bash', ['-c', script], {
      env: {...process.env, LOG: errorLog, TITLE: childTitle},
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
      detached: true,
    })
    const pid = master.pid as number
    await waitFor(() => childrenOf(pid).map(titleOf).join() === childTitle, {what: 'its child'})
    return pid
  }

  it('leaves the workers of an unknown living master alone, until that master is dead', async () => {
    const layout = layoutOf(folder.path)
    const pid = await startUnknownMaster(layout, 'nginx: worker process')
    const [worker] = childrenOf(pid)
    const accepting = (): number[] =>
      findOurProcesses(layout, '/usr/sbin/nginx').accepting.map((each) => each.pid)
    assert.deepEqual(accepting(), [])
    const ended = once(master, 'exit')
    master.kill('SIGKILL')
    await ended
    assert.deepEqual(accepting(), [worker])
  })

  it('finds a worker that only finishes its connections, of any master', async () => {
    const layout = layoutOf(folder.path)
    const pid = await startUnknownMaster(layout, 'nginx: worker process is shutting down')
    const {accepting, leaving} = findOurProcesses(layout, '/usr/sbin/nginx')
    assert.deepEqual([accepting, leaving.map((each) => each.pid)], [[], childrenOf(pid)])
  })
})

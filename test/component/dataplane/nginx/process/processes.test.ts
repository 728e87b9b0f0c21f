import assert from 'node:assert/strict'
import {execFile, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {realpathSync} from 'node:fs'
import {promisify} from 'node:util'
import {
  allProcesses,
  childrenOf,
  endProcesses,
  findProcess,
  isAlive,
  hasOpenFile,
  programOf,
  send,
  titleOf,
  type ProcessRef,
} from '../../../../../src/dataplane/nginx/process/processes.js'
import {systemClock} from '../../../../../src/util/clock.js'
import {waitFor} from '../../../../support/wait.js'

/** No process has this pid (https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html, pid_max). */
const NOBODY = 2 ** 22 + 1

describe('processes', () => {
  let child: ChildProcess
  let ref: ProcessRef

  async function start(script: string): Promise<void> {
    child = spawn(process.execPath, ['-e', `${script}; console.log('ready'); setInterval(() => {}, 1000)`])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    ref = findProcess(child.pid as number) as ProcessRef
  }

  afterEach(() => child.kill('SIGKILL'))

  it('are alive also if lbex is out of descriptors to read /proc', async () => {
    await start('')
    const script = `
      import {closeSync, openSync} from 'node:fs'
      import {isAlive} from './src/dataplane/nginx/process/processes.js'
      const others = [${JSON.stringify(ref)}, {pid: ${NOBODY}, started: 1}]
      const files = []
      try { for (;;) files.push(openSync('/dev/null')) } catch {}
      const alive = others.map(isAlive)
      files.forEach((file) => closeSync(file))
      console.log(JSON.stringify(alive))`
    const node = [process.execPath, '--import=tsx', '--input-type=module', '-e', script]
    const {stdout} = await promisify(execFile)('prlimit', ['--nofile=256:256', ...node])
    assert.deepEqual(JSON.parse(stdout), [true, false])
  })

  it('are found while they live, and are distinguished from later ones with the same pid', async () => {
    await start('')
    assert.equal(isAlive(ref), true)
    assert.equal(isAlive({...ref, started: ref.started - 1}), false)
    assert.equal(findProcess(NOBODY), undefined)
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal(isAlive(ref), false)
  })

  it('that are zombies count as dead', async () => {
    // A shell that does not wait for its child leaves a zombie.
    child = spawn('/bin/sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'])
    const [data] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    const pid = Number(data.toString())
    await waitFor(() => findProcess(pid) === undefined, {what: 'the end of the process'})
    assert.ok(childrenOf(child.pid as number).includes(pid))
  })

  it('show their title, program, files, parent and children', async () => {
    await start(`process.title = 'nginx: worker process'`)
    const {pid} = ref
    assert.equal(titleOf(pid), 'nginx: worker process')
    assert.equal(programOf(pid), realpathSync(process.execPath))
    assert.ok(hasOpenFile(process.pid, (path) => path === '/dev/null'))
    assert.equal(
      hasOpenFile(process.pid, () => false),
      false,
    )
    assert.ok(childrenOf(process.pid).includes(pid))
    assert.ok(allProcesses().includes(pid))
    assert.deepEqual(
      [titleOf(NOBODY), programOf(NOBODY), hasOpenFile(NOBODY, () => true), childrenOf(NOBODY)],
      ['', undefined, false, []],
    )
  })

  it('get signals only if they did not change since', async () => {
    await start(`process.on('SIGUSR2', () => process.exit(42))`)
    assert.equal(send({...ref, started: ref.started + 1}, 'SIGUSR2'), false)
    assert.equal(send(ref, 'SIGUSR2'), true)
    assert.deepEqual(await once(child, 'exit'), [42, null])
    assert.equal(send(ref, 'SIGUSR2'), false)
  })

  it('are ended by SIGTERM, or else by SIGKILL', async () => {
    await start(`process.on('SIGTERM', () => process.exit(0))`)
    const gentle = once(child, 'exit')
    await endProcesses([ref], systemClock, 5000)
    assert.deepEqual(await gentle, [0, null])
    await start(`process.on('SIGTERM', () => {})`)
    const stubborn = once(child, 'exit')
    await endProcesses([ref], systemClock, 100)
    assert.deepEqual(await stubborn, [null, 'SIGKILL'])
  })
})

/**
 * The steps of the Dockerfile, carried out in a folder, since no container engine is needed for that; then what it would
 * start, as an engine would start it: a user without rights, one capability to be had, nothing to write to but its volume.
 */
import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {finalStage, instructionsOf} from '../../scripts/package/dockerfile.js'
import {childrenOf} from '../../src/dataplane/nginx/process/processes.js'
import {root} from '../commands/lbex.js'
import {complete} from '../commands/manifests.js'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {needsKubectl} from '../support/kustomize.js'
import {asInPod, podSpec} from '../support/pod-rights.js'
import {freePort} from '../support/ports.js'
import {skipBecause} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {execute, inFolder, slimRoot, whyNoDebian} from './debian-roots.js'

const ADDRESS = '127.93.47.12'
const PORT = 80
/** Code name of the release that the Dockerfile starts from. */
const SUITE = 'trixie'

const instructions = instructionsOf(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const last = finalStage(instructions)
const valueOf = (name: string): string => last.findLast((each) => each.name === name)?.value ?? ''

describe('the container', function () {
  this.timeout(5 * INTEGRATION_TIMEOUT)
  this.bail(true)
  let folder: TemporaryFolder
  let image: string
  let backend: Backend
  let engine: ChildProcess | undefined
  let healthPort: number

  before(async function () {
    skipBecause(this, whyNoDebian())
    folder = await temporaryFolder()
    image = join(folder.path, 'image')
    backend = await startTcpBackend('backend')
    healthPort = await freePort()
    await execute('cp', '-a', await slimRoot(SUITE), image)
  })
  after(async () => {
    engine?.kill('SIGKILL')
    await backend?.close()
    await folder?.remove()
  })

  it('is built from what .dockerignore lets through', async () => {
    const source = join(folder.path, 'src')
    const names = readFileSync(join(root, '.dockerignore'), 'utf8').match(/(?<=^!).*$/gm) ?? []
    for (const name of names) cpSync(join(root, name), join(source, name), {recursive: true})
    // Instead of npm ci, which gives the same.
    await execute('cp', '-a', join(root, 'node_modules'), source)
    const step = instructions.find(({name, value}) => name === 'RUN' && value.includes('run package'))
    const script = step?.value.replace('/out', join(folder.path, 'out')) ?? 'false'
    await execute('sh', '-c', `cd ${source} && SOURCE_DATE_EPOCH=0 ${script}`)
  })

  it('is put together in a Debian', async () => {
    for (const {name, value} of last) {
      if (name === 'RUN') await inFolder(image, '/bin/sh', '-c', value)
      if (name === 'COPY') await execute('cp', '-a', `${folder.path}/out/.`, image)
    }
    assert.equal(await inFolder(image, 'sh', '-c', 'ls /var/lib/apt/lists | wc -l'), '0\n')
    mkdirSync(join(image, 'manifests'))
    writeFileSync(join(image, 'manifests/web.yaml'), complete('web', PORT, backend.port))
  })

  it('serves below port 1024 as its user, and is healthy', async () => {
    engine = start(image, variables('web'))
    assert.equal(await answer(PORT), 'backend')
    const check = valueOf('HEALTHCHECK')
    const [program = '', ...parameters] = JSON.parse(check.slice(check.indexOf('['))) as string[]
    const inside = [
      '-t',
      `${await firstProcess()}`,
      '-m',
      '-p',
      '--root',
      '--',
      'env',
      `LBEX_HEALTH_PORT=${healthPort}`,
    ]
    await execute('nsenter', ...inside, program, ...parameters)
    await assert.rejects(execute('nsenter', ...inside, 'env', 'LBEX_HEALTH_PORT=9', program, ...parameters))
  })

  it('is process 1, has one capability, and cannot write to its root', async () => {
    const status = readFileSync(`/proc/${await firstProcess()}/status`, 'utf8')
    assert.match(status, /^NSpid:\s+\d+\s+1$/m)
    assert.match(status, /^Uid:\s+65532\s+65532/m)
    assert.match(status, /^CapBnd:\s+0*400$/m)
    const mounts = readFileSync(`/proc/${await firstProcess()}/mounts`, 'utf8')
    assert.match(mounts, /^\S+ \/ \S+ ro,/m)
  })

  it('ends at its stop signal, and drains', async () => {
    const child = engine as ChildProcess
    const ended = once(child, 'exit')
    process.kill(await firstProcess(), valueOf('STOPSIGNAL'))
    assert.deepEqual(await ended, [0, null])
    await assert.rejects(askTcp({port: PORT, address: ADDRESS}), /ECONNREFUSED/)
  })

  describe('in a Pod', () => {
    before(needsKubectl)
    afterEach(async () => {
      if (!engine || engine.exitCode !== null) return
      const ended = once(engine, 'exit')
      // The first process takes all others with it; that of unshare would leave them.
      process.kill(await firstProcess(), 'SIGKILL')
      await ended
    })

    for (const [overlay, port] of [
      ['.', PORT],
      ['overlays/unprivileged', undefined],
    ] as const)
      it(`serves with the rights of deploy/${overlay}`, async () => {
        const listens = port ?? (await freePort())
        writeFileSync(join(image, 'manifests/pod.yaml'), complete('web', listens, backend.port))
        const {args = []} = podSpec(overlay).containers[0] ?? {}
        engine = start(image, variables('pod'), {rights: asInPod(overlay), args, volume: 'mode=777'})
        assert.equal(await answer(listens), 'backend')
      })
  })

  function variables(manifest: string): string[] {
    const values = {
      FILENAME: `/manifests/${manifest}.yaml`,
      LISTEN_ADDRESS: ADDRESS,
      ALLOW_LOCAL_ENDPOINTS: true,
      HEALTH_PORT: healthPort,
      WORKERS: 1,
    }
    return Object.entries(values).map(([name, value]) => `LBEX_${name}=${value}`)
  }

  function answer(port: number): Promise<string> {
    const ask = () => askTcp({port, address: ADDRESS}).catch(() => undefined)
    return waitFor(ask, {what: 'the Service', deadline: 30_000})
  }

  async function firstProcess(): Promise<number> {
    return waitFor(() => childrenOf(engine?.pid ?? 0)[0], {what: 'the first process'})
  }
})

/** How a container is run: with which rights and arguments, and how its volume is mounted. */
type Run = {readonly rights: readonly string[]; readonly args: readonly string[]; readonly volume: string}

/** What an engine does with --read-only --cap-drop ALL --cap-add NET_BIND_SERVICE. */
function ofEngine(): Run {
  const [uid = '', gid = ''] = valueOf('USER').split(':')
  const capabilities = ['--inh-caps=-all', '--bounding-set=-all,+net_bind_service']
  return {
    rights: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capabilities],
    args: JSON.parse(valueOf('CMD')) as string[],
    volume: `mode=755,uid=${uid},gid=${gid}`,
  }
}

/** Starts the image as an engine would, with a root that is read-only, and the network of the host. */
function start(image: string, variables: readonly string[], run: Run = ofEngine()): ChildProcess {
  const entrypoint = JSON.parse(valueOf('ENTRYPOINT')) as string[]
  const [volume = ''] = JSON.parse(valueOf('VOLUME')) as string[]
  const script = `set -e
    mount --bind "$0" "$0"
    mount -t proc proc "$0/proc"
    mount -t tmpfs -o ${run.volume} tmpfs "$0${volume}"
    mount -o remount,bind,ro "$0"
    exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin ${valueOf('ENV')} ${variables.join(' ')} "$@"`
  const command = [...run.rights, ...entrypoint, ...run.args]
  return spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, image, ...command],
    {stdio: 'ignore'},
  )
}

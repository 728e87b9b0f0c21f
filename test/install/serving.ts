/** An installed lbex is shown to serve: a backend, a manifest for it, and the questions to ask. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {complete} from '../commands/manifests.js'
import {startTcpBackend} from '../support/backends.js'
import {freePorts} from '../support/ports.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'

/** Runs `lbex run` by this command until it is ready, asks the Service, stops it, and returns what came of each step. */
export async function serveOnce(command: readonly string[], folder: string, env: NodeJS.ProcessEnv) {
  const backend = await startTcpBackend('backend')
  const [port = 0, healthPort = 0] = await freePorts(2)
  writeFileSync(join(folder, 'web.yaml'), complete('web', port, backend.port))
  const addresses = ['--listen-address=127.0.0.1', '--health-address=127.0.0.1', '--allow-local-endpoints']
  const flags = [...addresses, `--health-port=${healthPort}`]
  const [program = '', ...parameters] = [...command, 'run', '-f', join(folder, 'web.yaml'), ...flags]
  const child = spawn(program, parameters, {env, stdio: ['ignore', 'ignore', 'pipe']})
  let log = ''
  child.stderr.on('data', (data: Buffer) => (log += data.toString()))
  try {
    await waitFor(async () => child.exitCode !== null || (await isReady(healthPort)), {
      what: 'lbex',
      deadline: 30_000,
    })
    const answer = await askTcp({port}).catch((error: unknown) => `${String(error)}\n${log}`)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const [exitCode] = (await ended) as [number | null]
    const afterwards = await askTcp({port}).catch(() => 'refused')
    return {answer, exitCode, afterwards}
  } finally {
    child.kill('SIGKILL')
    await backend.close()
  }
}

async function isReady(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
  return response?.status === 200
}

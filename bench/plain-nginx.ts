/** An NGINX whose configuration is written by hand: a backend that needs little CPU time, or one to compare lbex with. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {getNginx} from '../scripts/get-nginx.mjs'
import {whenAbandoned} from '../test/support/abandoned.js'
import {untilReached} from './cluster/clients.js'

export type PlainNginx = {
  /** Process id. */
  readonly master: number
  close(): Promise<void>
}

/** `stream`: the content of that block. `answering`: a port of it that answers clients who say nothing, which shows that it serves. */
export async function startPlainNginx(stream: string, answering: number): Promise<PlainNginx> {
  const {binary, modulePath} = await getNginx()
  const folder = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const path = join(folder, 'nginx.conf')
  await writeFile(path, `${modulePath ? `load_module ${modulePath};\n` : ''}${configuration(folder, stream)}`)
  const child = spawn(binary, ['-c', path, '-e', 'stderr'], {stdio: 'ignore'})
  const ended = once(child, 'exit')
  const closed = whenAbandoned(() => child.kill('SIGTERM'))
  await untilReached(answering)
  return {
    master: child.pid ?? 0,
    close: async () => {
      closed()
      child.kill('SIGTERM')
      await ended
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function configuration(folder: string, stream: string): string {
  return `daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
worker_processes 2;
worker_rlimit_nofile 65536;
events {
    worker_connections 16384;
}
stream {
${stream}
}
`
}

/** An lbex that makes one change after the other, with and without reloads, until it is killed: the process of the crash test. */
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import type {ListenerKey} from '../../src/core/model/listener-key.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {applyFiles} from './apply-files.js'

export type LiveCrashOrder = {
  readonly directory: string
  readonly binary: string
  readonly modulePath?: string | undefined
  readonly consolidateAfter: number
  /** What it applies, at random. */
  readonly worlds: readonly {readonly files: readonly NginxFile[]; readonly idle: readonly ListenerKey[]}[]
}

const {directory, binary, modulePath, consolidateAfter, worlds} = JSON.parse(
  process.argv[2] as string,
) as LiveCrashOrder
const nginx = await openNginx({
  directory,
  binary,
  ...(modulePath !== undefined && {modulePath}),
  live: {mode: 'on', consolidateAfter},
  log: silentLogger,
  clock: systemClock,
  openFiles: 4096,
})
process.stdout.write('open\n')
for (;;) {
  const {files, idle} = worlds[Math.floor(Math.random() * worlds.length)] as LiveCrashOrder['worlds'][number]
  await applyFiles(nginx, files, new AbortController().signal, {idle})
}

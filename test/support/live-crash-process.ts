/** An lbex that makes one change after the other, with and without reloads, until it is killed: the process of the crash test. */
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import type {ListenerKey} from '../../src/core/model/listener-key.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {Failure} from '../../src/diagnostics/failure.js'
import {applyFiles} from './apply-files.js'
import {pick, randomNumbers} from './random.js'

export type LiveCrashOrder = {
  readonly directory: string
  readonly binary: string
  readonly modulePath?: string | undefined
  readonly consolidateAfter: number
  readonly seed: number
  /** What it applies, at random. */
  readonly worlds: readonly {readonly files: readonly NginxFile[]; readonly idle: readonly ListenerKey[]}[]
}

const {directory, binary, modulePath, consolidateAfter, worlds, seed} = JSON.parse(
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
const random = randomNumbers(seed)
for (;;) {
  const {files, idle} = pick(worlds, random)
  // NGINX may be killed at any moment, too.
  await applyFiles(nginx, files, new AbortController().signal, {idle}).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
  })
}

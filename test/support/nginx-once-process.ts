/** An lbex that opens the NGINX of a folder, applies one Service and ends, with whatever rights it was started with. */
import type {Applied} from '../../src/dataplane/data-plane.js'
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import {Failure} from '../../src/diagnostics/failure.js'
import {systemClock} from '../../src/util/clock.js'
import {applyFiles} from './apply-files.js'
import {mainFile, serviceFile, type ServiceOptions} from './nginx-files.js'
import {RecordingLogger} from './nginx-log.js'

export type OnceOrder = {
  readonly directory: string
  readonly binary: string
  readonly streamModule: string | undefined
  /** Absent: nothing is applied. */
  readonly service?: ServiceOptions
  readonly end: 'leave' | 'drain'
}

export type OnceReport = {
  readonly diagnostics: readonly string[]
  readonly warnings: readonly string[]
  /** The code of the Failure that kept it from applying. */
  readonly failure?: string
}

const order = JSON.parse(process.argv[2] as string) as OnceOrder
const {directory, binary, streamModule, service} = order
const log = new RecordingLogger()
const nginx = await openNginx({
  directory,
  binary,
  ...(streamModule && {modulePath: streamModule}),
  log,
  clock: systemClock,
  openFiles: 1024,
})
const main = mainFile({directory, streamModule, extra: 'user root;'})
let applied: Applied | undefined
let failure: string | undefined
try {
  const {signal} = new AbortController()
  if (service) applied = await applyFiles(nginx, [main, serviceFile('a', service)], signal)
} catch (error) {
  if (!(error instanceof Failure)) throw error
  failure = error.code
}
await nginx.stop(order.end, 5000)
const report: OnceReport = {
  diagnostics: applied?.diagnostics.map(({message}) => message) ?? [],
  warnings: log.messages('warn'),
  ...(failure !== undefined && {failure}),
}
process.stdout.write(`${JSON.stringify(report)}\n`)

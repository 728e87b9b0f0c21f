/** An lbex that applies one set of files after the other until it is killed: the process of the crash test. */
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {applyFiles} from './apply-files.js'
import {mainFile, serviceFile} from './nginx-files.js'

export type CrashOrder = {
  readonly directory: string
  readonly binary: string
  readonly streamModule?: string
  /** Listens all the time; the others come and go. */
  readonly stablePort: number
  readonly backendPort: number
  readonly ports: readonly number[]
}

const order = JSON.parse(process.argv[2] as string) as CrashOrder
const {directory, binary, streamModule} = order
const nginx = await openNginx({
  directory,
  binary,
  ...(streamModule && {modulePath: streamModule}),
  log: silentLogger,
  clock: systemClock,
  openFiles: 4096,
})
process.stdout.write(`${JSON.stringify(nginx.status())}\n`)

const main = mainFile({directory, streamModule, shutdownTimeout: 3600})
const stable = serviceFile('stable', {port: order.stablePort, to: [order.backendPort]})
for (let round = 0; ; round++) {
  const some = order.ports.filter(() => Math.random() < 0.5)
  const files = some.map((port, index) => serviceFile(`s${index}`, {port, answer: `${process.pid} ${round}`}))
  await applyFiles(nginx, [main, stable, ...files], new AbortController().signal)
}

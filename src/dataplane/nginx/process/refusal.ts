/** Parses what NGINX prints when it refuses a configuration. */
import {bindErrorOf, type BindError} from '../../../diagnostics/bind-error.js'

export type Refusal = {
  /** NGINX's message, without its prefix and without the folder of the file. */
  readonly message: string
  /** The file that it names, relative to the folder of nginx.conf. */
  readonly file?: string
  /** Addresses that NGINX could not bind: a problem of the host, not of a file. */
  readonly binds: readonly RefusedBind[]
  /** True if the system refused something else (memory, files, permissions): no configuration is the cause. */
  readonly environment: boolean
  /** True if NGINX gave no result: its configtest took too long, or was killed, as happens when memory runs out. */
  readonly exhausted?: true
}

/** `problem` says how the configtest ended. */
export function exhausted(problem: string): Refusal {
  return {message: problem, binds: [], environment: true, exhausted: true}
}

export type RefusedBind = {
  /** Without brackets. */
  readonly address: string
  readonly port: number
  readonly error: BindError
}

/** Linux numbers, as NGINX prints them: `(98: Address already in use)`. */
const ERRNO_NAMES: Readonly<Record<string, string>> = {
  1: 'EPERM',
  13: 'EACCES',
  97: 'EAFNOSUPPORT',
  98: 'EADDRINUSE',
  99: 'EADDRNOTAVAIL',
}

const EMERGENCY = /\[emerg\] (?:\d+#\d+: )?(.*)$/
const REFUSED_BIND = /^(?:bind|listen)\(\) to \[?([\da-fA-F.:]+?)\]?:(\d+)(?:, .*)? failed \((\d+): (.*)\)$/
const SYSTEM_ERROR = /\(\d+: [^()]+\)/
const PLACE = / in (\S+):(\d+)$/

/** `output` is what NGINX wrote to standard error or to its log. If it has lines of level emerg, only those count. */
export function parseRefusal(output: string): Refusal {
  const lines = output.split('\n').filter((line) => line !== '')
  const emergencies = lines.flatMap((line) => EMERGENCY.exec(line)?.[1] ?? [])
  const [first = lines.join(' ') || 'it gave no reason'] = emergencies
  const binds = emergencies.flatMap(parseBind)
  const place = PLACE.exec(first)
  const file = place?.[1] && withoutFolder(place[1])
  return {
    message: place ? `${first.slice(0, place.index)} in ${file}:${place[2]}` : first,
    ...(file && {file}),
    binds,
    environment: binds.length === 0 && (emergencies.length === 0 || SYSTEM_ERROR.test(first)),
  }
}

/** True for the first of the attempts that NGINX makes before it gives up with `still could not bind()`. */
export function isRetried(emergency: string): boolean {
  return REFUSED_BIND.exec(emergency)?.[3] === '98'
}

function parseBind(emergency: string): RefusedBind[] {
  const [, address, port, errno, words] = REFUSED_BIND.exec(emergency) ?? []
  if (address === undefined || errno === undefined || words === undefined) return []
  return [{address, port: Number(port), error: bindErrorOf(ERRNO_NAMES[errno], words)}]
}

/** `services/a-0123.conf` or `nginx.conf`, in whichever folder the generation was tested. */
function withoutFolder(path: string): string {
  return /(?:services\/)?[^/]+$/.exec(path)?.[0] ?? path
}

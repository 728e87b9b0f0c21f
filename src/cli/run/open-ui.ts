/** Opens the status page for `lbex run --ui`: on the health server, or on an address of its own. */
import type {DaemonFlags} from '../flags/daemon.js'
import type {ServingFlags} from '../flags/serving.js'
import type {UiFlags} from '../flags/ui.js'
import {UsageError} from '../usage-error.js'
import {listenHttp, type HttpListener} from '../../controller/listen-http.js'
import type {HealthOptions} from '../../controller/health-server.js'
import {specialRangeOf} from '../../core/cluster/address-range.js'
import {bracketed} from '../../core/model/listener-key.js'
import {bindErrorOf, describeBindError} from '../../diagnostics/bind-error.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {StateView} from '../../observe/state/state-api.js'
import type {UiOptions} from '../../observe/ui/ui.js'
import type {ReadToken} from '../../observe/ui/ui-guard.js'
import type {Logger} from '../../util/logger.js'
import {readBounded} from '../../util/read-bounded.js'
import {readUiTemplate} from './package.js'

export type UiRunFlags = Partial<UiFlags> &
  Pick<DaemonFlags, 'once' | 'health-address'> &
  Pick<ServingFlags, 'health-check'>

export type OpenedUi = {
  /** For the health server; undefined if the page has an address of its own. */
  readonly pages: HealthOptions['pages']
  readonly close: () => Promise<void>
}

type Deps = Pick<UiOptions, 'traffic' | 'clock'> & {
  readonly view: StateView
  readonly log: Logger
}

/** Characters of the token: lbex does not limit how often clients guess. */
const SHORTEST_TOKEN = 16
/** Bytes of the token file. */
const LONGEST_TOKEN = 4096
/** Milliseconds that reading it may take. */
const TO_READ = 5000

/** Throws a UsageError if flags with these values contradict each other. */
export function refuseUiContradictions(flags: UiRunFlags): void {
  const {ui = false, once, 'ui-address': address, 'health-check': health} = flags
  const needsUi = (['ui-address', 'ui-token-file'] as const).find((name) => flags[name] !== undefined)
  if (!ui && needsUi !== undefined) throw new UsageError(`--${needsUi} needs --ui`, 'add --ui')
  if (!ui) return
  if (once)
    throw new UsageError(
      '--ui needs an lbex that keeps running, and --once exits',
      'remove one of the two flags',
    )
  if (!health && address === undefined)
    throw new UsageError(
      '--ui needs the health server, or an address of its own',
      'remove --health-check=false, or add --ui-address 127.0.0.1:7332',
    )
  refuseUnreachable(flags)
}

/** Without a token only clients of a loopback address are answered. */
function refuseUnreachable(flags: UiRunFlags): void {
  const {'ui-token-file': token, 'ui-address': own, 'health-address': health} = flags
  const address = own?.address ?? health
  if (token !== undefined || address === undefined || hasLoopback(address)) return
  throw new UsageError(
    `--${own ? 'ui' : 'health'}-address ${address} needs --ui-token-file for --ui: without a token, only clients that connect to 127.0.0.1 or ::1 see the status page`,
    'add --ui-token-file FILE, or --ui-address 127.0.0.1:7332',
  )
}

/** True for a loopback address, and for all addresses. */
function hasLoopback(address: string): boolean {
  const range = specialRangeOf(address)
  return range === 'loopback' || range === 'unspecified'
}

/** Undefined without --ui. Rejects with a Failure if the token cannot be read, or the address cannot be listened on. */
export async function openUi(flags: UiRunFlags, {log, ...options}: Deps): Promise<OpenedUi | undefined> {
  if (flags.ui !== true) return undefined
  const {'ui-token-file': file, 'ui-address': own} = flags
  const readToken = file === undefined ? undefined : tokenReader(file)
  await readToken?.()
  const {Ui} = await import('../../observe/ui/ui.js')
  const ui = new Ui({...options, readToken, template: await readUiTemplate()})
  const pages: HealthOptions['pages'] = (request) => ui.answer(request)
  const listener =
    own &&
    (await listen(own, pages).catch((error: unknown) => {
      ui.close()
      throw error
    }))
  log.info('serving the status page at /ui', {
    ...(own && {address: `${bracketed(own.address)}:${own.port}`}),
    clients: readToken ? 'with the token' : 'on this host, at a loopback address',
  })
  return {
    pages: listener ? undefined : pages,
    close: async () => {
      ui.close()
      await listener?.close()
    },
  }
}

function listen(
  {address, port}: {address: string; port: number},
  pages: NonNullable<HealthOptions['pages']>,
): Promise<HttpListener> {
  const notFound = {status: 404, text: 'not found: the status page is at /ui\n'}
  const handle = async (request: Parameters<typeof pages>[0]) => (await pages(request)) ?? notFound
  return listenHttp({address, port, handle}).catch((error: unknown) => {
    const {code, message} = error as NodeJS.ErrnoException
    throw new Failure(
      `cannot serve the status page on ${bracketed(address)}:${port}: ${describeBindError(bindErrorOf(code, message))}`,
      {code: 'ui-address', hint: 'choose another address or port with --ui-address', cause: error},
    )
  })
}

/** Reads the file each time, so that a new token needs no restart. Rejects with a Failure. */
function tokenReader(file: string): ReadToken {
  return async () => {
    const text = await readBounded(file, {limit: LONGEST_TOKEN, longest: TO_READ}).catch((error: unknown) => {
      throw tokenFailure(file, messageOf(error), error)
    })
    const token = text.toString().trim()
    if (!/^[\x21-\x7e]+$/.test(token))
      throw tokenFailure(file, 'it must contain one word of ASCII characters')
    if (token.length < SHORTEST_TOKEN)
      throw tokenFailure(file, `it must have at least ${SHORTEST_TOKEN} characters`)
    return token
  }
}

function tokenFailure(file: string, why: string, cause?: unknown): Failure {
  return new Failure(`cannot read the token of the status page from ${file}: ${why}`, {
    code: 'ui-token',
    hint: `make one with: openssl rand -hex 32 > ${file}`,
    cause,
  })
}

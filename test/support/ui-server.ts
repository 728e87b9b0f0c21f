/** The status page of an lbex that does not exist: over HTTP, with the state that a test sets. */
import {readFileSync} from 'node:fs'
import {listenHttp, type HttpListener} from '../../src/controller/listen-http.js'
import type {LbexState} from '../../src/core/state/lbex-state.js'
import {Ui, type UiOptions} from '../../src/observe/ui/ui.js'
import {systemClock} from '../../src/util/clock.js'
import {UNIT_TIMEOUT} from './timeouts.js'
import {A_DEBUG_STATE} from './ui-states.js'

const TEMPLATE = readFileSync(new URL('../../templates/ui.html', import.meta.url), 'utf8')

export class UiServer {
  private revision = 0

  private constructor(
    private state: LbexState,
    private readonly ui: Ui,
    private readonly listener: HttpListener,
    /** `http://127.0.0.1:PORT` */
    readonly url: string,
  ) {}

  static async start(state: LbexState, options: Partial<UiOptions> = {}): Promise<UiServer> {
    const server: {current?: UiServer} = {}
    const view = {
      state: () => server.current?.state ?? state,
      explain: (name: string) => ({problem: `there is no ${name}`}),
      debug: () => A_DEBUG_STATE,
      version: () => String(server.current?.revision ?? 0),
    }
    const ui = new Ui({view, template: TEMPLATE, clock: systemClock, ...options})
    const handle = async (request: Parameters<Ui['answer']>[0]) =>
      (await ui.answer(request)) ?? {status: 404, text: 'not found\n'}
    const listener = await listenHttp({
      ...{port: 0, address: '127.0.0.1', handle},
      // A slow machine must not end a request early.
      limits: {lifetime: UNIT_TIMEOUT},
    })
    server.current = new UiServer(state, ui, listener, `http://127.0.0.1:${listener.port}`)
    return server.current
  }

  show(state: LbexState): void {
    this.state = state
    this.revision += 1
  }

  async close(): Promise<void> {
    this.ui.close()
    await this.listener.close()
  }
}

/**
 * What /metrics tells. What happens is counted as it happens; what is so at a moment is looked at when somebody asks. Of
 * lbex only this part loads prom-client.
 */
import {Registry} from 'prom-client'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Observe} from '../../dataplane/data-plane.js'
import type {Clock} from '../../util/clock.js'
import type {Page} from '../health-server.js'
import type {FinishedReconcile} from '../loop.js'
import type {Outcome} from '../reconcile.js'
import {countNginxEvent} from './count-nginx-event.js'
import {countReconcile} from './count-reconcile.js'
import {collectProcessMetrics} from './process-metrics.js'
import {createInstruments, type Instruments} from './instruments.js'
import {showMoment, showVersion, type Moment} from './show-moment.js'
import {showDiagnostics, showServices} from './show-outcome.js'

export class Metrics {
  private readonly registry = new Registry()
  private readonly instruments: Instruments
  /** Of the last good reconcile, until the page was rendered since. */
  private news: Outcome | undefined
  /** Of the last good reconcile. */
  private found: readonly Diagnostic[] = []

  /** `version`: that of lbex. */
  constructor(
    private readonly clock: Clock,
    private readonly version: string,
  ) {
    this.instruments = createInstruments(this.registry)
    collectProcessMetrics(this.registry)
  }

  readonly observe: Observe = (event) => countNginxEvent(this.instruments, event)

  readonly countReconcile = (finished: FinishedReconcile): void => {
    countReconcile(this.instruments, finished, this.clock.now())
    if (!('outcome' in finished)) return
    this.news = finished.outcome
    this.found = finished.outcome.diagnostics
  }

  /** In the text format of Prometheus. */
  async page(moment: Moment): Promise<Page> {
    showVersion(this.instruments, this.version, moment.capabilities)
    showMoment(this.instruments, moment)
    if (this.news) showServices(this.instruments, this.news)
    this.news = undefined
    showDiagnostics(this.instruments, [...this.found, ...moment.leftOut])
    return {type: this.registry.contentType, text: await this.registry.metrics()}
  }
}

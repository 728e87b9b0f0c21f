/** The page that `/metrics` of the health server answers. */
import type {Page} from '../../controller/health-server.js'
import type {CurrentState, Metrics} from '../../controller/metrics/metrics.js'
import {throttle} from '../../controller/throttle.js'
import type {Clock} from '../../util/clock.js'
import type {ObservedTraffic} from './open-traffic.js'

type PageDeps = {
  readonly clock: Clock
  readonly metrics?: Metrics | undefined
  readonly traffic?: ObservedTraffic | undefined
}

/** Milliseconds for which all clients get the same page. */
const SCRAPE_PERIOD = 1000

/** Undefined without metrics. */
export function metricsPage(
  {metrics, traffic, clock}: PageDeps,
  currentState: () => CurrentState,
): (() => Promise<Page>) | undefined {
  if (!metrics) return undefined
  const page = async (): Promise<Page> => {
    const {type, text} = await metrics.page(currentState())
    return traffic ? {type, text: [Buffer.from(text), ...(await traffic.page())]} : {type, text}
  }
  return throttle(SCRAPE_PERIOD, () => clock.monotonic(), page)
}

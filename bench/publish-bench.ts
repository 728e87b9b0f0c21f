/** What publishing costs: the time from a confirmed configuration to the written status, the reconciles, and memory. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {freePort} from '../test/support/ports.js'
import {waitFor} from '../test/support/wait.js'
import {Daemon} from './cluster/daemon.js'
import {Environment} from './cluster/environment.js'
import {percentiles, round, type Percentiles} from './measure.js'

export type PublishResult = {
  readonly services: number
  readonly publishing: string
  /** Milliseconds from the change of the cluster to the confirmed configuration. */
  readonly reconcile?: Percentiles
  /** Milliseconds from the confirmed configuration to the written status. */
  readonly status?: Percentiles
  /** Megabytes of lbex. */
  readonly rss: number
}

const ON = ['--publish', 'on', '--publish-qps', '1000', '--publish-namespace', 'default']
const OFF = ['--publish', 'off']
const CHANGES = 24
/** Milliseconds; longer than --reload-interval, and than the pause of early preparations. */
const QUIET = 1500
/** Milliseconds until memory has settled. */
const SETTLED = 10_000

/** On and off in turns, on the same cluster, so that other load on the machine affects both. */
export async function benchPublish(): Promise<PublishResult[]> {
  const results: PublishResult[] = []
  for (const services of [100, 5000]) {
    const environment = Environment.start()
    try {
      const {url} = await environment.run('fill', {services, endpoints: 3, published: true})
      for (const publishing of ['on', 'off', 'on again'])
        results.push(await measureOne({environment, url, services, publishing}))
    } finally {
      await environment.stop()
    }
  }
  return results
}

type Run = {
  readonly environment: Environment
  readonly url: string
  readonly services: number
  readonly publishing: string
}

async function measureOne({environment, url, services, publishing}: Run): Promise<PublishResult> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const isOn = publishing !== 'off'
  const flags = isOn ? ON : OFF
  const daemon = await Daemon.start({url, directory, healthPort: await freePort(), flags})
  try {
    await waitFor(() => daemon.reloads > 0 || daemon.confirmedAt > 0, {
      what: 'a configuration',
      deadline: 120_000,
    })
    if (isOn) await environment.run('published', undefined)
    await delay(services > 1000 ? SETTLED : QUIET)
    const changes = services > 1000 ? {} : await measureChanges(environment, daemon, isOn)
    const {rss} = await daemon.measure({watch: false})
    return {services, publishing, ...changes, rss: round(rss / 2 ** 20)}
  } finally {
    await daemon.stop()
    if (daemon.master > 0) process.kill(daemon.master, 'SIGTERM')
    await rm(directory, {recursive: true, force: true})
  }
}

/** The endpoints of one Service after the other go away and come back. */
async function measureChanges(
  environment: Environment,
  daemon: Daemon,
  isOn: boolean,
): Promise<Pick<PublishResult, 'reconcile' | 'status'>> {
  const [reconcile, status]: [number[], number[]] = [[], []]
  for (let change = 0; change < CHANGES; change += 1) {
    const before = daemon.confirmedAt
    const index = 1 + (change >> 1)
    const {changedAt, writtenAt} = await environment.run('setReady', {
      ...{index, ready: change % 2 === 1},
      publishing: isOn,
    })
    await waitFor(() => daemon.confirmedAt > before, {what: 'the change to be applied', deadline: 30_000})
    const confirmedAt = performance.timeOrigin + daemon.confirmedAt
    reconcile.push(confirmedAt - changedAt)
    if (writtenAt > 0) status.push(writtenAt - confirmedAt)
    await delay(QUIET)
  }
  return {reconcile: percentiles(reconcile), ...(isOn && {status: percentiles(status)})}
}
